"""What is found in a flow by its words."""

import pytest

from app.presenters.flow_search import MOST, Found, search
from graph.flow import Block, Flow
from runtime.plugins import installed

CATALOG = installed().catalog
INNER = Flow.of([Block("upper", "text.case", {"style": "upper"}, title="Shout")])
FLOW = Flow.of(
    [Block("greet", "text.template", {"text": "Dear\n{name}, this is from the weaving mill"}),
     Block("page", "http.get", {"url": {"$expr": "base + '/Greetings'"}}),
     Block("each", "logic.for_each", {"body": "shout"})],
    [("greet.value", "page.query")],
    flows={"shout": INNER, "unused": Flow.of([Block("left", "text.case", title="Left over")])},
)  # fmt: skip


def found(words: str, values: dict | None = None) -> list[tuple[str, str]]:
    return [(one.block, one.where) for one in search(FLOW, words, CATALOG, values)]


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("greet", [("greet", "id"), ("page", "field url")]),
        ("FILL", [("greet", "title")]),
        ("http.get", [("page", "kind")]),
        ("weaving mill", [("greet", "field text")]),
        ("", []),
        ("nowhere", []),
    ],
)
def test_words_are_found_wherever_they_stand(words: str, places: list[tuple[str, str]]) -> None:
    assert found(words) == places


def test_a_block_inside_of_another_is_found_with_the_way_to_it() -> None:
    (one,) = search(FLOW, "shout", CATALOG)[1:]

    assert (one.level, one.into, one.block) == (("shout",), ("each",), "upper")


def test_a_flow_that_no_block_runs_is_searched_too() -> None:
    assert [one.level for one in search(FLOW, "left over", CATALOG)] == [("unused",)]


def test_what_came_out_in_a_run_is_found_by_its_block() -> None:
    values = {"page": {"body": {"login": "ada"}}, "each/upper": {"value": "ADA!"}}

    assert found("ada", values) == [("page", "value of body"), ("upper", "value of value")]


def test_the_text_around_is_on_one_line_and_says_where_in_it() -> None:
    (one,) = search(FLOW, "weaving", CATALOG)

    start, end = one.spans[0]
    assert one.text[start:end] == "weaving"
    assert one.text.startswith("…")
    assert "\n" not in search(FLOW, "dear", CATALOG)[0].text


def test_a_flood_is_cut_off() -> None:
    many = Flow.of([Block(f"b{n}", "text.case") for n in range(MOST)])

    places: list[Found] = search(many, "case", CATALOG)

    assert len(places) == MOST


def test_a_huge_value_is_looked_through_only_at_its_start() -> None:
    values = {"page": {"body": ["x" * 1000] * 1000 + ["needle"]}}

    assert found("needle", values) == []
