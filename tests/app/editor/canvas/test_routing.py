"""Links run straight where they can, and around cards where they can't."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from app.editor.canvas.canvas import Canvas
from app.editor.canvas.curves import flattened
from graph.edits import MoveBlocks, Rename, SetRoute
from graph.flow import Block, End, Flow, View

END = End("b", "items")


def sorting(**positions: tuple[float, float]) -> Flow:
    """Blocks of one kind at these places, a linked to b."""
    blocks = [Block(id, "data.sort") for id in positions]
    return Flow.of(blocks, [("a.value", "b.items")], view=View(positions=positions))


def crossed(canvas: Canvas) -> list[str]:
    """The cards that the link runs behind, its own two not counted."""
    shapes = canvas.shapes
    curves = canvas.routing.curves(shapes.link_rows[END])
    points = flattened(curves)[:, 2:]
    found = []
    for id in shapes.ids:
        rect = shapes.rect(id)
        inside = [rect.contains(x, y) for x, y in points.tolist()]
        if id not in "ab" and any(inside):
            found.append(id)
    return found


def turns(canvas: Canvas) -> int:
    """Of how many curves the link is made."""
    return len(canvas.routing.curves(canvas.shapes.link_rows[END]))


def test_a_link_with_nothing_in_its_way_is_one_curve(show: Any) -> None:
    canvas = show(sorting(a=(0, 0), b=(400, 50), c=(200, 400)))

    assert turns(canvas) == 1


@pytest.mark.parametrize("height", [-10, 0, 40])
def test_a_link_is_led_around_a_card_in_its_way(show: Any, height: float) -> None:
    canvas = show(sorting(a=(0, 0), b=(900, 0), c=(450, height)))

    assert turns(canvas) == 3
    assert crossed(canvas) == []


def test_a_link_is_led_around_a_wall_of_cards(show: Any) -> None:
    wall = {f"w{n}": (450.0, n * 100.0 - 150) for n in range(4)}
    canvas = show(sorting(a=(0, 0), b=(900, 0), **wall))

    assert crossed(canvas) == []


def test_a_link_back_goes_around_both_its_cards(show: Any) -> None:
    canvas = show(sorting(a=(600, 0), b=(0, 0), c=(300, 0)))
    curves = canvas.routing.curves(canvas.shapes.link_rows[END])
    points = flattened(curves)[:, 2:]

    assert crossed(canvas) == []
    assert points[:, 0].max() > canvas.shapes.rect("a").right()
    assert points[:, 0].min() < canvas.shapes.rect("b").left()


def test_a_link_goes_through_the_points_that_a_person_has_set(show: Any) -> None:
    canvas = show(sorting(a=(0, 0), b=(400, 0)))

    canvas.workbench.do(SetRoute(END, ((300.0, 200.0), (310.0, 260.0))))

    knots = canvas.routing.curves(canvas.shapes.link_rows[END])[:, -2:].tolist()
    assert knots[:2] == [[300.0, 200.0], [310.0, 260.0]]
    assert canvas.links_crossing([QPointF(270, 230), QPointF(340, 230)]) == [END]


def test_a_link_is_led_anew_when_a_card_moves_into_its_way_and_out_of_it(show: Any) -> None:
    canvas = show(sorting(a=(0, 0), b=(900, 0), c=(450, 600)))
    straight = turns(canvas)

    canvas.preview({"c": (450, 0)})
    led = turns(canvas)
    canvas.preview(None)

    assert (straight, led, turns(canvas)) == (1, 3, 1)


def test_courses_kept_while_dragging_are_those_worked_out_anew(show: Any) -> None:
    canvas = show(sorting(a=(0, 0), b=(900, 0), c=(450, 300), d=(450, 0)))
    for step in range(12):
        canvas.preview({"c": (450, 300 - step * 30), "d": (450, step * 40)})
        canvas.grab()
    kept = canvas.routing.curves(0)

    canvas.routing.forget()

    assert np.array_equal(canvas.routing.curves(0), kept)


def test_a_moved_block_takes_its_links_along(show: Any) -> None:
    canvas = show(sorting(a=(0, 0), b=(400, 0)))

    canvas.workbench.do(MoveBlocks({"b": (500, 80)}))

    port = canvas.shapes.port("b", "items", "in")
    assert canvas.routing.curves(0)[-1, -2:].tolist() == [port.x(), port.y()]


def test_courses_outlive_an_edit_that_moves_nothing(show: Any) -> None:
    canvas = show(sorting(a=(0, 0), b=(900, 0), c=(450, 0)))
    before = canvas.routing.curves(0)

    canvas.workbench.do(Rename("c", "In the way"))
    kept = canvas.routing.curves(0)
    canvas.workbench.do(MoveBlocks({"c": (450, 400)}))

    assert kept is before
    assert turns(canvas) == 1


def test_a_link_a_little_back_to_a_card_below_needs_no_turn(show: Any) -> None:
    canvas = show(sorting(a=(0, 0), b=(180, 200)))

    assert turns(canvas) == 1


def test_a_card_that_lies_over_a_link_s_own_card_is_no_obstacle(show: Any) -> None:
    canvas = show(sorting(a=(0, 0), b=(900, 0), c=(150, 10)))

    assert turns(canvas) == 1
