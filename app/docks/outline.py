"""The flow as a tree to walk through: what is inside of what, how it stands, what is wrong."""

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QSortFilterProxyModel,
    Qt,
    QTimer,
)
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app.docks import Dock
from app.docks.outline_model import STATE, TITLE, OutlineModel
from app.presenters.outline import Place
from app.studio import Studio
from app.workbench import Workbench

ACTIONS = (
    "go.enter", "edit.inspect", "edit.rename", "", "run.to_here", "run.from_here", "",
    "edit.copy", "edit.duplicate", "arrange.bypass", "arrange.pin", "edit.delete", "", "help.block",
)  # fmt: skip
"""The context menu, "" for a gap."""

STATE_WIDTH = 96

_Flag = QItemSelectionModel.SelectionFlag


class Outline(QWidget):
    """The dock. What is selected here is selected on the canvas, and the other way round."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._bench: Workbench | None = None
        self._model: OutlineModel | None = None
        self._following = False
        self._shown = QSortFilterProxyModel(self)
        self._shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._shown.setRecursiveFilteringEnabled(True)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("Filter by title")
        self.filter.setAccessibleName("Filter the outline by title")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._filter)
        self.tree = self._make_tree()
        self._empty = QLabel("No blocks yet. Press Tab on the canvas to add one.", self)
        self._empty.setProperty("role", "empty")
        self._empty.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 0)
        layout.setSpacing(8)
        for widget in (self.filter, self._empty, self.tree):
            layout.addWidget(widget)
        studio.workspace.current_changed.connect(self._show_front)
        studio.theme.changed.connect(self.tree.viewport().update)
        self._show_front()

    @property
    def model(self) -> OutlineModel | None:
        """The tree of the flow in front; None on the welcome page."""
        return self._model

    def _make_tree(self) -> QTreeView:
        tree = QTreeView(self)
        tree.setModel(self._shown)
        tree.setHeaderHidden(True)
        tree.setUniformRowHeights(True)
        tree.setFrameShape(QFrame.Shape.NoFrame)
        tree.setSelectionMode(QTreeView.SelectionMode.ExtendedSelection)
        tree.setIndentation(16)
        tree.setAccessibleName("Outline of the flow")
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.customContextMenuRequested.connect(self._open_menu)
        tree.activated.connect(self._reveal)
        tree.clicked.connect(self._reveal)
        tree.selectionModel().selectionChanged.connect(self._select)
        return tree

    # The flow in front.

    def _show_front(self) -> None:
        if self._bench is not None:
            self._bench.selection_changed.disconnect(self._follow)
            self._bench.level_changed.disconnect(self._follow)
            self._bench.run_changed.disconnect(self._show_states)
            self._bench.problems_changed.disconnect(self._show_states)
        old, self._bench = self._model, self._studio.workspace.current
        self._model = OutlineModel(self._bench, self) if self._bench else None
        self._shown.setSourceModel(self._model)  # type: ignore[arg-type]  # None takes it off
        if old is not None:
            old.deleteLater()
        if self._bench is not None and self._model is not None:
            self._bench.selection_changed.connect(self._follow)
            self._bench.level_changed.connect(self._follow)
            self._bench.run_changed.connect(self._show_states)
            self._bench.problems_changed.connect(self._show_states)
            for told in (self._model.rowsInserted, self._model.rowsRemoved, self._model.modelReset):
                told.connect(self._show_whether_empty)
            self._size_columns()
            self._show_states()
            self._follow()
        self._show_whether_empty()

    def _size_columns(self) -> None:
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(TITLE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(STATE, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(STATE, STATE_WIDTH)

    def _show_states(self, _: object = None) -> None:
        """Ask for the states of the rows in view; of a thousand with news few are there.

        Titles have the whole width as long as there is nothing else to tell.
        """
        self.tree.viewport().update()
        bench = self._bench
        silent = bench is None or (bench.run is None and not bench.problems)
        if silent != self.tree.isColumnHidden(STATE):
            self.tree.setColumnHidden(STATE, silent)

    def _show_whether_empty(self) -> None:
        empty = self._model is None or not self._model.rowCount()
        self._empty.setVisible(empty)
        self.tree.setVisible(not empty)

    def _filter(self, words: str) -> None:
        if self._model and words:
            self._model.fetch_levels()
        self._shown.setFilterFixedString(words)
        if words:
            self.tree.expandAll()

    # Selecting, both ways.

    def _follow(self) -> None:
        """Select here what is selected on the canvas."""
        if self._following or self._bench is None or self._model is None:
            return
        self._following = True  # rows that come in are no choice of a person's either
        self._model.catch_up()
        into = self._into()
        chosen, last = QItemSelection(), QModelIndex()
        for id in self._bench.selected if into is not None else ():
            index = self._model.index_of(Place(into or (), self._bench.level, id))
            last = self._shown.mapFromSource(index)
            if last.isValid():
                chosen.select(last, last.siblingAtColumn(STATE))
        self.tree.selectionModel().select(chosen, _Flag.ClearAndSelect)
        if last.isValid():
            self.tree.selectionModel().setCurrentIndex(last, _Flag.NoUpdate)
            self.tree.scrollTo(last)
        self._following = False

    def _into(self) -> tuple[str, ...] | None:
        assert self._bench is not None
        assert self._model is not None
        if self._bench.blocks_into or not self._bench.level:
            return self._bench.blocks_into
        return self._model.into(self._bench.level)

    def _select(self) -> None:
        """Select on the canvas what is selected here, at the level of the current row."""
        if self._following or self._bench is None:
            return
        current = self._place(self.tree.currentIndex())
        chosen = map(self._place, self.tree.selectionModel().selectedRows())
        places = [place for place in chosen if place]
        if not places:
            return
        here = current if current in places and current else places[0]
        self._following = True
        self._bench.show_level(here.level, here.into)
        self._bench.select(p.id for p in places if p.level == here.level and p.into == here.into)
        self._following = False

    def _reveal(self, index: QModelIndex) -> None:
        place = self._place(index)
        if place and self._bench:
            self._bench.reveal.emit(place.id)

    def _place(self, index: QModelIndex) -> Place | None:
        return self._model.place(self._shown.mapToSource(index)) if self._model else None

    def _open_menu(self, at: QPoint) -> None:
        actions = self._studio.actions
        actions.refresh()
        menu = QMenu(self)
        for id in ACTIONS:
            if not id:
                menu.addSeparator()
            elif actions[id].isVisible():
                menu.addAction(actions[id])
        menu.aboutToHide.connect(lambda: QTimer.singleShot(0, menu, menu.deleteLater))
        menu.popup(self.tree.viewport().mapToGlobal(at))


DOCK = Dock("outline", "Outline", "mdi6.file-tree-outline", "left", Outline, order=20)
