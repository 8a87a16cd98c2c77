"""The list of problems."""

from app.presenters.problem_list import count_of, entries, matching
from graph.errors import Problem
from graph.flow import Block, Flow
from tests.app.flows import CATALOG

FLOW = Flow.of(
    [Block("a", "text.case", title="Shout")],
    flows={"inner": Flow.of([Block("b", "text.case")], flows={"deep": Flow()})},
)


def test_errors_come_first_and_packs_last() -> None:
    found = [Problem("w", "Doubtful.", severity="warning"), Problem("e", "Wrong.")]
    packs = [Problem("pack", "A pack is broken.")]

    listed = entries(FLOW, CATALOG, found, packs)

    assert [entry.problem.code for entry in listed] == ["e", "w", "pack"]
    assert listed[-1].level is None


def test_places_are_said_by_the_titles_that_are_seen() -> None:
    found = [
        Problem("e", "", block="a", field="new_text", line=2),
        Problem("e", "", flow="inner", block="b", port="text"),
        Problem("e", "", flow="inner/deep"),
        Problem("e", "", flow="gone", block="c"),
    ]

    places = [entry.place for entry in entries(FLOW, CATALOG, found)]

    title = CATALOG.spec("text.case").title
    assert places == [
        "Shout · new text, line 2", f"inner / {title} · text", "inner / deep", "gone/c",
    ]  # fmt: skip


def test_every_word_must_stand_somewhere_on_the_line() -> None:
    listed = entries(FLOW, CATALOG, [Problem("e", "No value.", "Fill it.", block="a")])

    assert matching(listed, "shout VALUE") == listed
    assert matching(listed, "shout link") == []


def test_the_count_is_said_in_words() -> None:
    error, warning = Problem("e", ""), Problem("w", "", severity="warning")

    assert count_of(entries(FLOW, CATALOG, [])) == "No problems"
    assert count_of(entries(FLOW, CATALOG, [error, warning, error])) == "2 problems, 1 warning"
