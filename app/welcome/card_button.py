"""A card that is pressed as a whole."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QScrollArea, QWidget

from app.theme import current

RADIUS = 8


class CardButton(QAbstractButton):
    """Paints ground, edge and focus ring; what is on it is painted by `paint_on`."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def paint_on(self, painter: QPainter) -> None:
        """Paint what the card holds."""
        raise NotImplementedError

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Come into view for whoever walks here by keyboard."""
        super().focusInEvent(event)
        around: QObject | None = self.parent()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parent()
        if around is not None and event.reason() != Qt.FocusReason.MouseFocusReason:
            around.ensureWidgetVisible(self)

    def paintEvent(self, _: QPaintEvent) -> None:
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ringed = bool(self.property("ring")) and self.hasFocus()
        width = 2.0 if ringed else 1.0
        edge = theme.strong_line if self.underMouse() else theme.line
        painter.setPen(QPen(QColor(theme.accent if ringed else edge), width))
        painter.setBrush(QColor(theme.hover if self.isDown() else theme.raised))
        inset = width / 2
        painter.drawRoundedRect(
            self.rect().toRectF().adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS
        )
        self.paint_on(painter)
        painter.end()
