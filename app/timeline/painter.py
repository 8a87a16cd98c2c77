"""Draws a timeline: lanes, bars, the critical path, the ruler; never one call for one bar."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from app.editor.canvas import buffers
from app.editor.canvas.paints import NO_PEN, Paints
from app.presenters.time_scale import Mark, Span, marks
from app.theme import BODY, SMALL, font
from app.timeline.columns import KINDS, Columns, Placed, placed
from app.timeline.layout import Lane, Layout
from runtime.projections.timeline import STATES, State

RULER = 24
NAMES, FEWEST_NAMES = 168, 92
"""Pixels for the names of the lanes, where there is room and at the least."""

APART = 84
"""Pixels between two texts of the ruler at the least."""

RANKS = tuple(
    STATES.index(state)
    for state in (
        "skipped", "reused", "finished", "cancelled", "running", "caught", "doubted", "failed",
    )
)  # fmt: skip
"""The states of bars; in a pixel that has several, the last is seen."""

PATH = 2.0
"""How thick the critical path is."""


def names_in(width: int) -> int:
    """Pixels for the names of the lanes in a chart of that width: most of it is for time."""
    return min(NAMES, max(FEWEST_NAMES, width * 2 // 5))


class Scene(NamedTuple):
    """What is to be drawn, all of one state of a record."""

    layout: Layout
    tasks: Columns
    parts: Columns
    path: Columns
    chosen: Columns
    pauses: tuple[tuple[float, float], ...]
    length: float
    names: Mapping[str, str]
    """By lane: its title."""
    lit: frozenset[str]
    """The lanes of what is selected."""


class TimelinePainter:
    """Draws in pixels of the widget."""

    def __init__(self) -> None:
        self.paints = Paints()
        self._rects = buffers.rectangles()
        self._names_font = font(BODY - 1)
        self._small = font(SMALL)

    def draw(self, painter: QPainter, scene: Scene, span: Span, area: QRect, scrolled: int) -> None:
        """Everything but the head."""
        tokens = self.paints.tokens
        painter.fillRect(area, self.paints.colour(tokens.panel))
        bars = area.adjusted(names_in(area.width()), RULER, 0, 0)
        self._draw_lanes(painter, scene, area, scrolled)
        painter.setClipRect(bars)
        self._draw_times(painter, scene, span, bars)
        self._draw_bars(painter, scene, span, bars, scrolled)
        painter.setClipping(False)
        self._draw_names(painter, scene, area, scrolled)
        self._draw_ruler(painter, span, area)

    # What lies under the bars.

    def _draw_lanes(self, painter: QPainter, scene: Scene, area: QRect, scrolled: int) -> None:
        tokens = self.paints.tokens
        for lane in scene.layout.lanes_in(scrolled, scrolled + area.height()):
            box = QRectF(0, lane.y - scrolled + RULER, area.width(), lane.height)
            if lane.name in scene.lit:
                painter.fillRect(box, self.paints.colour(tokens.selection, 120))
            painter.setPen(self.paints.pen(tokens.line, 0))
            painter.drawLine(box.bottomLeft(), box.bottomRight())

    def _draw_times(self, painter: QPainter, scene: Scene, span: Span, bars: QRect) -> None:
        """Lines under the marks of the ruler, pauses, and where the run begins and ends."""
        tokens = self.paints.tokens
        painter.setPen(self.paints.pen(tokens.line, 0))
        for mark in marks(span, bars.width(), APART):
            if mark.text:
                x = bars.left() + span.x_of(mark.time)
                painter.drawLine(QPointF(x, bars.top()), QPointF(x, bars.bottom()))
        paused = self.paints.brush(tokens.warning, 28)
        for since, until in scene.pauses:
            until = scene.length if isnan(until) else until
            x, past = span.x_of(since), span.x_of(until)
            painter.fillRect(QRectF(bars.left() + x, bars.top(), past - x, bars.height()), paused)
        beyond = self.paints.brush(tokens.window, 150)
        before, after = span.x_of(0.0), span.x_of(scene.length)
        painter.fillRect(QRectF(bars.left(), bars.top(), before, bars.height()), beyond)
        painter.fillRect(
            QRectF(bars.left() + after, bars.top(), bars.width() - after, bars.height()), beyond
        )

    # Bars.

    def _draw_bars(
        self, painter: QPainter, scene: Scene, span: Span, bars: QRect, scrolled: int
    ) -> None:
        painter.save()
        painter.translate(bars.left(), bars.top() - scrolled)
        layout, width = scene.layout, bars.width()
        lines = layout.lines_in(scrolled, scrolled + bars.height())
        painter.setPen(NO_PEN)
        for found in placed(scene.tasks, span, width, lines, RANKS):
            self._fill(painter, found, layout, self._of_state(STATES[found.kind]))
        for found in placed(scene.parts, span, width, lines, range(len(KINDS))):
            self._fill(painter, found, layout, self._of_part(found.kind))
        for found in placed(scene.chosen, span, width, lines, RANKS):
            self._frame(painter, found, layout)
        painter.setPen(NO_PEN)
        for found in placed(scene.path, span, width, lines, (0,)):
            self._underline(painter, found, layout)
        painter.restore()

    def _fill(self, painter: QPainter, found: Placed, layout: Layout, colour: str) -> None:
        gap = np.where(found.width > 4.0, 1.0, 0.0)  # what follows at once can be told from it
        self._rectangles(painter, colour, found.x, layout.tops[found.lines],
                         found.width - gap, layout.heights[found.lines])  # fmt: skip

    def _underline(self, painter: QPainter, found: Placed, layout: Layout) -> None:
        y = layout.tops[found.lines] + layout.heights[found.lines]
        self._rectangles(painter, self.paints.tokens.accent, found.x, y,
                         np.maximum(found.width, 1.0), np.full(len(y), PATH))  # fmt: skip

    def _frame(self, painter: QPainter, found: Placed, layout: Layout) -> None:
        paints = self.paints
        painter.setPen(paints.pen(paints.tokens.accent, 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        rows = np.column_stack(
            (found.x, layout.tops[found.lines] - 0.5, np.maximum(found.width - 1.0, 0.0),
             layout.heights[found.lines])
        )  # fmt: skip
        painter.drawRects(*self._rects.fill(rows))

    def _rectangles(
        self, painter: QPainter, colour: str, x: buffers.Floats, y: buffers.Floats,
        width: buffers.Floats, height: buffers.Floats,
    ) -> None:  # fmt: skip
        painter.setBrush(self.paints.brush(colour))
        painter.drawRects(*self._rects.fill(np.column_stack((x, y, width, height))))

    def _of_state(self, state: State) -> str:
        """States are a little calmer than on the canvas, where there are fewer of them."""
        paints, tokens = self.paints, self.paints.tokens
        colours: Mapping[State, str] = {
            "running": tokens.running, "finished": tokens.done, "reused": tokens.reused,
            "skipped": tokens.skipped, "failed": tokens.failed, "caught": tokens.warning,
            "cancelled": tokens.skipped, "doubted": tokens.warning,
        }  # fmt: skip
        return paints.mixed(colours[state], tokens.panel, 0.0 if state == "failed" else 0.22)

    def _of_part(self, kind: int) -> str:
        paints, tokens = self.paints, self.paints.tokens
        colour, share = {
            "tried": (tokens.failed, 0.3), "wait": (tokens.warning, 0.6),
            "doubt": (tokens.warning, 0.2), "asked": (tokens.accent, 0.2),
            "held": (tokens.accent, 0.45),
            "gone": (tokens.muted, 0.6),
        }[KINDS[kind]]  # fmt: skip
        return paints.mixed(colour, tokens.panel, share)

    # What stands at the edges.

    def _draw_names(self, painter: QPainter, scene: Scene, area: QRect, scrolled: int) -> None:
        tokens, names = self.paints.tokens, names_in(area.width())
        painter.setClipRect(QRect(0, RULER, names, area.height()))
        painter.setFont(self._names_font)
        metrics = QFontMetrics(self._names_font)
        for lane in scene.layout.lanes_in(scrolled, scrolled + area.height()):
            painter.setPen(self.paints.colour(tokens.text))
            box = _name_box(lane, names, scrolled)
            text = metrics.elidedText(
                scene.names[lane.name], Qt.TextElideMode.ElideRight, int(box.width())
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.setClipping(False)
        painter.setPen(self.paints.pen(tokens.line, 0))
        painter.drawLine(names - 1, RULER, names - 1, area.height())

    def _draw_ruler(self, painter: QPainter, span: Span, area: QRect) -> None:
        tokens, names = self.paints.tokens, names_in(area.width())
        width = area.width() - names
        painter.fillRect(QRect(0, 0, area.width(), RULER), self.paints.colour(tokens.panel))
        painter.setPen(self.paints.pen(tokens.line, 0))
        painter.drawLine(0, RULER - 1, area.width(), RULER - 1)
        painter.setFont(self._small)
        painter.setClipRect(QRect(names, 0, width, RULER))
        metrics = QFontMetrics(self._small)
        told = self._readable(span, width, metrics)
        for mark in told:
            x = names + span.x_of(mark.time)
            painter.setPen(self.paints.pen(tokens.faint, 0))
            painter.drawLine(QPointF(x, RULER - (7 if mark.text else 4)), QPointF(x, RULER - 2))
            if mark.text:
                painter.setPen(self.paints.colour(tokens.muted))
                most = area.width() - metrics.horizontalAdvance(mark.text) - 4
                painter.drawText(QPointF(min(x + 4, most), RULER - 9), mark.text)
        painter.setClipping(False)
        self._draw_legend(painter)

    def _draw_legend(self, painter: QPainter) -> None:
        """What the line under bars means; all else speaks for itself, or tells in its tip."""
        tokens = self.paints.tokens
        painter.fillRect(QRectF(12, RULER - 11, 18, PATH), self.paints.colour(tokens.accent))
        painter.setPen(self.paints.colour(tokens.muted))
        painter.drawText(QPointF(36, RULER - 8), "critical path")

    def _readable(self, span: Span, width: int, metrics: QFontMetrics) -> Sequence[Mark]:
        """The marks of the ruler, far enough apart for what they say."""
        found = marks(span, width, APART)
        longest = max((metrics.horizontalAdvance(mark.text) for mark in found), default=0)
        return found if longest + 12 <= APART else marks(span, width, longest + 24)


def _name_box(lane: Lane, names: int, scrolled: int) -> QRectF:
    inset = 12.0 + 12.0 * min(lane.name.count("/"), 4)
    return QRectF(inset, lane.y - scrolled + RULER, names - inset - 8, lane.height)
