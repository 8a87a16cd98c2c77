"""All there is to know of one template: its picture, what it is for, needs and brings along."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.editor.want_list import ICONS
from app.icons import icon
from app.library.drawing import draw
from app.presenters.template_details import Need, needs, sample, size
from app.presenters.templates import Card, Shape
from app.theme import current
from graph.catalog import Catalog
from graph.flow import Flow

PICTURE = 112
SIDE = 12
MISSING = "mdi6.puzzle-outline"


class Picture(QWidget):
    """The flow of a template, with titles where there is room for them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shape = Shape()
        self.setFixedHeight(PICTURE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_shape(self, shape: Shape) -> None:
        self._shape = shape
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QPainterPath()
        ground.addRoundedRect(self.rect().toRectF(), 6, 6)
        painter.fillPath(ground, QColor(current().canvas))
        box = QRectF(self.rect()).adjusted(SIDE, SIDE, -SIDE, -SIDE)
        draw(painter, box, self._shape, titles=True)
        painter.end()


class Details(QFrame):
    """Shows one card; its buttons only say what is wanted."""

    begun = Signal()
    inserted = Signal()

    def __init__(self, catalog: Callable[[], Catalog], parent: QWidget) -> None:
        super().__init__(parent)
        self._catalog = catalog
        self._card: Card | None = None
        self._flow = Flow()
        self.setAccessibleName("About the template")
        self.more = QToolButton(self)
        self.more.setToolTip("More to do with this template")
        self.more.setAccessibleName("More to do with this template")
        self._open = QPushButton("Open a copy", self)
        self._open.setProperty("primary", True)
        self._open.setToolTip("A new flow like this one (Enter)")
        self._open.clicked.connect(self.begun)
        self.insert = QToolButton(self)
        self.insert.setAccessibleName("Insert into the flow")
        self.insert.setToolTip("Put its blocks into the flow in front; or drag it onto the canvas")
        self.insert.clicked.connect(self.inserted)
        self._inside = QScrollArea(self)
        self._inside.setWidgetResizable(True)
        self._inside.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 0, 8)
        layout.setSpacing(8)
        layout.addWidget(self._inside, 1)
        layout.addLayout(self._buttons())
        self.restyle()

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 150)

    def show_card(self, card: Card, flow: Flow) -> None:
        """Tell of this template."""
        self._card, self._flow = card, flow
        self._inside.setWidget(self._page(card, flow))

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self.more.setIcon(icon("mdi6.dots-horizontal"))
        self.insert.setIcon(icon("mdi6.arrow-collapse-right"))
        if self._card is not None:
            self.show_card(self._card, self._flow)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(6)
        row.addWidget(self._open)
        row.addWidget(self.insert)
        row.addStretch(1)
        row.addWidget(self.more)
        return row

    # The page.

    def _page(self, card: Card, flow: Flow) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(2, 2, 10, 2)
        column.setSpacing(6)
        column.addWidget(_label(card.title, page, "title"))
        column.addWidget(_label(_from_where(card, flow), page, "small"))
        picture = Picture(page)
        picture.setAccessibleName(f"Picture of {card.title}")
        picture.show_shape(card.shape)
        column.addWidget(picture)
        if card.description:
            column.addWidget(_label(card.description, page))
        if card.about.use:
            _head(column, page, "How to use it")
            column.addWidget(_label(card.about.use, page))
        _head(column, page, "What it needs")
        self._needs(column, page, needs(flow, card.about, self._catalog()))
        if card.about.inputs:
            _head(column, page, "Sample input")
            _sample(column, page, sample(card.about.inputs))
        column.addStretch(1)
        return page

    def _needs(self, column: QVBoxLayout, page: QWidget, found: Sequence[Need]) -> None:
        if not found:
            column.addWidget(_label("Nothing outside itself.", page, "muted"))
        for need in found:
            row = QHBoxLayout()
            row.setSpacing(8)
            sign = QLabel(page)
            sign.setPixmap(
                icon(ICONS[need.what] if need.what else MISSING, current().muted).pixmap(15, 15)
            )
            sign.setAlignment(Qt.AlignmentFlag.AlignTop)
            row.addWidget(sign)
            row.addWidget(_label(need.text, page), 1)
            column.addLayout(row)


def _from_where(card: Card, flow: Flow) -> str:
    parts = [card.template.category, size(flow)]
    if card.about.origin:
        parts.append(f"from the pack “{card.about.origin}”")
    return " · ".join(parts)


def _sample(column: QVBoxLayout, page: QWidget, lines: Sequence[tuple[str, str]]) -> None:
    grid = QGridLayout()
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(1, 1)
    for row, (name, value) in enumerate(lines):
        name_label, value_label = QLabel(name, page), _label(value, page, "mono")
        name_label.setProperty("role", "muted")
        name_label.setAlignment(Qt.AlignmentFlag.AlignTop)
        grid.addWidget(name_label, row, 0)
        grid.addWidget(value_label, row, 1)
    column.addLayout(grid)


def _head(column: QVBoxLayout, page: QWidget, text: str) -> None:
    column.addSpacing(4)
    column.addWidget(_label(text, page, "heading"))


def _label(text: str, parent: QWidget, role: str = "") -> QLabel:
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setProperty("role", role)
    return label
