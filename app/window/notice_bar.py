"""Notices as they are seen: cards at the foot of the page that go again by themselves."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.icons import icon
from app.notices import Notice, Notices, Offer
from app.theme import current

LASTS = 6000
MOST = 3
WIDEST = 560


class NoticeBar(QWidget):
    """Lies over the foot of another widget, as tall as what it tells."""

    def __init__(self, notices: Notices, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._cards: list[_Card] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        notices.told.connect(self._tell)
        notices.withdrawn.connect(self._withdraw)
        over.installEventFilter(self)
        self.hide()

    def _tell(self, notice: Notice) -> None:
        self._withdraw(notice.key)
        card = _Card(notice, self)
        card.closed.clicked.connect(lambda: self._remove(card))
        self._cards.append(card)
        self._layout.addWidget(card)
        card.show()  # or it counts for nothing when the height is worked out
        if not notice.stays:
            QTimer.singleShot(LASTS, card, lambda: self._remove(card))
        for old in self._cards[:-MOST]:
            self._remove(old)
        self._place()

    def _withdraw(self, key: str) -> None:
        for card in [card for card in self._cards if key and card.notice.key == key]:
            self._remove(card)

    def _remove(self, card: "_Card") -> None:
        if card in self._cards:
            self._cards.remove(card)
            card.hide()
            card.deleteLater()
            self._place()

    def _place(self) -> None:
        self.setVisible(bool(self._cards))
        width = min(WIDEST, self._over.width() - 48)
        self.setFixedWidth(max(200, width))
        self._layout.activate()
        height = self._layout.totalHeightForWidth(self.width())
        height = height if height >= 0 else self.sizeHint().height()
        left = (self._over.width() - self.width()) // 2
        self.setGeometry(left, self._over.height() - height - 24, self.width(), height)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the foot when the page changes its size."""
        if watched is self._over and event.type() == QEvent.Type.Resize and self._cards:
            self._place()
        return super().eventFilter(watched, event)


class _Card(QFrame):
    def __init__(self, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setProperty("notice", notice.tone)
        self.setAccessibleName(notice.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        text = QLabel(notice.text, self)
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        row.addWidget(text, 1)
        for offer in notice.offers:
            row.addWidget(self._button(offer))
        self.closed = QToolButton(self)
        self.closed.setIcon(icon("mdi6.close", current().muted))
        self.closed.setProperty("small", True)
        self.closed.setToolTip("Close this notice")
        self.closed.setAccessibleName("Close this notice")
        row.addWidget(self.closed)

    def _button(self, offer: Offer) -> QPushButton:
        button = QPushButton(offer.title, self)
        button.clicked.connect(lambda: self.closed.click())
        button.clicked.connect(lambda: offer.do())
        return button
