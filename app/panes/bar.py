"""The bar above what a dock shows: how things stand at the left, what can be done at the right."""

from itertools import pairwise

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from app.icons import icon
from app.panes.wrapping import Wrapping
from app.presenters.signs import Sign
from app.results.elided_label import ElidedLabel
from app.theme import current

NEVER = Qt.FocusPolicy.NoFocus
SIGN = 16
APART = 12
FINDS = 128
"""Pixels of a field in which something is searched for."""


class Standing(QWidget):
    """A sign in its colour, and what it means in a line that is cut short if it must be."""

    def __init__(self, parent: QWidget, *, grows: bool = True) -> None:
        super().__init__(parent)
        policy = QSizePolicy.Policy.Expanding if grows else QSizePolicy.Policy.Preferred
        self.setSizePolicy(policy, QSizePolicy.Policy.Fixed)
        self._shown: Sign | None = None
        self._sign = QLabel(self)
        self._words = ElidedLabel(self)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0 if grows else APART, 0)
        row.setSpacing(8)
        row.addWidget(self._sign)
        row.addWidget(self._words, 1)

    def sizeHint(self) -> QSize:
        """With all of the words."""
        beside = SIGN + self._row.spacing() + self._row.contentsMargins().right()
        return QSize(beside + self._words.sizeHint().width(), super().sizeHint().height())

    def text(self) -> str:
        """What it says."""
        return self._words.whole

    def show_sign(self, shown: Sign) -> None:
        """Say how it stands; what else is to be known is told by the tooltip."""
        self._shown = shown
        self._words.show_text(shown.said)
        self._words.setToolTip("\n".join(filter(None, (shown.said, shown.about))))
        self._words.setAccessibleDescription(shown.about)
        self.updateGeometry()
        self.restyle()

    def restyle(self) -> None:
        """Use the colours of the theme."""
        if (shown := self._shown) is not None:
            tinted = icon(shown.icon, getattr(current(), shown.colour))
            self._sign.setPixmap(tinted.pixmap(QSize(SIGN, SIGN)))


class Bar(QFrame):
    """Goes on in a second line where the dock is narrow."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("bar", True)
        self._focusable: list[QWidget] = []
        self._row = Wrapping()
        self._row.setContentsMargins(10, 6, 10, 6)
        self._row.setSpacing(8)
        self.setLayout(self._row)

    def fill(self, *widgets: QWidget) -> None:
        """Put widgets into it, from left to right."""
        for widget in widgets:
            self._row.addWidget(widget)
        self._focusable = [one for one in widgets if one.focusPolicy() != NEVER]
        for one, other in pairwise(self._focusable):
            QWidget.setTabOrder(one, other)

    def leads_to(self, widget: QWidget) -> None:
        """Have Tab go on from its end to a widget."""
        if self._focusable and widget.focusPolicy() != NEVER:
            QWidget.setTabOrder(self._focusable[-1], widget)


def finder(parent: QWidget) -> QLineEdit:
    """A field for words that are searched for."""
    field = QLineEdit(parent, placeholderText="Find", clearButtonEnabled=True)
    field.setFixedWidth(FINDS)
    field.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return field
