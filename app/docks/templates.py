"""The library of templates: found by words and category, looked at, opened, put in, shared."""

from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QMimeData,
    QObject,
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.docks import Dock
from app.icons import icon
from app.library.details import Details
from app.library.gallery import Gallery
from app.library.model import CardModel
from app.presenters.templates import Card, best, cards, sections
from app.studio import Studio
from graph.errors import FlowFileError
from graph.file_format import read

ALL = "All categories"
WIDE = 620
"""The width from which a template is told of beside the others, not beneath them."""
ACTIONS = ("file.save_template", "file.import_templates", "file.export_templates")


class Templates(QWidget):
    """The dock. It reads the library when it is seen; what is wanted of a card it only says."""

    begun = Signal(Card)
    inserted = Signal(Card)
    edited = Signal(Card)
    removed = Signal(Card)
    exported = Signal(Card)
    dropped = Signal(list)
    """Packs (as Paths) were dropped here, to be taken in."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.setObjectName("templates")
        self._studio = studio
        self.cards: list[Card] = []
        self.model = CardModel(self)
        self.gallery = Gallery(self.model, self)
        self.details = Details(lambda: studio.catalog, self)
        self.search = self._make_search()
        self.category = QComboBox(self)
        self.category.setAccessibleName("Category")
        self.category.view().setAccessibleName("Categories")
        self.category.setMinimumContentsLength(8)
        self.category.currentIndexChanged.connect(lambda _: self._show())
        self._more = QToolButton(self)
        self._nothing = QLabel("No template is called that. Try what it should do.", self)
        self.setAcceptDrops(True)
        self._lay_out()
        self._listen()
        self._restyle()

    def read(self, look_at: str = "") -> None:
        """Read the library anew, and look at the template of that name (or the same as before)."""
        self.cards = list(cards(self._studio.shelf.templates()))
        before = self.gallery.card()
        name = look_at or (before.template.name if before else "")
        self._fill_categories()
        self._show()
        row = self.model.row_of(name)
        if row < 0 and look_at:
            self.search.clear()
            self.category.setCurrentIndex(0)
            row = self.model.row_of(name)
        self.gallery.go_to(row)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self.read)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take packs of templates, and nothing else."""
        if _packs(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.dropped.emit(_packs(event.mimeData()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow dock tells of a template beneath the others, a wide one beside them."""
        super().resizeEvent(event)
        way = Qt.Orientation.Horizontal if self.width() >= WIDE else Qt.Orientation.Vertical
        if way != self._split.orientation():
            self._split.setOrientation(way)
            if not self.details.isHidden():
                self._share()

    def sizeHint(self) -> QSize:
        return QSize(260, 500)

    # How it is made.

    def _make_search(self) -> QLineEdit:
        search = QLineEdit(self)
        search.setPlaceholderText("Find a template")
        search.setClearButtonEnabled(True)
        search.setAccessibleName("Find a template")
        search.textChanged.connect(lambda _: self._show())
        search.returnPressed.connect(lambda: self._say(self.begun))
        search.installEventFilter(self)
        return search

    def _lay_out(self) -> None:
        self._more.setToolTip("Save, import and export templates")
        self._more.setAccessibleName("More about templates")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._more)
        menu.addActions([self._studio.actions[id] for id in ACTIONS])
        self._more.setMenu(menu)
        self._nothing.setProperty("role", "empty")
        self._nothing.setWordWrap(True)
        self._nothing.hide()
        choose = QHBoxLayout()
        choose.setSpacing(6)
        choose.addWidget(self.category, 1)
        choose.addWidget(self._more)
        self._split = QSplitter(Qt.Orientation.Vertical, self)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.gallery)
        self._split.addWidget(self.details)
        self.details.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 0, 0)
        layout.setSpacing(8)
        head = QVBoxLayout()
        head.setContentsMargins(0, 0, 8, 0)
        head.setSpacing(6)
        head.addWidget(self.search)
        head.addLayout(choose)
        layout.addLayout(head)
        layout.addWidget(self._nothing)
        layout.addWidget(self._split, 1)

    def _listen(self) -> None:
        self.gallery.chosen.connect(self._tell_of_chosen)
        self.gallery.begun.connect(self.begun)
        self.gallery.renamed.connect(self.edited)
        self.gallery.removed.connect(self.removed)
        self.gallery.customContextMenuRequested.connect(self._menu_at)
        self.details.begun.connect(lambda: self._say(self.begun))
        self.details.inserted.connect(lambda: self._say(self.inserted))
        self.details.more.clicked.connect(self._menu_of_details)
        self._studio.theme.changed.connect(self._restyle)

    # What it does.

    def _fill_categories(self) -> None:
        before = self.category.currentData() or ""
        named = dict.fromkeys(card.template.category for card in self.cards)
        self.category.blockSignals(True)
        self.category.clear()
        self.category.addItem(ALL, "")
        for name in named:
            count = sum(1 for card in self.cards if card.template.category == name)
            self.category.addItem(f"{name} ({count})", name)
        self.category.setCurrentIndex(max(0, self.category.findData(before)))
        self.category.blockSignals(False)

    def _show(self) -> None:
        words = self.search.text().strip()
        found = sections(self.cards, words, self.category.currentData() or "")
        self.model.show_sections(found)
        if words and (card := best(found, words)) is not None:
            self.gallery.go_to(self.model.row_of(card.template.name))
        self._nothing.setVisible(not found and bool(self.cards))
        self._split.setVisible(bool(found))

    def _tell_of_chosen(self) -> None:
        card, hidden = self.gallery.card(), self.details.isHidden()
        try:
            flow = read(card.path.read_bytes(), name=card.path.name) if card else None
        except (FlowFileError, OSError):  # gone since the library was read
            flow = None
        if card is not None and flow is not None:
            self.details.show_card(card, flow)
        self.details.setVisible(flow is not None)
        if hidden and flow is not None:
            self._share()
            QTimer.singleShot(0, self, self._keep_in_view)

    def _share(self) -> None:
        """Give the gallery the larger part."""
        across = self._split.orientation() == Qt.Orientation.Horizontal
        whole = self._split.width() if across else self._split.height()
        told = min(380, whole // 2) if across else whole * 11 // 20
        self._split.setSizes([whole - told, told])

    def _keep_in_view(self) -> None:
        self.gallery.scrollTo(self.gallery.currentIndex())

    def _say(self, wanted: "SignalInstance[tuple[Card]]") -> None:
        if (card := self.gallery.card()) is not None:
            wanted.emit(card)

    def _menu_at(self, point: QPoint) -> None:
        card = self.gallery.card_at(self.gallery.indexAt(point)) or self.gallery.card()
        if card is not None:
            self.menu(card).popup(self.gallery.viewport().mapToGlobal(point))

    def _menu_of_details(self) -> None:
        card, button = self.gallery.card(), self.details.more
        if card is not None:
            self.menu(card).popup(button.mapToGlobal(button.rect().bottomLeft()))

    def menu(self, card: Card) -> QMenu:
        """All that can be done with a template."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rows: list[tuple[str, SignalInstance[tuple[Card]], bool]] = [
            ("Open a copy", self.begun, True), ("Insert", self.inserted, True),
            ("Edit details…", self.edited, card.template.own),
            ("Export…", self.exported, True), ("Delete", self.removed, card.template.own),
        ]  # fmt: skip
        for title, signal, possible in rows:
            action = QAction(title, menu)
            action.setEnabled(possible)
            action.triggered.connect(lambda _=False, tell=signal: tell.emit(card))
            menu.addAction(action)
        return menu

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys in the search field walk through the templates."""
        if (
            watched is self.search
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up)
        ):
            self.gallery.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def _restyle(self) -> None:
        self._more.setIcon(icon("mdi6.dots-horizontal"))
        self.details.restyle()
        self.gallery.viewport().update()


def _packs(data: QMimeData) -> list[Path]:
    """The packs among what is dragged."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix == ".zip"]


DOCK = Dock("templates", "Templates", "mdi6.bookshelf", "left", Templates, order=30)
