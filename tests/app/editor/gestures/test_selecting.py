"""Selecting by click, box and lasso."""

from PySide6.QtCore import QPointF

from app.editor.canvas.canvas import Canvas
from app.workbench import Workbench
from graph.flow import End
from tests.app.editor.hands import ALT, CTRL, SHIFT, Hand, steps

ROWS, SORT, COUNT = QPointF(60, 20), QPointF(420, 20), QPointF(780, 20)
NOWHERE = QPointF(620, 150)


def middle_of_link(canvas: Canvas, target: End) -> QPointF:
    link = canvas.workbench.flow.links[target]
    return (
        canvas.shapes.port(*link.source, "out") + canvas.shapes.port(*link.target, "in")
    ) / 2  # fmt: skip


def test_a_click_selects_one_block_and_a_click_beside_it_none(hand: Hand, bench: Workbench) -> None:
    hand.click(ROWS)
    hand.click(SORT)
    one = bench.selected
    hand.click(NOWHERE)

    assert one == {"sort"}
    assert bench.selected == frozenset()


def test_shift_adds_and_takes_out(hand: Hand, bench: Workbench) -> None:
    hand.click(ROWS)
    hand.click(SORT, keys=SHIFT)
    both = bench.selected
    hand.click(ROWS, keys=CTRL)

    assert both == {"rows", "sort"}
    assert bench.selected == {"sort"}


def test_a_click_on_one_of_many_selects_it_alone(hand: Hand, bench: Workbench) -> None:
    bench.select(["rows", "sort", "count"])

    hand.click(SORT)

    assert bench.selected == {"sort"}


def test_a_link_is_selected_by_a_click(hand: Hand, bench: Workbench, canvas: Canvas) -> None:
    hand.click(middle_of_link(canvas, End("sort", "items")))

    assert bench.selected_links == {End("sort", "items")}


def test_a_frame_is_selected_at_its_head(hand: Hand, bench: Workbench) -> None:
    hand.click(QPointF(200, 196))

    assert bench.selected_frames == {"texts"}


def test_a_box_selects_what_it_touches(hand: Hand, bench: Workbench) -> None:
    hand.drag(QPointF(300, -60), QPointF(760, 60))

    assert bench.selected == {"sort", "count"}
    assert steps(bench) == []


def test_a_box_with_shift_adds(hand: Hand, bench: Workbench) -> None:
    bench.select(["rows"])

    hand.drag(QPointF(650, -60), QPointF(760, 60), keys=SHIFT)

    assert bench.selected == {"rows", "count"}


def test_a_lasso_selects_what_it_goes_around(hand: Hand, bench: Workbench) -> None:
    hand.drag(QPointF(-40, -60), QPointF(300, -60), QPointF(300, 140), QPointF(-40, 140), keys=ALT)

    assert bench.selected == {"rows"}
