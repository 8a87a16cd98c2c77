"""A watched run on the canvas: states, counts, values on their way, and nothing drawn in vain."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from app.editor.canvas.canvas import Canvas
from app.presenters.live_run import LiveRun
from app.presenters.moments import Moments
from graph.edits import AddBlock, MoveBlocks
from graph.flow import Block, End, Flow, View
from runtime.events import Failure, RunStarted, TaskFailed, TaskFinished, TaskStarted

FLOW = Flow.of(
    [
        Block("a", "flow.input", {"name": "a"}),
        Block("b", "data.sort"),
        Block("c", "data.sort"),
    ],
    [("a.value", "b.items"), ("b.value", "c.items")],
    view=View(positions={"a": (0, 0), "b": (300, 0), "c": (600, 0)}),
)


def finished(block: str, value: Any) -> TaskFinished:
    return TaskFinished("run", 1, 2.0, block, 1.0, {"value": value})


@pytest.fixture
def canvas(show: Any) -> Canvas:
    shown: Canvas = show(FLOW)
    shown.set_zoom(0.8)
    shown.workbench.watch(LiveRun("run"))
    shown.grab()
    return shown


def take(canvas: Canvas, *events: Any) -> None:
    """Let things happen in the watched run."""
    run = canvas.workbench.run
    assert run
    canvas.workbench.run_changed.emit(run.take(events))


def pixels(canvas: Canvas) -> Any:
    image = canvas.grab().toImage()
    shape = image.height(), image.width(), 4
    return np.frombuffer(image.constBits(), np.uint8).reshape(shape).astype(int)


def test_a_state_is_drawn_where_the_block_is_and_nowhere_else(canvas: Canvas) -> None:
    before = pixels(canvas)

    take(canvas, TaskStarted("run", 1, 1.0, "c"))
    changed = np.abs(pixels(canvas) - before).max(axis=2) > 8

    rows, columns = np.nonzero(changed)
    place = canvas.shapes.rect("c")
    left, right = canvas.to_view(place.topLeft()).x(), canvas.to_view(place.bottomRight()).x()
    assert len(columns) > 50
    assert columns.min() >= left - 3
    assert columns.max() <= right + 3
    assert rows.min() >= canvas.to_view(place.topLeft()).y() - 3


@pytest.mark.parametrize("zoom", [0.2, 0.5, 1.0])
def test_news_are_drawn_as_if_all_were_drawn_anew(canvas: Canvas, zoom: float) -> None:
    canvas.set_zoom(zoom)
    canvas.grab()

    take(canvas, TaskStarted("run", 1, 1.0, "a"), finished("b", [1, 2]))
    canvas._pulses.clear()
    news = pixels(canvas)
    canvas.refresh()

    assert (np.abs(pixels(canvas) - news) > 60).mean() < 0.0002


def test_a_dot_runs_along_a_link_while_a_value_travels_and_then_the_clock_stops(
    canvas: Canvas, qtbot: QtBot
) -> None:
    take(canvas, finished("b", [1]))
    on_the_way = [canvas.shapes.links[link].target for link, _ in canvas._pulses.dots()]

    qtbot.waitUntil(lambda: not canvas._pulses.dots())

    assert on_the_way == [End("c", "items")]
    assert not canvas._pulses._timer.isActive()


def test_a_tip_tells_the_last_value_and_how_often_one_came(canvas: Canvas) -> None:
    take(canvas, finished("b", [1]), finished("b", [1, 2]))
    row = canvas.shapes.link_rows[End("c", "items")]
    x1, y1, x2, y2 = canvas.shapes.ends[row].tolist()

    link = canvas.tip_at(canvas.to_view(QPointF((x1 + x2) / 2, (y1 + y2) / 2)))
    port = canvas.tip_at(canvas.to_view(canvas.shapes.port("c", "items", "in")))

    assert "2 values so far" in link
    assert "2 items" in link
    assert "<b>items</b>" in port
    assert "2 items" in port


def test_a_tip_of_a_failed_block_says_why(canvas: Canvas) -> None:
    why = Failure("Oops", "The list is a <teapot>.")
    take(canvas, TaskStarted("run", 1, 1.0, "c"), TaskFailed("run", 1, 2.0, "c", 1, why))

    tip = canvas.tip_at(canvas.to_view(canvas.shapes.rect("c").topLeft() + QPointF(60, 20)))

    assert "The list is a &lt;teapot&gt;." in tip


def test_problems_are_told_on_the_block(canvas: Canvas) -> None:
    canvas.workbench.do(AddBlock(Block("x", "no.such")), MoveBlocks({"x": (0, 200)}))
    canvas.workbench.check_now()

    tip = canvas.tip_at(canvas.to_view(QPointF(60, 220)))

    assert "⚠" in tip
    assert "no.such" in tip.partition("⚠")[2]


def test_values_are_told_on_links_when_that_is_wanted(canvas: Canvas) -> None:
    take(canvas, finished("b", [1, 2, 3]))
    canvas._pulses.clear()
    without = pixels(canvas)

    canvas.values = True

    assert (pixels(canvas) != without).any()


def test_an_input_of_the_flow_has_its_value_from_the_beginning(canvas: Canvas) -> None:
    take(canvas, RunStarted("run", 0, 1.0, "hash", inputs={"a": [3, 2, 1]}))

    status = canvas.marks.status(canvas.shapes.rows["a"])

    assert (status.look, status.line) == ("done", "3 items")
    assert canvas.marks.look(canvas.shapes.rows["a"]) == "done"
    assert canvas.marks.look(canvas.shapes.rows["b"]) == ""


def test_going_back_leaves_nothing_of_what_came_later(canvas: Canvas) -> None:
    moments = Moments("run")
    moments.take([
        RunStarted("run", 1, 0.0, "f"), finished("b", 1), finished("b", 2), finished("b", 3),
    ])  # fmt: skip
    bench = canvas.workbench
    bench.show_moment(moments.at(2))
    earlier = pixels(canvas)
    bench.show_moment(moments.at(4), moments.between(2, 4))
    later = pixels(canvas)

    bench.show_moment(moments.at(2), moments.between(4, 2))
    canvas._pulses.clear()

    assert np.abs(later - earlier).max() > 8
    assert np.abs(pixels(canvas) - earlier).max() <= 8
