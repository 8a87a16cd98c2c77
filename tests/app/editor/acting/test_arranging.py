"""Putting blocks in order, and making them other than they are."""

import pytest
from PySide6.QtWidgets import QLineEdit

from app.editor.acting.reshaping import choose_colour
from app.editor.canvas.canvas import Canvas
from app.theme import BLOCK_COLOURS
from app.workbench import Workbench
from graph.edits import MoveBlocks, SetRoute
from graph.flow import End
from tests.app.editor.hands import Hand, placed, steps


def test_all_is_arranged_along_the_links_as_one_step(hand: Hand, bench: Workbench) -> None:
    bench.do(MoveBlocks({"sort": (-700, 90)}))
    bench.select([])

    hand.do("arrange.layout")

    assert placed(bench, "sort")[0] > placed(bench, "rows")[0]
    assert steps(bench)[-1] == "Arrange automatically"
    bench.undo()
    assert placed(bench, "sort") == (-700, 90)


def test_only_what_is_selected_is_arranged(hand: Hand, bench: Workbench) -> None:
    bench.do(MoveBlocks({"sort": (-700, 90)}))
    bench.select(["rows", "sort"])

    hand.do("arrange.layout")

    assert placed(bench, "sort")[0] > placed(bench, "rows")[0]
    assert placed(bench, "count") == (720, 0)


def test_a_frame_follows_its_blocks(hand: Hand, bench: Workbench) -> None:
    bench.do(MoveBlocks({"case": (60, 270)}))
    bench.select(["fill", "case"])

    hand.do("arrange.layout")

    frame = bench.flow.view.frames["texts"]
    x, y = placed(bench, "case")
    assert frame.x + frame.width > x + 208
    assert frame.y < y < frame.y + frame.height


@pytest.mark.parametrize(
    ("action", "place"),
    [("arrange.left", (0, 40)), ("arrange.top", (12, 0)), ("arrange.right", (360, 40))],
)
def test_blocks_are_aligned(
    hand: Hand, bench: Workbench, action: str, place: tuple[float, float]
) -> None:
    bench.do(MoveBlocks({"count": (12, 40)}))
    bench.select(["rows", "sort", "count"])

    hand.do(action)

    assert placed(bench, "count") == place


def test_blocks_are_distributed(hand: Hand, bench: Workbench) -> None:
    bench.do(MoveBlocks({"sort": (250, 0)}))
    bench.select(["rows", "sort", "count"])

    hand.do("arrange.distribute_across")

    assert placed(bench, "sort") == (360, 0)


def test_a_way_laid_by_hand_is_given_up_when_both_ends_are_arranged(
    hand: Hand, bench: Workbench
) -> None:
    bench.do(SetRoute(End("sort", "items"), ((288, 156),)), MoveBlocks({"sort": (-700, 90)}))
    bench.select([])

    hand.do("arrange.layout")

    assert bench.flow.view.routes == {}


def test_snapping_is_switched_off_and_on(hand: Hand, canvas: Canvas) -> None:
    action = canvas.studio.actions["arrange.snap"]
    canvas.studio.actions.refresh()
    before = action.isChecked()

    hand.do("arrange.snap")

    assert (before, action.isChecked()) == (True, False)


def test_blocks_are_collapsed_named_and_expanded_again(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    bench.select(["fill", "case"])

    hand.do("arrange.collapse")
    editor = canvas.findChild(QLineEdit)
    assert editor.selectedText() == "Sub-flow"
    editor.setText("Texts")
    hand.click(canvas.area().topLeft())
    (call,) = (b for b in bench.flow.blocks.values() if b.kind == "flow.call")
    bench.select([call.id])
    hand.do("arrange.expand")

    assert call.title == "Texts"
    assert {"fill", "case"} <= bench.flow.blocks.keys()
    assert bench.flow.flows == {}


def test_bypass_is_switched_for_all_that_is_selected(hand: Hand, bench: Workbench) -> None:
    bench.select(["rows", "sort"])

    hand.do("arrange.bypass")
    on = [bench.flow.blocks[id].settings.bypass for id in ("rows", "sort")]
    hand.do("arrange.bypass")

    assert on == [True, True]
    assert not bench.flow.blocks["sort"].settings.bypass


def test_a_colour_is_chosen_by_name(bench: Workbench, canvas: Canvas) -> None:
    bench.select(["rows"], frames=["texts"])
    menu = choose_colour(canvas)

    next(a for a in menu.actions() if a.text() == "Teal").trigger()

    teal = BLOCK_COLOURS[5]
    assert bench.flow.view.colours == {"rows": teal}
    assert bench.flow.view.frames["texts"].colour == teal
    assert steps(bench) == ["Colour"]
    menu.close()
