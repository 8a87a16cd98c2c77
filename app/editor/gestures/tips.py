"""A few words beside the mouse while something is being done."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QLabel, QWidget

WIDEST = 320
AWAY = 18


class Tip(QLabel):
    """Says why a port doesn't fit, or what will happen; not there when there is nothing to say."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setProperty("card", True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setMargin(6)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def say(self, text: str, at: QPointF) -> None:
        """Show the text near a place of the view, inside it."""
        if text != self.text():
            self.setText(text)
            self.setFixedWidth(min(WIDEST, self.fontMetrics().horizontalAdvance(text) + 24))
            self.setFixedHeight(self.heightForWidth(self.width()))
        over = self._over
        x = min(int(at.x()) + AWAY, over.width() - self.width() - 4)
        y = min(int(at.y()) + AWAY, over.height() - self.height() - 4)
        self.move(max(4, x), max(4, y))
        self.setVisible(bool(text))
