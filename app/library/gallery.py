"""Templates side by side, in as many columns as there is room for, under their categories."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.library.card_painter import SMALL_CARD, paint_card
from app.library.model import ROW, CardModel
from app.presenters.templates import Card
from app.theme import SMALL, current, font

Index = QModelIndex | QPersistentModelIndex
LEAST = 212
"""How narrow a card may become."""
GAP = 8
HEAD = 30
RADIUS = 8


class CardRows(QStyledItemDelegate):
    """Paints cards, and the names of categories over the whole width."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's
        view = self.parent()
        assert isinstance(view, Gallery)
        if isinstance(index.data(ROW), str):
            return QSize(view.row_width, HEAD)
        return QSize(view.card_width, SMALL_CARD.height + GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, box = index.data(ROW), option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, Card):
            view = self.parent()
            chosen = isinstance(view, Gallery) and index == view.currentIndex()
            hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
            edge = ("accent", 2.0) if chosen else ("strong_line" if hovered else "line", 1.0)
            _card(painter, box.adjusted(0, 0, -GAP, -GAP), row, *edge)
        else:
            painter.setFont(font(SMALL, bold=True))
            painter.setPen(QColor(current().muted))
            where = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box.adjusted(2, 2, 0, 0), where, str(row))
        painter.restore()


def _card(painter: QPainter, box: QRect, card: Card, edge: str, width: float) -> None:
    """A card with an edge of that colour and width."""
    painter.setPen(QPen(QColor(getattr(current(), edge)), width))
    painter.setBrush(QColor(current().raised))
    inset = width / 2
    painter.drawRoundedRect(box.toRectF().adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)
    paint_card(painter, box, card, SMALL_CARD, RADIUS)


class Gallery(QListView):
    """The cards; Enter or a double click begins with one, F2 and Del are for one's own."""

    chosen = Signal()
    """Another card is looked at now, or none."""
    begun = Signal(Card)
    renamed = Signal(Card)
    removed = Signal(Card)

    def __init__(self, model: CardModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(CardRows(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName("Templates")
        self.setAccessibleDescription("Enter opens a copy; or drag one onto the canvas.")
        self.activated.connect(self._begin)
        self.selectionModel().currentChanged.connect(lambda *_: self.chosen.emit())
        model.modelReset.connect(self.chosen)

    @property
    def row_width(self) -> int:
        """How wide a line of cards is."""
        return max(1, self.viewport().width() - 1)

    @property
    def card_width(self) -> int:
        return self.row_width // max(1, self.row_width // LEAST)

    def card(self) -> Card | None:
        """The card that is looked at."""
        found = self.currentIndex().data(ROW)
        return found if isinstance(found, Card) else None

    def card_at(self, index: QModelIndex) -> Card | None:
        found = index.data(ROW)
        return found if isinstance(found, Card) else None

    def go_to(self, row: int) -> None:
        """Look at the card of a row and have it in view."""
        model = self.model()
        assert model is not None
        if row >= 0:
            self.setCurrentIndex(model.index(row, 0))
            self.scrollTo(model.index(row, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        signal = {Qt.Key.Key_F2: self.renamed, Qt.Key.Key_Delete: self.removed}.get(
            Qt.Key(event.key())
        )
        card = self.card()
        if signal is not None and card is not None and card.template.own:
            signal.emit(card)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The cards share the width anew."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def _begin(self, index: QModelIndex) -> None:
        if (card := self.card_at(index)) is not None:
            self.begun.emit(card)
