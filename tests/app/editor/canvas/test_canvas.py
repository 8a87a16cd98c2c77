"""The canvas: what is where, how the view moves, what a click does."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QPolygonF, QWheelEvent
from pytestqt.qtbot import QtBot

from app.editor.canvas.canvas import Canvas
from app.editor.canvas.hits import Hit
from graph.edits import Connect, MoveBlocks, RemoveBlock
from graph.flow import Block, End, Flow, Frame, Link, View

END = End("b", "value")
VIEW = View(
    positions={"a": (0, 0), "b": (400, 0), "note": (0, 400)},
    frames={"f": Frame("Later", -100, 300, 600, 300)},
    routes={"b.value": ((300, 40),)},
)
FLOW = Flow.of(
    [
        Block("a", "flow.input", {"name": "a"}),
        Block("b", "flow.output", {"name": "b"}),
        Block("note", "flow.note", {"text": "# Look here"}),
    ],
    [("a.value", "b.value")],
    view=VIEW,
)


@pytest.fixture
def canvas(show: Any) -> Canvas:
    return show(FLOW)


def pixels(canvas: Canvas) -> Any:
    """What is seen, as numbers."""
    image = canvas.grab().toImage()
    shape = image.height(), image.width(), 4
    return np.frombuffer(image.constBits(), np.uint8).reshape(shape).astype(int)


def at(canvas: Canvas, point: QPointF) -> QPoint:
    return canvas.to_view(point).toPoint()


def test_a_flow_is_first_seen_as_a_whole(canvas: Canvas) -> None:
    assert canvas.area().contains(canvas.shapes.bounds())
    assert canvas.zoom <= 1.0


def test_what_is_hit_is_the_topmost_thing(canvas: Canvas) -> None:
    port = canvas.shapes.port("a", "value", "out")

    assert canvas.hit(port) == Hit("port", "a", "value", "out")
    assert canvas.hit(QPointF(60, 20)) == Hit("block", "a")
    assert canvas.hit(QPointF(300, 40)) == Hit("route", link=END, index=0)
    assert canvas.hit(port + QPointF(15, 0)) == Hit("link", link=END)
    assert canvas.hit(QPointF(200, 315)) == Hit("frame", frame="f")
    assert canvas.hit(QPointF(-100, 600)) == Hit("frame-edge", frame="f", index=9)
    assert canvas.hit(QPointF(40, 420)) == Hit("block", "note", frame="f")
    assert canvas.hit(QPointF(400, 550)) == Hit(frame="f")
    assert canvas.hit(QPointF(300, -200)) == Hit()


def test_blocks_and_links_are_found_by_rectangle_polygon_and_line(canvas: Canvas) -> None:
    lasso = QPolygonF([QPointF(-50, -50), QPointF(300, -50), QPointF(300, 200), QPointF(-50, 200)])

    assert canvas.blocks_in(QRectF(-10, -10, 100, 1000)) == ["a", "note"]
    assert canvas.blocks_in_polygon(lasso) == ["a"]
    assert canvas.links_crossing([QPointF(300, -100), QPointF(320, 200)]) == [END]
    assert canvas.links_crossing([QPointF(300, -100), QPointF(320, -50)]) == []


def test_zooming_keeps_the_point_under_the_mouse(canvas: Canvas) -> None:
    place = QPointF(200, 150)
    before = canvas.to_scene(place)

    canvas.zoom_by(1.5, place)

    moved = canvas.to_view(before) - place
    assert abs(moved.x()) <= 1
    assert abs(moved.y()) <= 1


def test_zoom_has_its_limits(canvas: Canvas) -> None:
    canvas.set_zoom(100)
    nearest = canvas.zoom
    canvas.set_zoom(0.0001)

    assert (nearest, canvas.zoom) == (2.5, 0.05)


def test_the_view_can_be_come_back_to(canvas: Canvas) -> None:
    canvas.set_zoom(1.0)
    state = canvas.view_state()
    canvas.pan_by(300, 100)
    canvas.set_zoom(0.5)

    canvas.restore_view_state(state)

    assert canvas.view_state() == pytest.approx(state, abs=1)


def test_middle_button_and_space_pan(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.set_zoom(1.0)
    seen = canvas.area()

    qtbot.mousePress(canvas.viewport(), Qt.MouseButton.MiddleButton, pos=QPoint(400, 300))
    qtbot.mouseMove(canvas.viewport(), QPoint(380, 310))
    qtbot.mouseRelease(canvas.viewport(), Qt.MouseButton.MiddleButton, pos=QPoint(380, 310))

    assert canvas.area().topLeft() - seen.topLeft() == QPointF(20, -10)


def wheel(
    canvas: Canvas, place: QPointF, turn: QPoint, keys: Qt.KeyboardModifier,
    device: QPointingDevice | None = None,
) -> None:  # fmt: skip
    """Turn the wheel over a place of the view."""
    buttons, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    source = Qt.MouseEventSource.MouseEventNotSynthesized
    args: Any = (place, place, QPoint(), turn, buttons, keys, phase, False, source)
    canvas.wheelEvent(QWheelEvent(*args, device) if device else QWheelEvent(*args))


def test_the_wheel_zooms_at_the_mouse_and_pans_with_shift(canvas: Canvas) -> None:
    canvas.set_zoom(1.0)
    under = canvas.to_scene(QPointF(100, 100))

    wheel(canvas, QPointF(100, 100), QPoint(0, 120), Qt.KeyboardModifier.NoModifier)
    zoom, moved = canvas.zoom, canvas.to_view(under) - QPointF(100, 100)
    seen = canvas.area()
    wheel(canvas, QPointF(100, 100), QPoint(0, 120), Qt.KeyboardModifier.ShiftModifier)

    assert zoom == pytest.approx(1.0015**120)
    assert moved.manhattanLength() <= 2
    assert canvas.zoom == zoom
    assert canvas.area().left() < seen.left()


def test_two_fingers_pan(canvas: Canvas) -> None:
    canvas.set_zoom(1.0)
    seen, kind = canvas.area(), QInputDevice.DeviceType.TouchPad
    pad = QPointingDevice(
        "pad", 7, kind, QPointingDevice.PointerType.Finger,
        QInputDevice.Capability.Position, 2, 1,
    )  # fmt: skip

    wheel(canvas, QPointF(100, 100), QPoint(40, -60), Qt.KeyboardModifier.NoModifier, pad)

    assert canvas.zoom == 1.0
    assert canvas.area().topLeft() - seen.topLeft() == QPointF(-20, 30)


def test_a_click_selects_and_another_with_shift_adds(canvas: Canvas, qtbot: QtBot) -> None:
    left = Qt.MouseButton.LeftButton

    qtbot.mouseClick(canvas.viewport(), left, pos=at(canvas, QPointF(60, 20)))
    qtbot.mouseClick(
        canvas.viewport(), left, Qt.KeyboardModifier.ShiftModifier, at(canvas, QPointF(460, 20))
    )

    assert canvas.workbench.selected == {"a", "b"}


def test_a_preview_moves_what_is_drawn_and_not_the_flow(canvas: Canvas) -> None:
    canvas.preview({"a": (50, 70)})
    shown = canvas.shapes.rect("a").topLeft()
    canvas.preview(None)

    assert shown == QPointF(50, 70)
    assert canvas.shapes.rect("a").topLeft() == QPointF(0, 0)
    assert canvas.workbench.flow == FLOW


def test_what_was_moved_or_removed_is_drawn_so(canvas: Canvas) -> None:
    bench = canvas.workbench
    bench.do(MoveBlocks({"b": (500, 90)}))
    bench.do(RemoveBlock("a"))

    assert canvas.shapes.rect("b").topLeft() == QPointF(500, 90)
    assert "a" not in canvas.shapes
    assert canvas.shapes.links == []


def test_a_link_to_an_optional_input_shows_it_as_a_port(show: Any) -> None:
    canvas = show(
        Flow.of([Block("a", "flow.input", {"name": "a"}), Block("s", "data.sort", {})], [])
    )
    before = [port.name for port in canvas.shapes.card("s").inputs]

    canvas.workbench.do(Connect(Link(End("a", "value"), End("s", "field"))))

    assert before == ["items"]
    assert [port.name for port in canvas.shapes.card("s").inputs] == ["items", "field"]


def test_panning_draws_the_same_as_drawing_anew(canvas: Canvas) -> None:
    canvas.set_zoom(0.9)
    canvas.grab()
    canvas.pan_by(37, -23)
    moved = pixels(canvas)

    canvas.refresh()

    # The same curve a few pixels further rounds differently here and there.
    off = np.abs(pixels(canvas) - moved)
    assert (off > 60).mean() < 0.0002
