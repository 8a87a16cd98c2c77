"""Where the time of a task went: waits, attempts and pauses on one line of time."""

import time

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.presenters.data_items import Span, spans_of
from app.presenters.run_words import duration
from app.theme import BODY, current, font
from runtime.projections.task_data import TaskData

LINE = 26
MARGIN = 12
LABELS, TIMES = 170, 90
LEAST = 3.0
"""How long a bar is at least, in picture elements."""


class TimingView(QWidget):
    """Draws a line for each part."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.spans: list[Span] = []
        self.when: float | None = None
        """When it is looked at, in seconds since the epoch; None for now."""
        self.setAccessibleName("Where the time went")

    def show_data(self, data: TaskData) -> None:
        """Show the times of a task."""
        self.spans = spans_of(data, time.time() if self.when is None else self.when)
        if data.stood:
            self.spans.append(Span("Stood still for you", 0.0, data.stood, "pause"))
        self.setAccessibleDescription("; ".join(
            f"{span.label}: {duration(span.end - span.start)}" for span in self.spans))  # fmt: skip
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, 2 * MARGIN + LINE * len(self.spans))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(BODY))
        whole = max((span.end for span in self.spans), default=0.0) or 1.0
        room = max(40.0, self.width() - 2 * MARGIN - LABELS - TIMES)
        for number, span in enumerate(self.spans):
            self._draw(painter, span, MARGIN + number * LINE, room / whole)

    def _draw(self, painter: QPainter, span: Span, top: float, scale: float) -> None:
        t = current()
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(t.text))
        painter.drawText(QRectF(MARGIN, top, LABELS - 8, LINE), left, span.label)
        start = MARGIN + LABELS + span.start * scale
        width = max(LEAST, (span.end - span.start) * scale)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_colour(span)))
        painter.drawRoundedRect(QRectF(start, top + 8, width, LINE - 16), 3, 3)
        painter.setPen(QColor(t.muted))
        said = duration(span.end - span.start) + (f" · {span.note}" if span.note else "")
        beside = QRectF(start + width + 8, top, max(TIMES, self.width() - start - width - 8), LINE)
        painter.drawText(beside, left, said)


def _colour(span: Span) -> str:
    t = current()
    match span.kind:
        case "work":
            return t.done
        case "failed":
            return t.failed
        case "pause":
            return t.warning
    return t.strong_line
