"""Which flow a block runs: one inside this flow, or a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QWidget

from app.editor.fields import beside
from app.editor.fields.field import UNSET, Field
from app.editor.fields.surroundings import Surroundings
from app.icons import icon
from app.theme import current
from graph.edits import AddFlow, SetField
from graph.flow import Block, Flow, View
from graph.spec import Parameter

NEW, FROM_FILE = "New flow", "From a file…"


class FlowField(Field):
    """A list of the flows at hand, ways to a new one, and a button that goes inside."""

    wheel_scrolls_form = True

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.box = QComboBox(self)
        self.box.setPlaceholderText("Choose a flow…")
        self.enter = QToolButton(self)
        self.enter.setIcon(icon("mdi6.arrow-down-bold-box-outline", current().muted))
        self.enter.setToolTip("Go inside (Ctrl+Down)")
        self.enter.setAccessibleName(f"Go inside {around.name_of(parameter)}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.box, 1)
        row.addWidget(self.enter)
        self.attend(self.box)
        self.box.activated.connect(self._chosen)
        self.enter.clicked.connect(lambda: around.workbench.enter(str(self.value), around.id))
        self.show_value(UNSET)

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        names = self._names()
        if isinstance(value, str) and value and value not in names:
            names.append(value)
        wanted = [*names, NEW, FROM_FILE]
        if [self.box.itemText(at) for at in range(self.box.count())] != wanted:
            self.box.clear()
            self.box.addItems(wanted)
            if names:
                self.box.insertSeparator(len(names))
        self.box.setCurrentIndex(names.index(value) if value in names else -1)
        level = self.around.workbench.ports_level
        self.enter.setEnabled(isinstance(value, str) and level.find(value) is not None)

    def refresh(self) -> None:
        self.show_value(self.value)

    def _names(self) -> list[str]:
        return list(dict.fromkeys(self.around.workbench.ports_level.names()))

    def _chosen(self, at: int) -> None:
        text = self.box.itemText(at)
        if text == NEW:
            self._embed()
        elif text == FROM_FILE:
            self.show_value(self.value)
            self._ask()
        else:
            self.become(text)
            self.left.emit()

    def _embed(self) -> None:
        """A new flow in this one, with the inputs that the block gives it."""
        around, name = self.around, self._free_name()
        flow = new_body(self.parameter.look.names)
        title = f"Make a flow for {around.title}"
        around.workbench.do(
            AddFlow(name, flow), SetField(around.id, self.parameter.name, name), label=title
        )
        self.show_value(name)
        self.enter.setFocus()

    def _free_name(self) -> str:
        taken, base = set(self._names()), self.parameter.name
        numbered = (f"{base}_{number}" for number in range(2, len(taken) + 3))
        return next(name for name in (base, *numbered) if name not in taken)

    def _ask(self) -> None:
        beside.ask(self, self.around.workbench.folder, self.choose)

    def choose(self, path: Path) -> None:
        """Run the flow in a file, which must be beside this one."""
        if name := beside.name_in(self.around.workbench.folder, path):
            self.become(name)
            self.left.emit()
        else:
            self.refused.emit(beside.REFUSED)


def new_body(names: tuple[str, ...]) -> Flow:
    """A flow with an input for each name and an output, ready to be drawn."""
    return Flow.of(list(_ends(names)), view=View(positions=dict(_places(names))))


def _ends(names: tuple[str, ...]) -> Iterator[Block]:
    for name in names:
        yield Block(name, "flow.input", {"name": name})
    yield Block("result", "flow.output")


def _places(names: tuple[str, ...]) -> Iterator[tuple[str, tuple[float, float]]]:
    for number, name in enumerate(names):
        yield name, (0.0, 120.0 * number)
    yield "result", (640.0, 0.0)
