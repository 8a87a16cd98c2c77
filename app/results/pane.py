"""One value, in the view that suits it best or the one that was chosen."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.icons import icon
from app.presenters.comparing import compared
from app.presenters.shapes import TITLES, Shape, shapes_of
from app.presenters.tables import Load, whole
from app.results.picture_view import PictureView
from app.results.table_view import TableView
from app.results.text_views import ChangesView, FormattedView, PlainView
from app.results.tree_view import TreeView
from graph.errors import HeddleError
from runtime.large import Large, Place

Whole = Callable[[Place, Callable[[bytes], object], Callable[[HeddleError], object]], object]
"""Asks for a whole value; the second takes it, the third hears why it can't be had."""

MISSING = object()
"""There is no value."""

ORDER: tuple[Shape, ...] = ("table", "tree", "text", "markdown", "image")
ICONS = {
    "table": "mdi6.table",
    "tree": "mdi6.file-tree-outline",
    "text": "mdi6.text",
    "markdown": "mdi6.language-markdown-outline",
    "image": "mdi6.image-outline",
    "changes": "mdi6.compare-horizontal",
}
CHANGES = "changes"
NAMES: Mapping[str, str] = {str(shape): title for shape, title in TITLES.items()} | {
    CHANGES: "What is different from before"
}
SUFFIXES = {"table": ".csv", "tree": ".json", "text": ".txt", "markdown": ".md", "image": ".png"}


class ValuePane(QWidget):
    """The views, and the buttons that switch between them, copy and save."""

    troubled = Signal(str)
    """Why the value can't be saved."""

    def __init__(self, parent: QWidget | None = None, *, comparison: str = "") -> None:
        """`comparison` says what a value is compared with, where that isn't the last run's."""
        super().__init__(parent)
        self._comparison = comparison or NAMES[CHANGES]
        self._value: Any = MISSING
        self._before: Any = MISSING
        self._chosen: dict[tuple[Shape, ...], str] = {}
        self._shown = ""
        self._whole: Whole | None = None
        self.pictures = PictureView(self)
        self.changes = ChangesView(self)
        self.changes.setAccessibleName(self._comparison)
        self.formatted = FormattedView(self)
        self._views: dict[str, Any] = {
            "table": TableView(self),
            "tree": TreeView(self),
            "text": PlainView(self),
            "markdown": self.formatted,
            "image": self.pictures,
        }
        self._stack = QStackedWidget(self)
        for view in (*self._views.values(), self.changes):
            self._stack.addWidget(view)
        self.switch = QWidget(self)
        self._buttons = self._make_buttons()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self.restyle()

    def load_with(self, load: Load | None, whole: Whole | None = None) -> None:
        """Load more of large values, and the whole of them to copy or save, with these."""
        self._whole = whole
        for name in ("table", "tree", "text"):
            self._views[name].load_with(load)

    @property
    def value(self) -> Any:
        """What is shown, MISSING when nothing is."""
        return self._value

    @property
    def shown(self) -> str:
        """Which view is shown."""
        return self._shown

    @property
    def front(self) -> QWidget:
        """The view that is shown."""
        return self.view(self._shown)

    def be_growing(self, growing: bool) -> None:
        """Say whether more of the value is about to come."""
        plain = self._views["text"]
        if plain.is_growing != growing:
            plain.is_growing = growing
            plain.viewport().update()

    @property
    def tree(self) -> TreeView:
        """The view of a value as a tree."""
        found = self._views["tree"]
        assert isinstance(found, TreeView)
        return found

    def view(self, name: str) -> QWidget:
        """The view of that name."""
        found = self.changes if name == CHANGES else self._views[name]
        assert isinstance(found, QWidget)
        return found

    def show_value(self, value: Any, before: Any = MISSING) -> None:
        """Show a value, and have at hand what it was in the run before."""
        if value is self._value and before is self._before:
            return
        self._value, self._before = value, before
        shapes = shapes_of(value)
        for name in ORDER:
            self._buttons[name].setVisible(name in shapes)
        self._buttons[CHANGES].setVisible(before is not MISSING and before != value)
        wanted = self._chosen.get(shapes, shapes[0])
        if not self._buttons[wanted].isVisibleTo(self.switch):
            wanted = shapes[0]
        self._show(wanted)

    def choose(self, name: str) -> None:
        """Show values of this shape in another view from now on."""
        self._chosen[shapes_of(self._value)] = name
        self._show(name)

    def copy(self) -> None:
        """Copy the value: a table as spreadsheets take it."""
        clipboard = QGuiApplication.clipboard()
        if isinstance(self._value, Large):
            self._fetch(lambda content: clipboard.setText(content.decode(errors="replace")))
        elif self._shown == "table":
            clipboard.setText(self._views["table"].text())
        elif self._shown == CHANGES:
            clipboard.setText(self.changes.toPlainText())
        else:
            clipboard.setText(whole(self._value))

    def save_as(self) -> None:
        """Ask for a file and write the value there."""
        suffix = SUFFIXES.get(self._shown, ".txt")
        dialog = QFileDialog(self, "Save the result", f"result{suffix}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(self._write)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _write(self, name: str) -> None:
        if isinstance(self._value, Large):
            self._fetch(lambda content: self._try(name, lambda: Path(name).write_bytes(content)))
        else:
            self._try(name, lambda: self.write(Path(name)))

    def _try(self, name: str, write: Callable[[], object]) -> None:
        try:
            write()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            self.troubled.emit(f"{name} can't be saved: {reason}. Choose another place.")

    def _fetch(self, then: Callable[[bytes], object]) -> None:
        """Have the whole of a value that is only shown as it begins."""
        if self._whole is None:
            self.troubled.emit("The whole value can't be had here: its runtime is gone.")
        else:
            self._whole(self._value.place, then, lambda why: self.troubled.emit(str(why)))

    def write(self, path: Path) -> None:
        """Write the value to a file, as its name asks. Raises OSError."""
        if isinstance(self._value, bytes):
            path.write_bytes(self._value)
        elif path.suffix == ".csv" and self._buttons["table"].isVisibleTo(self.switch):
            self._views["table"].clearSelection()
            path.write_text(self._views["table"].text(","), "utf-8")
        else:
            path.write_text(whole(self._value), "utf-8")

    def restyle(self) -> None:
        """Use the colours of the theme."""
        for name, button in self._buttons.items():
            button.setIcon(icon(ICONS[name]))
        self.changes.restyle()
        self.formatted.restyle()
        self.pictures.update()

    def _show(self, name: str) -> None:
        self._shown = name
        if name == CHANGES:
            self.changes.show_lines(compared(self._before, self._value))
        else:
            self._views[name].show_value(self._value)
        self._stack.setCurrentWidget(self.view(name))
        for other, button in self._buttons.items():
            button.setChecked(other == name)

    def _make_buttons(self) -> dict[str, QToolButton]:
        row = QHBoxLayout(self.switch)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        made = {}
        for name in (*ORDER, CHANGES):
            title = self._comparison if name == CHANGES else NAMES[name]
            made[name] = self._button(title, partial(self.choose, name))
            row.addWidget(made[name])
        return made

    def _button(self, title: str, do: Callable[[], object]) -> QToolButton:
        button = QToolButton(self.switch)
        button.setCheckable(True)
        button.setToolTip(title)
        button.setAccessibleName(title)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: do())
        return button
