"""Cutting links, and leading them by hand."""

from PySide6.QtCore import QPointF

from app.editor.canvas.canvas import Canvas
from app.editor.gestures.routing import put_point
from app.workbench import Workbench
from graph.edits import SetRoute
from graph.flow import End
from tests.app.editor.gestures.test_selecting import middle_of_link
from tests.app.editor.hands import CTRL, RIGHT, SHIFT, Hand, steps

ITEMS = End("sort", "items")


def test_a_slice_cuts_every_link_it_crosses(hand: Hand, bench: Workbench) -> None:
    hand.drag(QPointF(290, -40), QPointF(290, 150), QPointF(290, 380), button=RIGHT, keys=CTRL)

    assert bench.flow.links == {}
    assert steps(bench) == ["Cut 2 links"]
    bench.undo()
    assert len(bench.flow.links) == 2


def test_a_slice_works_with_one_button_too(hand: Hand, bench: Workbench) -> None:
    hand.drag(QPointF(290, -40), QPointF(290, 150), keys=CTRL | SHIFT)

    assert End("sort", "items") not in bench.flow.links
    assert steps(bench) == ["Cut a link"]


def test_a_slice_through_nothing_is_no_step(hand: Hand, bench: Workbench) -> None:
    hand.drag(QPointF(620, 100), QPointF(700, 180), button=RIGHT, keys=CTRL)

    assert steps(bench) == []


def test_a_double_click_on_a_link_adds_a_point_and_one_on_the_point_removes_it(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    middle = middle_of_link(canvas, ITEMS)

    hand.double(middle)
    (point,) = bench.flow.view.routes[str(ITEMS)]
    hand.double(QPointF(*point))

    assert steps(bench) == ["Add a reroute point", "Remove a reroute point"]
    assert str(ITEMS) not in bench.flow.view.routes


def test_a_point_is_dragged_as_one_step(hand: Hand, bench: Workbench, canvas: Canvas) -> None:
    hand.double(middle_of_link(canvas, ITEMS))
    (point,) = bench.flow.view.routes[str(ITEMS)]

    hand.drag(QPointF(*point), QPointF(290, 100), QPointF(289, 155))

    assert bench.flow.view.routes[str(ITEMS)] == ((288, 156),)
    assert steps(bench)[-1] == "Move a reroute point"
    assert len(steps(bench)) == 2


def test_a_second_point_comes_in_its_order(hand: Hand, bench: Workbench, canvas: Canvas) -> None:
    bench.do(SetRoute(ITEMS, ((288, 156),)))

    put_point(canvas, ITEMS, QPointF(330, 120))
    put_point(canvas, ITEMS, QPointF(240, 120))

    assert bench.flow.view.routes[str(ITEMS)] == ((240, 120), (288, 156), (336, 120))


def test_links_are_made_straight_again(hand: Hand, bench: Workbench, canvas: Canvas) -> None:
    hand.double(middle_of_link(canvas, ITEMS))
    bench.select(links=[ITEMS])

    hand.do("arrange.reroute")

    assert bench.flow.view.routes == {}
