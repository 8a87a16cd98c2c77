"""Breakpoints and held blocks on the canvas: where they are drawn, and how."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from app.editor.canvas.canvas import Canvas
from app.theme import DARK
from graph.edits import MoveBlocks
from graph.flow import Block, Flow, View
from runtime.breakpoints import Breakpoint
from tests.app.standing import Happening

INNER = Flow.of(
    [Block("i", "flow.input", {"name": "x"}), Block("o", "flow.output", {"name": "y"})],
    [("i.value", "o.value")],
)
FLOW = Flow.of(
    [
        Block("a", "flow.constant"),
        Block("b", "data.sort"),
        Block("sub", "flow.call", {"flow": "inner"}),
    ],
    [("a.value", "b.items"), ("b.value", "sub.x")],
    flows={"inner": INNER},
    view=View(positions={"a": (0, 0), "b": (320, 0), "sub": (640, 0)}),
)


@pytest.fixture
def canvas(show: Any) -> Canvas:
    shown: Canvas = show(FLOW)
    shown.restore_view_state((430, 60, 0.8))
    return shown


def put(canvas: Canvas, *points: Breakpoint) -> None:
    for point in points:
        canvas.studio.runs.breakpoints.put(canvas.workbench, point)


def colour_at(canvas: Canvas, point: QPointF) -> str:
    image = canvas.grab().toImage()
    place = canvas.to_view(point).toPoint()
    return QColor(image.pixel(place)).name()


def corner(canvas: Canvas, id: str) -> QPointF:
    return canvas.shapes.rect(id).topLeft()


def test_a_dot_marks_the_block_and_goes_with_it(canvas: Canvas) -> None:
    put(canvas, Breakpoint("p", "b"))

    assert colour_at(canvas, corner(canvas, "b")) == DARK.failed

    canvas.workbench.do(MoveBlocks({"b": (320.0, 100.0)}))

    assert colour_at(canvas, corner(canvas, "b")) == DARK.failed


def test_a_disabled_one_is_hollow(canvas: Canvas) -> None:
    put(canvas, Breakpoint("p", "b", enabled=False))
    radius = 6.0 if canvas.zoom > 0.75 else 7.0

    assert colour_at(canvas, corner(canvas, "b")) == DARK.canvas
    ring = [colour_at(canvas, corner(canvas, "b") + QPointF(-r, 0)) for r in (radius - 1, radius)]
    assert any(name != DARK.canvas for name in ring)


def test_what_only_says_something_has_another_colour(canvas: Canvas) -> None:
    put(canvas, Breakpoint("p", "b", log="hello"))

    assert colour_at(canvas, corner(canvas, "b")) == DARK.accent


def test_ports_and_links_have_marks_of_their_own(canvas: Canvas) -> None:
    put(
        canvas,
        Breakpoint("p", "b", port="items"),
        Breakpoint("q", "a", at="after", port="value", to="b.items"),
    )

    kinds = {(sign.kind, sign.port) for sign in canvas.stops.signs}

    assert kinds == {("in", "items"), ("link", "")}
    beside = canvas.shapes.port("b", "items", "in") - QPointF(14, 0)
    assert colour_at(canvas, beside) == DARK.failed
    assert colour_at(canvas, corner(canvas, "b")) != DARK.failed


def test_a_closed_sub_flow_shows_that_there_are_some_inside(canvas: Canvas) -> None:
    put(canvas, Breakpoint("p", "sub/o"))
    assert [sign.kind for sign in canvas.stops.signs] == ["inside"]

    canvas.workbench.enter("inner", "sub")

    assert [(s.kind, canvas.shapes.ids[s.row]) for s in canvas.stops.signs] == [("block", "o")]


def test_the_mouse_is_told_what_a_breakpoint_does(canvas: Canvas) -> None:
    put(canvas, Breakpoint("p", "b", condition="len(items) > 3"))

    told = canvas.tip_at(canvas.to_view(canvas.shapes.rect("b").center()))

    assert "Breakpoint: stops if len(items) > 3" in told


def test_seen_from_far_a_mark_is_as_large_as_it_must_be(canvas: Canvas) -> None:
    put(canvas, Breakpoint("p", "b"))
    canvas.restore_view_state((430, 60, 0.1))

    image = canvas.grab().toImage()
    shape = image.height(), image.width(), 4
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(shape)[..., 2::-1].astype(int)
    red = np.abs(pixels - [int(DARK.failed[i : i + 2], 16) for i in (1, 3, 5)]).max(axis=2) < 30

    assert red.sum() > 20


# Where a run stands.


def test_the_block_that_stands_glows_and_has_an_arrow(canvas: Canvas) -> None:
    before = canvas.grab().toImage()
    Happening(canvas.studio, canvas.workbench).stands("b")

    assert canvas.held.places == {"b": "before"}
    edge = canvas.shapes.rect("b")
    assert colour_at(canvas, QPointF(edge.x(), edge.center().y())) == DARK.warning
    assert colour_at(canvas, QPointF(edge.x() - 16, edge.y() + 20)) == DARK.warning
    assert canvas.grab().toImage() != before


def test_an_error_about_to_be_raised_is_red(canvas: Canvas) -> None:
    Happening(canvas.studio, canvas.workbench).stands("b", phase="error")

    edge = canvas.shapes.rect("b")
    assert colour_at(canvas, QPointF(edge.x(), edge.center().y())) == DARK.failed


def test_a_closed_sub_flow_shows_that_the_run_stands_inside(canvas: Canvas) -> None:
    Happening(canvas.studio, canvas.workbench).stands("sub/o")
    assert canvas.held.places == {"sub": "before"}

    canvas.workbench.enter("inner", "sub")

    assert canvas.held.places == {"o": "before"}


def test_without_a_run_nothing_is_held(canvas: Canvas) -> None:
    Happening(canvas.studio, canvas.workbench).stands("b")

    canvas.studio.runs.watching.hide(canvas.workbench)

    assert canvas.held.places == {}
