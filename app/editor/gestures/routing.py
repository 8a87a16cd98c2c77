"""Leading links by hand: points put on them, moved, and taken off."""

import math
from collections.abc import Iterable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from app.editor.canvas.canvas import Canvas
from app.editor.gestures.gesture import LEFT, Gesture, Press, Spot
from app.editor.gestures.outlines import COVER, draw_knot, draw_led, hide_link
from app.presenters.snapping import GRID
from app.workbench import Workbench
from graph.edits import Position, SetRoute
from graph.flow import End

Points = tuple[Position, ...]

KNOT = 4.0


def points_of(bench: Workbench, target: End) -> Points:
    """The points that a link is led through."""
    return tuple(bench.flow.view.routes.get(str(target), ()))


def on_grid(point: QPointF) -> Position:
    """The nearest point of the grid."""
    return (round(point.x() / GRID) * GRID, round(point.y() / GRID) * GRID)


def put_point(canvas: Canvas, target: End, at: QPointF) -> None:
    """Lead a link through one more point."""
    bench = canvas.workbench
    points = list(points_of(bench, target))
    points.insert(_place(at, stations_of(canvas, target, points)), on_grid(at))
    bench.do(SetRoute(target, tuple(points)), label="Add a reroute point")


def take_point(bench: Workbench, target: End, index: int) -> None:
    """Take a point off a link."""
    points = points_of(bench, target)
    bench.do(SetRoute(target, points[:index] + points[index + 1 :]), label="Remove a reroute point")


def stations_of(canvas: Canvas, target: End, points: Iterable[Position]) -> list[Position]:
    """Where a link comes by that is led through these points: its ends, too."""
    link = canvas.workbench.flow.links[target]
    start = canvas.shapes.port(*link.source, "out")
    end = canvas.shapes.port(*link.target, "in")
    return [(start.x(), start.y()), *points, (end.x(), end.y())]


def _place(at: QPointF, stations: list[Position]) -> int:
    """Between which two stations a point makes the least detour."""

    def detour(index: int) -> float:
        before, after, here = stations[index], stations[index + 1], (at.x(), at.y())
        return math.dist(before, here) + math.dist(here, after) - math.dist(before, after)

    return min(range(len(stations) - 1), key=detour)


class MovePoint(Gesture):
    """The way of the link follows the point, and is kept when the mouse is released."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, canvas: Canvas, press: Press, target: End) -> None:
        super().__init__(canvas, press)
        self._target = target
        self._points = list(points_of(self.bench, target))

    def click(self, _: Spot, /) -> None:
        self.bench.select(links=[self._target])

    def move(self, spot: Spot, /) -> None:
        self._points[self.press.hit.index] = on_grid(spot.scene)

    def finish(self, _: Spot, /) -> None:
        route = SetRoute(self._target, tuple(self._points))
        self.bench.do(route, label="Move a reroute point")

    def draw(self, painter: QPainter) -> None:
        tokens = self.canvas.drawing.paints.tokens
        hide_link(painter, self.canvas, self._target)
        before = points_of(self.bench, self._target)[self.press.hit.index]
        draw_knot(painter, self.canvas, before, tokens.canvas, COVER)
        stations = stations_of(self.canvas, self._target, self._points)
        draw_led(painter, self.canvas, stations, tokens.accent)
        for point in self._points:
            draw_knot(painter, self.canvas, point, tokens.accent, KNOT)


def start(canvas: Canvas, press: Press) -> Gesture | None:
    """On a reroute point."""
    if press.button == LEFT and press.hit.kind == "route" and press.hit.link:
        return MovePoint(canvas, press, press.hit.link)
    return None
