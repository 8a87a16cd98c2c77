"""Where a watched run stands still: an arrow at the block, and a glow that breathes for a while."""

from collections.abc import Callable
from math import cos, pi
from time import monotonic

from PySide6.QtCore import QObject, QPointF, QRectF, QTimer, Signal
from PySide6.QtGui import QPainter, QPolygonF

from app.editor.canvas.card_painter import RADIUS
from app.editor.canvas.paints import NO_BRUSH, NO_PEN, Paints
from app.editor.canvas.shapes import Shapes
from app.runs.standing import Standing
from app.workbench import Workbench
from runtime.breakpoints import Phase

BREATH = 1.6
"""Seconds from one glow to the next."""
BREATHS = 5
"""How often it glows after a stop; then it stays lit, and nothing is drawn any more."""
FRAME = 33
AWAY = 20.0
"""How far from the card the arrow begins."""


class HeldMarks(QObject):
    """`draw` draws over the flow; it costs nothing while nothing is held."""

    stopped = Signal()
    """The run has come to stand at another block that is shown."""

    def __init__(
        self, workbench: Workbench, standing: Standing, shapes: Shapes,
        changed: Callable[[], object], parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._workbench = workbench
        self._standing = standing
        self._shapes = shapes
        self._changed = changed
        self._begun = 0.0
        self.places: dict[str, Phase] = {}
        """By block of the shown flow: how the task stands that is held there, or inside it."""
        self.current = ""
        """The block of the held task that is meant."""
        self._breath = QTimer(self, interval=FRAME)
        self._breath.timeout.connect(self._breathe)
        standing.changed.connect(self._follow)
        for news in (workbench.level_changed, workbench.moment_changed):
            news.connect(self.refresh)
        workbench.run_changed.connect(self._on_run)
        self.refresh()

    def refresh(self) -> None:
        """Take up what is held, in the moment that is shown."""
        bench = self._workbench
        held = list(bench.run.view.held.values()) if bench.run else []
        meant = self._standing.current(bench)
        before, self.places, self.current = (self.places, self.current), {}, ""
        for one in held:
            id, _ = self._standing.shown(bench, one.task)
            if id:
                self.places[id] = one.phase
                if meant is not None and one.task == meant.task:
                    self.current = id
        if (self.places, self.current) != before:
            self._begun = monotonic()
            self._breath.start()
            self._changed()

    def _follow(self, bench: Workbench) -> None:
        if bench is self._workbench:
            before = self.places
            self.refresh()
            if self.places and self.places != before:
                self.stopped.emit()

    def _on_run(self, blocks: object) -> None:
        if blocks is None:
            self.refresh()

    def _breathe(self) -> None:
        if not self.places or monotonic() - self._begun > BREATHS * BREATH:
            self._breath.stop()
        self._changed()

    # Drawing.

    def draw(self, painter: QPainter, area: QRectF, zoom: float, paints: Paints) -> None:
        """Draw over the flow, in scene coordinates."""
        for id, phase in self.places.items():
            if id in self._shapes:
                rect = self._shapes.rect(id)
                if rect.adjusted(-AWAY * 2, -AWAY, AWAY * 2, AWAY).intersects(area):
                    self._draw(painter, rect, phase, id == self.current, zoom, paints)

    def _draw(
        self, painter: QPainter, rect: QRectF, phase: Phase, meant: bool, zoom: float,
        paints: Paints,
    ) -> None:  # fmt: skip
        colour = paints.tokens.failed if phase == "error" else paints.tokens.warning
        glow = self._glow() if meant else 0.3
        painter.setBrush(NO_BRUSH)
        for width, alpha in ((14.0, 36), (8.0, 60)):
            painter.setPen(paints.pen(colour, width, alpha=round(alpha * glow / 6) * 6))
            painter.drawRoundedRect(rect, RADIUS, RADIUS)
        painter.setPen(paints.pen(colour, max(2.5 if meant else 1.5, 2.0 / zoom)))
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
        size = max(1.0, 0.6 / zoom)
        at = QPointF(rect.x() - 6, rect.y() + min(20.0, rect.height() / 2))
        if phase == "after":
            at = QPointF(rect.right() + 6 + AWAY * size, at.y())
        painter.setPen(paints.pen(paints.tokens.canvas, 2.0))
        painter.setBrush(paints.brush(colour))
        painter.drawPolygon(_arrow(at, size))
        painter.setPen(NO_PEN)

    def _glow(self) -> float:
        """Between 0 and 1, as long as it breathes; then lit."""
        since = monotonic() - self._begun
        if since > BREATHS * BREATH:
            return 1.0
        return 0.6 + 0.4 * cos(2 * pi * since / BREATH)


def _arrow(tip: QPointF, size: float) -> QPolygonF:
    """An arrow to the right that ends there."""
    outline = ((0, 0), (-9, -8), (-9, -3.5), (-18, -3.5), (-18, 3.5), (-9, 3.5), (-9, 8))
    return QPolygonF([tip + QPointF(x * size, y * size) for x, y in outline])
