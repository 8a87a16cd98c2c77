"""The path of sub-flows above the canvas, to go back along it."""

from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.document import Level
from app.workbench import Workbench
from graph.flow import Block

HEIGHT = 32
CHEVRON = "\u203a"
LONGEST = 32
"""Characters of a name that are shown."""


class Crumb(NamedTuple):
    """One step of the path: its name, and where it leads."""

    name: str
    level: Level
    blocks_into: tuple[str, ...] = ()


def crumbs(workbench: Workbench) -> list[Crumb]:
    """From the outermost flow to the shown one, by the blocks entered as far as they are known."""
    path = [Crumb(workbench.title, ())]
    into = workbench.blocks_into
    for depth in range(1, len(into) + 1):
        around = workbench.document.at(workbench.level_of(into[: depth - 1], into[depth - 1]))
        block = around.blocks.get(into[depth - 1])
        level = workbench.level_of(into[:depth], into[depth]) if into[depth:] else workbench.level
        name = block.title if block and block.title else level[-1] if level else into[depth - 1]
        if block and block.title and level and _runs_several(workbench, block):
            name = f"{name}: {level[-1]}"
        path.append(Crumb(name, level, into[:depth]))
    if not into:
        levels = (workbench.level[:depth] for depth in range(1, len(workbench.level) + 1))
        path += [Crumb(level[-1], level) for level in levels]
    return path


def _runs_several(workbench: Workbench, block: Block) -> bool:
    """Whether which of its flows one is in isn't told by the block."""
    spec = workbench.catalog.get(block.kind)
    return spec is not None and len({*spec.flows_named(block.fields)}) > 1


class Breadcrumbs(QFrame):
    """A button for each flow around the shown one; not there at the outermost."""

    def __init__(self, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._shown: list[Crumb] = []
        self.setObjectName("breadcrumbs")
        self.setProperty("bar", True)
        self.setAccessibleName("Path of sub-flows")
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 2, 8, 2)
        self._row.setSpacing(2)
        workbench.level_changed.connect(self.refresh)
        workbench.changed.connect(lambda _: self.refresh())
        workbench.saved_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the path as it is now."""
        path = crumbs(self._workbench)
        self.setVisible(len(path) > 1)
        if path == self._shown:
            return
        self._shown = path
        while item := self._row.takeAt(0):
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for crumb in path[:-1]:
            self._row.addWidget(self._button(crumb))
            self._row.addWidget(self._label(CHEVRON, "muted"))
            self._row.addSpacing(6)
        self._row.addWidget(self._label(_short(path[-1].name), "heading"))
        self._row.addStretch(1)

    def _button(self, crumb: Crumb) -> QPushButton:
        button = QPushButton(_short(crumb.name).replace("&", "&&"), self)
        button.setProperty("plain", True)
        button.setAccessibleName(f"Go to {crumb.name}")
        button.setToolTip(crumb.name)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(partial(self._go, crumb))
        return button

    def _go(self, crumb: Crumb, _: bool = False) -> None:
        self._workbench.show_level(crumb.level, crumb.blocks_into)

    def _label(self, text: str, role: str) -> QLabel:
        label = QLabel(text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", role)
        return label


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
