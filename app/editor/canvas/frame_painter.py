"""Draws frames: titled rectangles behind blocks."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from app.editor.canvas.paints import Paints
from app.editor.canvas.texts import Texts, Voice
from app.workbench import Workbench
from graph.flow import Frame

RADIUS = 10.0
ROOMY = 1.5
SMALLEST = 12.0
"""How many pixels high a title is at least, however far away."""


class FramePainter:
    """Draws in scene coordinates."""

    def __init__(self, workbench: Workbench, paints: Paints, texts: Texts) -> None:
        self._workbench = workbench
        self._paints = paints
        self._texts = texts

    def draw(self, painter: QPainter, area: QRectF, zoom: float) -> None:
        """The frames in an area."""
        selected = self._workbench.selected_frames
        for id, frame in self._workbench.flow.view.frames.items():
            rect = QRectF(frame.x, frame.y, frame.width, frame.height)
            if rect.intersects(area):
                self._draw_frame(painter, rect, frame, id in selected)
                self._draw_title(painter, rect, frame, zoom)

    def draw_plan(self, painter: QPainter) -> None:
        """All frames without their titles."""
        for frame in self._workbench.flow.view.frames.values():
            rect = QRectF(frame.x, frame.y, frame.width, frame.height)
            self._draw_frame(painter, rect, frame, False)

    def _draw_frame(self, painter: QPainter, rect: QRectF, frame: Frame, selected: bool) -> None:
        paints, tokens = self._paints, self._paints.tokens
        colour = frame.colour or tokens.muted
        painter.setPen(
            paints.pen(tokens.accent, 2.0) if selected else paints.pen(colour, 1.0, alpha=110)
        )
        painter.setBrush(paints.brush(colour, 18))
        painter.drawRoundedRect(rect, RADIUS, RADIUS)

    def _draw_title(self, painter: QPainter, rect: QRectF, frame: Frame, zoom: float) -> None:
        larger = max(1.0, SMALLEST / 14 / zoom)
        text = self._texts.of(frame.title, Voice.FRAME, max(20.0, (rect.width() - 24) // larger))
        paints, tokens = self._paints, self._paints.tokens
        colour = frame.colour or tokens.muted
        painter.save()
        # Larger than the room that cards leave it, it stands above the frame.
        over = text.height * larger + 3
        painter.translate(rect.x() + 12, rect.y() + (9 if larger < ROOMY else -over))
        painter.scale(larger, larger)
        painter.setFont(self._texts.fonts[Voice.FRAME])
        painter.setPen(paints.colour(paints.mixed(tokens.text, colour, 0.45)))
        painter.drawStaticText(QPointF(0, 0), text.text)
        painter.restore()
