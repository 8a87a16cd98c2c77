"""Draws links: by type of value, with what went over them, and dots that move along."""

from collections.abc import Iterable, Mapping

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from app.editor.canvas import buffers
from app.editor.canvas.buffers import Indices
from app.editor.canvas.curves import path, plain, point_at
from app.editor.canvas.marks import Marks
from app.editor.canvas.paints import NO_BRUSH, Paints
from app.editor.canvas.routing import Routing
from app.editor.canvas.shapes import KINDS, Mask, Shapes
from app.editor.canvas.texts import Texts, Voice
from app.presenters.brief import brief
from app.workbench import Workbench

LABEL_ROOM = 110.0
LEAST_ROOM = 44.0
DOT = 4.0
EDGE = 10.0
"""How far what belongs to a link reaches from its line."""


WIDE_FROM = 0.75
"""From this zoom on links are wider than a pixel."""


class LinkPainter:
    """Draws in scene coordinates."""

    def __init__(
        self, workbench: Workbench, shapes: Shapes, routing: Routing, marks: Marks,
        paints: Paints, texts: Texts,
    ) -> None:  # fmt: skip
        self._workbench = workbench
        self._shapes = shapes
        self._routing = routing
        self._marks = marks
        self._paints = paints
        self._texts = texts
        self._lines = buffers.lines()
        self.with_values = False

    def draw_straight(self, painter: QPainter, links: Indices) -> None:
        """Links from far away: one line each, all in one call."""
        paints, tokens = self._paints, self._paints.tokens
        painter.setPen(paints.pen(paints.mixed(tokens.canvas, tokens.link, 0.6), 0))
        painter.drawLines(*self._lines.fill(self._shapes.ends[links]))

    def draw_thin(self, painter: QPainter, links: Indices) -> None:
        """Links where they are small: a pixel wide, one call a type."""
        lines, owners = self._routing.flattened(links)
        kinds = self._shapes.link_kinds[owners]
        for kind in np.unique(kinds).tolist():
            painter.setPen(self._paints.pen(self._colour(kind), 0))
            painter.drawLines(*self._lines.fill(lines[kinds == kind]))
        self._draw_selected(painter, links, 2.5)

    def draw(
        self, painter: QPainter, links: Indices, area: QRectF, zoom: float
    ) -> Mapping[int, buffers.Floats]:
        """Links close by that touch the area; gives the curves of those there are."""
        curves = self._curves(links, area)
        rows, kinds = list(curves), self._shapes.link_kinds
        # A pen of one pixel is several times quicker than one that is hardly wider.
        width = 2.0 if zoom >= WIDE_FROM else 0.0
        painter.setBrush(NO_BRUSH)
        for row, drawn in curves.items():
            painter.setPen(self._paints.pen(self._colour(int(kinds[row])), width))
            painter.drawPath(path(drawn))
        self._draw_selected(painter, links, 3.0)
        self._draw_knots(painter, rows)
        return curves

    def draw_labels(self, painter: QPainter, curves: Mapping[int, buffers.Floats]) -> None:
        """What is told on links of a watched run."""
        if self._workbench.run is not None:
            for row, drawn in curves.items():
                self._draw_label(painter, row, drawn)

    def draw_hovered(self, painter: QPainter, row: int) -> None:
        """The link under the mouse."""
        painter.setBrush(NO_BRUSH)
        colour = self._paints.of_type(KINDS[int(self._shapes.link_kinds[row])])
        painter.setPen(self._paints.pen(colour, 3.5))
        painter.drawPath(path(self._routing.curves(row)))

    def draw_dots(self, painter: QPainter, dots: Iterable[tuple[int, float]]) -> None:
        """Values on their way: for each a link, and how far it has come (0 to 1)."""
        painter.setPen(self._paints.pen(self._paints.tokens.canvas, 1.5))
        for row, share in dots:
            kind = KINDS[int(self._shapes.link_kinds[row])]
            painter.setBrush(self._paints.brush(self._paints.of_type(kind)))
            x, y = point_at(self._routing.curves(row), share)
            painter.drawEllipse(QPointF(x, y), DOT, DOT)

    def label_area(self, row: int) -> QRectF:
        """Where what is told on a link may be."""
        x, y = point_at(self._routing.curves(row), 0.5)
        half = LABEL_ROOM / 2 + 20
        return QRectF(x - half, y - 14, 2 * half, 28)

    def _curves(self, links: Indices, area: QRectF) -> Mapping[int, buffers.Floats]:
        """The curves of each link of which any may touch the area."""
        straight = plain(self._shapes.ends[links])
        led = self._routing.led_among(links.tolist())
        touches = _touch(straight, area).tolist()
        found = {
            row: straight[i : i + 1]
            for i, row in enumerate(links.tolist())
            if touches[i] and row not in led
        }
        if led:
            touches = _touch(np.concatenate([*led.values()]), area).tolist()
            first = 0
            for row, curves in led.items():
                if any(touches[first : first + len(curves)]):
                    found[row] = curves
                first += len(curves)
        return found

    def _draw_selected(self, painter: QPainter, links: Indices, width: float) -> None:
        selected = self._workbench.selected_links
        if not selected:
            return
        painter.setPen(self._paints.pen(self._paints.tokens.accent, width))
        painter.setBrush(NO_BRUSH)
        for row in links.tolist():
            if self._shapes.links[row].target in selected:
                painter.drawPath(path(self._routing.curves(row)))

    def _draw_knots(self, painter: QPainter, rows: list[int]) -> None:
        """The points that links are led through by hand."""
        if not self._workbench.flow.view.routes:
            return
        painter.setPen(self._paints.pen(self._paints.tokens.canvas, 1.5))
        for row in rows:
            kind = int(self._shapes.link_kinds[row])
            for x, y in self._shapes.route(row):
                painter.setBrush(self._paints.brush(self._colour(kind)))
                painter.drawEllipse(QPointF(x, y), DOT + 0.5, DOT + 0.5)

    def _draw_label(self, painter: QPainter, row: int, curves: buffers.Floats) -> None:
        """How many values went over the link, and the last one when that is wanted."""
        text = self._told(row)
        if not text:
            return
        paints, tokens = self._paints, self._paints.tokens
        across = float(curves[-1, -2] - curves[0, 0]) - 18
        room = LABEL_ROOM if len(curves) > 1 else min(LABEL_ROOM, max(LEAST_ROOM, across))
        laid = self._texts.of(text, Voice.SMALL, room)
        x, y = point_at(curves, 0.5)
        pill = QRectF(x - laid.width / 2 - 7, y - 9, laid.width + 14, 18)
        painter.setPen(paints.pen(self._colour(int(self._shapes.link_kinds[row])), 1.0))
        painter.setBrush(paints.brush(tokens.raised))
        painter.drawRoundedRect(pill, 9, 9)
        painter.setFont(self._texts.fonts[Voice.SMALL])
        painter.setPen(paints.colour(tokens.text))
        painter.drawStaticText(QPointF(x - laid.width / 2, y - laid.height / 2), laid.text)

    def _told(self, row: int) -> str:
        count = self._marks.count(row)
        if self.with_values:
            there, value = self._marks.value(row)
            times = f" ×{count:,}" if count > 1 else ""
            return f"{brief(value, 24)}{times}" if there else ""
        return f"{count:,}" if count > 1 else ""

    def _colour(self, kind: int) -> str:
        """Links are a little calmer than the ports they join."""
        return self._paints.mixed(
            self._paints.of_type(KINDS[kind]), self._paints.tokens.canvas, 0.2
        )


def _touch(curves: buffers.Floats, area: QRectF) -> Mask:
    """Which curves may touch an area: a curve lies within its four points."""
    x, y = curves[:, 0::2], curves[:, 1::2]
    found: Mask = (
        (x.min(axis=1) - EDGE <= area.right()) & (x.max(axis=1) + EDGE >= area.left())
        & (y.min(axis=1) - EDGE <= area.bottom()) & (y.max(axis=1) + EDGE >= area.top())
    )  # fmt: skip
    return found
