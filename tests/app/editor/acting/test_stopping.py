"""Breakpoints by key: at what is selected, or at the port or link under the mouse."""

from app.workbench import Workbench
from runtime.breakpoints import Breakpoint
from tests.app.editor.hands import Hand


def at(hand: Hand, bench: Workbench) -> list[tuple[str, str, str, str]]:
    points = hand.canvas.studio.runs.breakpoints.of(bench)
    return [(p.block, p.at, p.port, p.to) for p in points]


def test_the_key_sets_one_at_each_selected_block_and_takes_them_away_again(
    hand: Hand, bench: Workbench
) -> None:
    bench.select(["sort", "fill"])

    hand.do("debug.toggle")
    assert at(hand, bench) == [("fill", "before", "", ""), ("sort", "before", "", "")]

    hand.do("debug.toggle")
    assert at(hand, bench) == []


def test_notes_cant_have_any(hand: Hand, bench: Workbench) -> None:
    bench.select(["about"])

    hand.do("debug.toggle")

    assert at(hand, bench) == []


def test_a_selected_link_has_one_of_its_own(hand: Hand, bench: Workbench) -> None:
    (target, link) = next(item for item in bench.flow.links.items() if item[0].block == "sort")
    bench.select(links=[target])

    hand.do("debug.toggle")

    assert at(hand, bench) == [(link.source.block, "after", link.source.port, "sort.items")]


def test_the_port_under_the_mouse_comes_first(hand: Hand, bench: Workbench) -> None:
    bench.select(["fill"])
    hand.hover(hand.canvas.shapes.port("sort", "items", "in"))

    hand.do("debug.toggle")

    assert at(hand, bench) == [("sort", "before", "items", "")]


def test_the_key_disables_and_enables(hand: Hand, bench: Workbench) -> None:
    points = hand.canvas.studio.runs.breakpoints
    points.put(bench, Breakpoint("p", "sort", condition="True"))
    bench.select(["sort"])

    hand.do("debug.switch")
    assert [p.enabled for p in points.of(bench)] == [False]

    hand.do("debug.switch")
    assert [p.enabled for p in points.of(bench)] == [True]


def test_the_form_is_asked_for_with_what_is_there_or_with_a_new_one(
    hand: Hand, bench: Workbench
) -> None:
    points = hand.canvas.studio.runs.breakpoints
    asked = list[tuple[str, bool]]()
    points.edit_wanted.connect(lambda _, point, is_new: asked.append((point.block, is_new)))
    points.put(bench, Breakpoint("p", "sort"))

    bench.select(["sort"])
    hand.do("debug.edit")
    bench.select(["fill"])
    hand.do("debug.edit")

    assert asked == [("sort", False), ("fill", True)]
