"""Every kind of block by category: search, drag onto the canvas, or add with Enter."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QPainter,
    QShowEvent,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QLineEdit,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app.docks import Dock
from app.editor.choice_rows import ROW_HEIGHT, Choice, ChoiceRows
from app.placing import MIME, place
from app.presenters.block_finder import Match
from app.studio import Studio
from app.theme import SMALL, current, font
from graph.categories import category_title
from graph.offered import offered_by
from graph.spec import BlockSpec

ROW = int(Qt.ItemDataRole.UserRole)
"""Where a row keeps its Choice, whose value is the kind; a group has none."""

GROUP_HEIGHT = 30

Index = QModelIndex | QPersistentModelIndex


class BlockModel(QStandardItemModel):
    """Kinds of blocks: under their categories, or as the answer to a search."""

    def show_all(self, specs: Iterable[BlockSpec]) -> None:
        """Everything, in groups."""
        self.clear()
        groups = dict[str, QStandardItem]()
        for spec in specs:
            title = group_title(spec.kind)
            if title not in groups:
                groups[title] = group = QStandardItem(title)
                group.setFlags(Qt.ItemFlag.ItemIsEnabled)
                self.appendRow(group)
            groups[title].appendRow(_row(Match(spec)))

    def show_found(self, matches: Iterable[Match]) -> None:
        """What was found, best first."""
        self.clear()
        for match in matches:
            self.appendRow(_row(match))

    def mimeTypes(self) -> list[str]:
        """What a row becomes when it is dragged."""
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The kind of the dragged block."""
        data = QMimeData()
        kind = next((row.value for index in indexes if (row := index.data(ROW))), "")
        data.setData(MIME, QByteArray(str(kind).encode()))
        return data


class BlockRows(ChoiceRows):
    """Blocks as any list of choices shows them, and the names of groups."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's
        """Two lines for a block, one for a group."""
        return QSize(120, ROW_HEIGHT if index.data(ROW) else GROUP_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """A group is a word in small letters; the rest is a choice."""
        if index.data(ROW) is not None:
            super().paint(painter, option, index)
            return
        painter.save()
        painter.setFont(font(SMALL, bold=True))
        painter.setPen(QColor(current().muted))
        box, where = option.rect.adjusted(6, 6, 0, 0), Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | where, str(index.data()))
        painter.restore()


class Blocks(QWidget):
    """The dock."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Find a block")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName("Find a block")
        self.search.textChanged.connect(self._refresh)
        self.search.returnPressed.connect(self._add_current)
        self.search.installEventFilter(self)
        self.model = BlockModel(self)
        self.list = self._make_list()
        self._nothing = QLabel("Nothing is called that. Try what the block should do.", self)
        self._nothing.setProperty("role", "empty")
        self._nothing.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 0)
        layout.setSpacing(8)
        for widget in (self.search, self._nothing, self.list):
            layout.addWidget(widget)
        self._nothing.hide()
        studio.theme.changed.connect(self.list.viewport().update)
        studio.catalog_changed.connect(self._renew)

    def _make_list(self) -> QTreeView:
        view = QTreeView(self)
        view.setModel(self.model)
        view.setItemDelegate(BlockRows(view))
        view.setHeaderHidden(True)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setIndentation(0)
        view.setDragEnabled(True)
        view.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setAccessibleName("Blocks")
        view.setAccessibleDescription("Enter adds the block; or drag it onto the canvas.")
        view.activated.connect(self.add)
        return view

    def add(self, index: QModelIndex) -> None:
        """Put a block of the row's kind on the canvas in front."""
        row, front = index.data(ROW), self._studio.workspace.current
        if row is not None and front is not None and place(front, row.value):
            self._studio.finder.note_use(row.value)

    def _add_current(self) -> None:
        self.add(self.list.currentIndex())

    def _refresh(self) -> None:
        words = self.search.text().strip()
        if words:
            self.model.show_found(self._studio.finder.found(words))
            self.list.setCurrentIndex(self.model.index(0, 0))
        else:
            self.model.show_all(self._studio.catalog)
            self.list.expandAll()
        self._nothing.setVisible(not self.model.rowCount())
        self.list.setVisible(bool(self.model.rowCount()))

    def _renew(self) -> None:
        """List anew what is listed already."""
        if self.model.rowCount():
            self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """List all blocks once they can be seen: it needs every pack."""
        super().showEvent(event)
        if not self.model.rowCount():
            self._refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys in the search field walk through what was found."""
        if (
            watched is self.search
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up)
        ):
            self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)


def group_title(kind: str) -> str:
    """The group that a kind is listed in: its category, or who offers it."""
    category = category_title(kind.partition(".")[0])
    by = offered_by(kind)
    return f"{category}: {by}" if by else category


def _row(match: Match) -> QStandardItem:
    spec = match.spec
    row = QStandardItem(spec.title)
    row.setFlags(
        Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
    )
    hint = offered_by(spec.kind) if match.score else ""  # a group says so anyhow
    row.setData(Choice(spec.title, spec.kind, spec.summary, spec.icon, hint, match.spans), ROW)
    row.setToolTip(f"{spec.title}: {spec.summary}")
    row.setData(f"{spec.title}. {spec.summary}", int(Qt.ItemDataRole.AccessibleTextRole))
    return row


DOCK = Dock("blocks", "Blocks", "mdi6.shape-plus-outline", "left", Blocks, order=10)
