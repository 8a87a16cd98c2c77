"""Which flows a block may use, as an agent its tools: a row for each, and ways to add one."""

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.editor.block_search import BlockSearch
from app.editor.fields import beside
from app.editor.fields.field import UNSET, Field
from app.editor.fields.flow import new_body
from app.editor.fields.surroundings import Surroundings
from app.icons import icon
from app.presenters.block_finder import BlockFinder, Match
from app.theme import current
from graph.catalog import Catalog
from graph.compile.signature import PAID
from graph.edits import AddFlow, SetField
from graph.flow import Flow
from graph.reshape.names import as_name
from graph.reshape.wrapping import wrapped
from graph.spec import Parameter

NEW, FROM_FILE, BLOCK, MCP = (
    "New flow", "From a file…", "A block as a tool…", "An MCP tool…",
)  # fmt: skip
UNFIT = {"flow", "logic"}
"""Categories of blocks that do nothing by themselves."""


class FlowsField(Field):
    """The flows by name: a click goes inside, the cross leaves one out."""

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.rows = QVBoxLayout()
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(4)
        self.add = QPushButton("Add…", self)
        self.add.setIcon(icon("mdi6.plus", current().muted))
        self.add.clicked.connect(lambda: self.menu().popup(self._below()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self.rows)
        column.addWidget(self.add)
        self._shown: list[str] | None = None
        self.attend(self.add)
        self.show_value(UNSET)

    @classmethod
    def shows(cls, value: Any) -> bool:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        names = self.names()
        if names == self._shown:
            return
        self._shown = names
        while self.rows.count():
            if (old := self.rows.takeAt(0)) and (widget := old.widget()):
                widget.deleteLater()
        for name in names:
            self.rows.addWidget(self._row(name))

    def names(self) -> list[str]:
        """The flows that are named now."""
        return list(self.value) if self.shows(self.value) else []

    def menu(self) -> QMenu:
        """What can be added."""
        menu = QMenu(self)
        menu.addAction(icon("mdi6.sitemap-outline", current().muted), NEW, self.embed)
        menu.addAction(icon("mdi6.cube-outline", current().muted), BLOCK, self.ask_block)
        menu.addAction(icon("mdi6.connection", current().muted), MCP, self.ask_mcp)
        menu.addAction(icon("mdi6.file-outline", current().muted), FROM_FILE, self._ask_file)
        others = [name for name in self._there() if name not in self.names()]
        if others:
            menu.addSeparator()
        for name in others:
            menu.addAction(name, partial(self.take, name))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def take(self, name: str) -> None:
        """Use a flow that is there."""
        self.become([*self.names(), name])
        self.show_value(self.value)
        self.left.emit()

    def leave_out(self, name: str) -> None:
        """Use a flow no more; it stays where it is."""
        rest = [one for one in self.names() if one != name]
        self.become(rest if rest or self.default is UNSET else UNSET)
        self.show_value(self.value)
        self.left.emit()

    def embed(self) -> None:
        """Make a new flow inside this one."""
        self._bring("tool", new_body(("query",)), f"Make a tool for {self.around.title}")

    def wrap(self, match: object) -> None:
        """Make a tool of a kind of block, as it was found."""
        assert isinstance(match, Match)
        title = f"Make “{match.spec.title}” a tool of {self.around.title}"
        self._bring(as_name(match.spec.title).lower(), wrapped(match.spec), title)

    def ask_block(self) -> None:
        """Choose a kind of block."""
        self._search([s for s in self.around.workbench.catalog if s.category not in UNFIT])

    def ask_mcp(self) -> None:
        """Choose a tool of an MCP server."""
        known = [s for s in self.around.workbench.catalog if s.category == "mcp"]
        if not known:
            self.refused.emit("No MCP server is connected yet: see Connections.")
            return
        self._search(known)

    def _search(self, specs: list[Any]) -> None:
        specs = [s for s in specs if s.kind not in (f"{PAID}.turn", f"{PAID}.permission")]
        search = BlockSearch(self, BlockFinder(Catalog(specs)))
        search.picked.connect(self.wrap)
        search.open_at(self._below())

    def _bring(self, wanted: str, flow: Flow, title: str) -> None:
        """Embed a flow and name it, as one edit."""
        name = self._free(wanted)
        value = [*self.names(), name]
        around = self.around
        edit = SetField(around.id, self.parameter.name, value)
        if around.workbench.do(AddFlow(name, flow), edit, label=title):
            self.show_value(value)

    def _free(self, wanted: str) -> str:
        taken = set(self._there())
        numbered = (f"{wanted}_{number}" for number in range(2, len(taken) + 3))
        return next(name for name in (wanted, *numbered) if name not in taken)

    def _there(self) -> list[str]:
        return list(dict.fromkeys(self.around.workbench.ports_level.names()))

    def _row(self, name: str) -> QWidget:
        row = QWidget(self)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        there = self.around.workbench.ports_level.find(name)
        enter = QPushButton(name, row)
        enter.setProperty("row", True)
        enter.setIcon(icon("mdi6.sitemap-outline", current().muted))
        about = there.flow.description or there.flow.name if there else "It isn't there."
        enter.setToolTip(f"{about}\nA click goes inside." if there else about)
        enter.setAccessibleName(f"Go inside {name}")
        enter.setEnabled(there is not None)
        enter.clicked.connect(lambda: self.around.workbench.enter(name, self.around.id))
        out = QToolButton(row)
        out.setIcon(icon("mdi6.close", current().muted))
        out.setToolTip("Leave it out")
        out.setAccessibleName(f"Leave {name} out")
        out.clicked.connect(lambda: self.leave_out(name))
        line.addWidget(enter, 1)
        line.addWidget(out)
        return row

    def _below(self) -> QPoint:
        return self.add.mapToGlobal(QPoint(0, self.add.height() + 2))

    def refresh(self) -> None:
        self._shown = None
        self.show_value(self.value)

    def _ask_file(self) -> None:
        beside.ask(self, self.around.workbench.folder, self.choose)

    def choose(self, path: Path) -> None:
        """Use the flow in a file, which must be beside this one."""
        if name := beside.name_in(self.around.workbench.folder, path):
            self.take(name)
        else:
            self.refused.emit(beside.REFUSED)
