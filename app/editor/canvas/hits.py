"""What is at a place of the canvas, in a rectangle, or under a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPolygonF

from app.editor.canvas.buffers import Floats
from app.editor.canvas.routing import Routing
from app.editor.canvas.shapes import ASIDE, Shapes
from app.workbench import Workbench
from graph.flow import End

Kind = Literal["port", "block", "link", "route", "frame", "frame-edge", ""]
Side = Literal["in", "out", ""]

PORT_REACH = 11.0
LINK_REACH = 7.0
FRAME_EDGE = 7.0
FRAME_HEAD = 34.0


@dataclass(frozen=True)
class Hit:
    """What was hit. `frame` is also told when something else inside a frame was hit.

    `index` is the number of a reroute point, and for the edge of a frame the sides that are
    held: 1 left, 2 top, 4 right, 8 bottom, added up.
    """

    kind: Kind = ""
    block: str = ""
    port: str = ""
    side: Side = ""
    link: End | None = None
    index: int = -1
    frame: str = ""


class Hits:
    """Finds by numpy over all, then looks closely at the few that are near."""

    def __init__(self, workbench: Workbench, shapes: Shapes, routing: Routing) -> None:
        self._workbench = workbench
        self._shapes = shapes
        self._routing = routing

    def at(self, point: QPointF, zoom: float) -> Hit:
        """The topmost thing at a scene point; reaches are wider when things look small."""
        wider = max(1.0, 0.8 / zoom)
        frame = self._frame_around(point)
        return (
            self._port(point, PORT_REACH * min(wider, 1.6))
            or self._block(point, frame)
            or self._route(point, LINK_REACH * wider)
            or self._link(point, LINK_REACH * wider, frame)
            or self._frame(point, FRAME_EDGE * wider)
            or Hit(frame=frame)
        )

    def blocks_in(self, area: QRectF) -> list[str]:
        """The blocks that touch a rectangle."""
        return [self._shapes.ids[row] for row in np.nonzero(self._shapes.within(area))[0]]

    def blocks_in_polygon(self, polygon: QPolygonF) -> list[str]:
        """The blocks whose middle is inside a polygon."""
        near = np.nonzero(self._shapes.within(polygon.boundingRect()))[0].tolist()
        rule = Qt.FillRule.OddEvenFill
        return [
            self._shapes.ids[row] for row in near
            if polygon.containsPoint(QRectF(*self._shapes.rects[row]).center(), rule)
        ]  # fmt: skip

    def links_crossing(self, line: Sequence[QPointF]) -> list[End]:
        """The links that a line through these points cuts."""
        if len(line) < 2:
            return []
        area = QPolygonF(list(line)).boundingRect()
        rows = np.nonzero(self._shapes.links_within(area))[0]
        strokes = np.array([[a.x(), a.y(), b.x(), b.y()] for a, b in zip(line, line[1:])])  # noqa: B905, RUF007 - one shorter on purpose
        pieces, owners = self._routing.flattened(rows)
        cut = dict.fromkeys(owners[_cross(pieces, strokes)].tolist())
        return [self._shapes.links[row].target for row in cut]

    def _near(self, point: QPointF, reach: float) -> list[int]:
        """The rows of blocks at a point, the topmost first."""
        area = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
        rows: list[int] = np.nonzero(self._shapes.within(area))[0].tolist()[::-1]
        ids, selected = self._shapes.ids, self._workbench.selected
        return sorted(rows, key=lambda row: ids[row] not in selected)

    def _port(self, point: QPointF, reach: float) -> Hit | None:
        best, least = None, reach
        for row in self._near(point, reach):
            x, y, width, _ = self._shapes.rects[row].tolist()
            card = self._shapes.cards[row]
            sides: tuple[tuple[Side, float], ...] = (("in", x), ("out", x + width))
            for side, at in sides:
                if abs(point.x() - at) > reach:
                    continue
                for port in card.inputs if side == "in" else card.outputs:
                    away = float(np.hypot(point.x() - at, point.y() - y - port.y))
                    if away < least:
                        best, least = Hit("port", self._shapes.ids[row], port.name, side), away
        return best

    def _block(self, point: QPointF, frame: str) -> Hit | None:
        for row in self._near(point, 0.0):
            return Hit("block", self._shapes.ids[row], frame=frame)
        return None

    def _link(self, point: QPointF, reach: float, frame: str) -> Hit | None:
        far = reach + ASIDE
        area = QRectF(point.x() - far, point.y() - far, 2 * far, 2 * far)
        rows = np.nonzero(self._shapes.links_within(area))[0]
        if not len(rows):
            return None
        pieces, owners = self._routing.flattened(rows)
        away = _distances(point, pieces)
        nearest = int(away.argmin())
        if away[nearest] > reach:
            return None
        return Hit("link", link=self._shapes.links[owners[nearest]].target, frame=frame)

    def _route(self, point: QPointF, reach: float) -> Hit | None:
        for name, route in self._workbench.flow.view.routes.items():
            for index, (x, y) in enumerate(route):
                if abs(point.x() - x) <= reach and abs(point.y() - y) <= reach:
                    return Hit("route", link=End(*name.split(".")), index=index)
        return None

    def _frame_around(self, point: QPointF) -> str:
        frames = self._workbench.flow.view.frames
        for id in reversed(list(frames)):
            frame = frames[id]
            if QRectF(frame.x, frame.y, frame.width, frame.height).contains(point):
                return id
        return ""

    def _frame(self, point: QPointF, reach: float) -> Hit | None:
        frames = self._workbench.flow.view.frames
        for id in reversed(list(frames)):
            frame = frames[id]
            rect = QRectF(frame.x, frame.y, frame.width, frame.height)
            if not rect.adjusted(-reach, -reach, reach, reach).contains(point):
                continue
            sides = (
                (abs(point.x() - rect.left()) <= reach) * 1
                + (abs(point.y() - rect.top()) <= reach) * 2
                + (abs(point.x() - rect.right()) <= reach) * 4
                + (abs(point.y() - rect.bottom()) <= reach) * 8
            )
            if sides:
                return Hit("frame-edge", frame=id, index=sides)
            if point.y() <= rect.top() + FRAME_HEAD:
                return Hit("frame", frame=id)
        return None


def _distances(point: QPointF, pieces: Floats) -> Floats:
    """How far a point is from each line."""
    x1, y1, x2, y2 = pieces.T
    across, down = x2 - x1, y2 - y1
    length = np.maximum(across**2 + down**2, 1e-9)
    along = np.clip(((point.x() - x1) * across + (point.y() - y1) * down) / length, 0, 1)
    away: Floats = np.hypot(x1 + along * across - point.x(), y1 + along * down - point.y())
    return away


def _cross(pieces: Floats, strokes: Floats) -> Floats:
    """Which lines any of the strokes cuts."""
    x1, y1, x2, y2 = (column[:, None] for column in pieces.T)
    u1, v1, u2, v2 = (column[None, :] for column in strokes.T)
    a = (x2 - x1) * (v1 - y1) - (y2 - y1) * (u1 - x1)
    b = (x2 - x1) * (v2 - y1) - (y2 - y1) * (u2 - x1)
    c = (u2 - u1) * (y1 - v1) - (v2 - v1) * (x1 - u1)
    d = (u2 - u1) * (y2 - v1) - (v2 - v1) * (x2 - u1)
    return np.asarray(((a * b < 0) & (c * d < 0)).any(axis=1))
