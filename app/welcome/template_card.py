"""A template on the welcome page, pressed to begin with it."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from app.library.card_painter import LARGE, paint_card
from app.library.model import plain_tip
from app.presenters.templates import Card
from app.welcome.card_button import RADIUS, CardButton

LEAST = QSize(250, LARGE.height)


class TemplateCard(CardButton):
    """Pressed to begin with the template."""

    def __init__(self, card: Card, parent: QWidget) -> None:
        super().__init__(f"Template {card.title}", parent)
        self.card = card
        self.setAccessibleDescription(card.description)
        self.setToolTip(plain_tip(card.description))

    def sizeHint(self) -> QSize:
        return LEAST

    def paint_on(self, painter: QPainter) -> None:
        paint_card(painter, self.rect(), self.card, LARGE, RADIUS)
