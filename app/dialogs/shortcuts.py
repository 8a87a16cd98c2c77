"""The page of keyboard shortcuts, drawn from the table of actions."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDockWidget,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.actions import MENUS, NATIVE, ROWS
from app.presenters.matching import Text
from app.studio import Studio
from app.timeline.keys import TOLD

SIZE = (760, 640)


class Line(NamedTuple):
    """An action or a dock, and the keys that call it."""

    group: str
    title: str
    tip: str
    keys: Sequence[str]


def install(studio: Studio) -> None:
    """Bind the action that opens the page."""
    studio.actions.bind("help.shortcuts", lambda: ShortcutsPage(studio).show())


class ShortcutsPage(QDialog):
    """Every shortcut, by menu; typing narrows it."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio.window)
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        self._lines = [*_actions(studio), *_docks(studio), *_timeline()]
        self.field = self._field()
        self._view = QScrollArea(self)
        self._view.setWidgetResizable(True)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 12, 12)
        column.setSpacing(12)
        column.addWidget(self.field)
        column.addWidget(self._view, 1)
        self.field.textChanged.connect(self._show)
        self._show("")

    def shown(self, query: str) -> list[Line]:
        """The lines in which every word is found."""
        words = query.casefold().split()
        return [line for line in self._lines if all(_has(line, word) for word in words)]

    def _field(self) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText("Find a shortcut by what it does or by its keys")
        field.setAccessibleName("Find a shortcut")
        field.setClearButtonEnabled(True)
        return field

    def _show(self, query: str) -> None:
        page = QWidget(self._view)
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 8, 8)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        lines = self.shown(query)
        group = ""
        for line in lines:
            if line.group != group:
                group = line.group
                grid.addWidget(_label(group, "heading"), grid.rowCount(), 0, 1, 2)
                grid.setRowMinimumHeight(grid.rowCount() - 1, 34)
            row = grid.rowCount()
            title = _label(line.title)
            title.setToolTip(line.tip)
            grid.addWidget(title, row, 0)
            grid.addLayout(_chips(line), row, 1)
        if not lines:
            grid.addWidget(_label("No shortcut is called that.", "empty"), 0, 0)
        grid.setRowStretch(grid.rowCount(), 1)
        self._view.setWidget(page)


def _label(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    if role:
        label.setProperty("role", role)
    return label


def _chips(line: Line) -> QHBoxLayout:
    """The keys, each by itself."""
    row = QHBoxLayout()
    row.setSpacing(6)
    row.addStretch(1)
    for keys in line.keys:
        chip = _label(keys, "tag")
        chip.setAccessibleName(f"{line.title}: {keys}")
        row.addWidget(chip)
    return row


def _has(line: Line, word: str) -> bool:
    """Whether the word is among the keys, or begins or is part of a word of the title."""
    if any(word in keys.casefold() for keys in line.keys):
        return True
    hit = Text(f"{line.title} {line.group} {line.tip}").hit(word)
    return hit is not None and hit.way in ("start", "word", "inside")


def _actions(studio: Studio) -> Iterator[Line]:
    for menu in MENUS:
        for id in studio.actions.bound_ids():
            row = ROWS[id]
            if row.menu == menu and row.keys:
                keys = [sequence.toString(NATIVE) for sequence in studio.actions[id].shortcuts()]
                yield Line(menu, row.title.rstrip("…"), row.tip, keys)


def _docks(studio: Studio) -> Iterator[Line]:
    for dock in studio.window.findChildren(QDockWidget):
        keys: QKeySequence = dock.toggleViewAction().shortcut()
        if not keys.isEmpty():
            yield Line("Docks", f"Show or hide {dock.windowTitle()}", "", [keys.toString(NATIVE)])


def _timeline() -> Iterator[Line]:
    for title, keys in TOLD:
        yield Line("In the timeline", title, "", keys)
