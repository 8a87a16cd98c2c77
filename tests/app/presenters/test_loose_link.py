"""A link held at one end."""

import pytest

from app.presenters.loose_link import LooseLink, told
from app.presenters.port_choices import other_ends, own_ports
from graph.compile.ports import Level
from graph.edits import apply
from graph.errors import EditRefused
from graph.flow import Block, End, Flow, Link
from graph.values import LIST
from runtime.plugins import installed

FLOW = Flow.of(
    [
        Block("rows", "files.read_csv", {"path": "a.csv"}),
        Block("sort", "data.sort"),
        Block("few", "data.limit"),
        Block("wait", "logic.wait"),
        Block("say", "text.case"),
        Block("note", "flow.note"),
        Block("odd", "gone.unknown"),
    ],
    [("rows.rows", "sort.items"), ("sort.value", "few.items")],
)


@pytest.fixture(scope="module")
def level() -> Level:
    return Level(FLOW, installed().catalog)


def test_from_a_linked_input_the_link_itself_is_pulled(level: Level) -> None:
    loose = LooseLink.pulled(level, End("few", "items"), "in")

    assert (loose.held, loose.side) == (End("sort", "value"), "out")
    assert loose.taken_from == End("few", "items")
    assert loose.type == LIST


def test_from_any_other_port_a_new_link_is_pulled(level: Level) -> None:
    loose = LooseLink.pulled(level, End("sort", "value"), "out")

    assert loose.taken_from is None


def test_a_circle_is_none_once_the_link_that_closes_it_is_off(level: Level) -> None:
    held = LooseLink(level, End("few", "value"), "out")
    assert not held.suits(End("sort", "items"))

    pulled = LooseLink.pulled(level, End("sort", "items"), "in")

    assert pulled.suits(End("few", "items"))


@pytest.mark.parametrize(
    ("block", "port"),
    [
        ("few", None),
        ("say", "text"),
        ("wait", "value"),
        ("note", None),
        ("odd", None),
        ("sort", None),
    ],
)
def test_the_best_port_of_a_block_is_one_that_fits_and_is_free(
    level: Level, block: str, port: str | None
) -> None:
    loose = LooseLink(level, End("sort", "value"), "out")

    best = loose.best(block)

    assert best == (End(block, port) if port else None)


def test_putting_it_elsewhere_is_one_edit(level: Level) -> None:
    loose = LooseLink.pulled(level, End("few", "items"), "in")

    after = apply(FLOW, loose.edit(End("say", "text")))

    assert End("few", "items") not in after.links
    link = after.links[End("say", "text")]
    assert link == Link(End("sort", "value"), End("say", "text"), "json")


def test_what_does_not_fit_is_refused(level: Level) -> None:
    loose = LooseLink(level, End("sort", "value"), "out")

    with pytest.raises(EditRefused, match="it takes number, not list"):
        loose.edit(End("wait", "seconds"))


def test_a_person_is_told_why_or_what_will_happen(level: Level) -> None:
    loose = LooseLink(level, End("sort", "value"), "out")

    no = told(loose.verdict(End("wait", "seconds")), "seconds")
    turned = told(loose.verdict(End("say", "text")), "text")

    assert no == "Can't be linked to seconds: it takes number, not list."
    assert turned == "Values are turned into JSON text on the way."


def test_without_the_mouse_what_fits_as_it_is_comes_first(level: Level) -> None:
    loose = LooseLink(level, End("rows", "rows"), "out")

    offered = [choice.end for choice in other_ends(level, loose)]

    assert offered.index(End("few", "items")) < offered.index(End("say", "text"))
    assert End("wait", "seconds") not in offered
    assert not any(end.block == "rows" for end in offered)


def test_the_ports_of_a_block_are_offered_with_what_they_are_linked_to(level: Level) -> None:
    offered = {(c.side, c.end.port): c.detail for c in own_ports(level, "sort")}

    assert offered["out", "value"] == "gives list"
    assert offered["in", "items"] == "linked from rows.rows"
    assert list(own_ports(level, "note")) == []
    assert list(own_ports(level, "odd")) == []
