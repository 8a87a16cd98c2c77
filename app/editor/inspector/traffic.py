"""What a block takes and gives: its ports, their types, and what passed there last."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.editor.fields.surroundings import Surroundings
from app.results.elided_label import ElidedLabel
from app.theme import type_colour
from graph.values import ValueType, shorten

WIDTH = 60


class Traffic(QWidget):
    """A line for every port that is linked or has had a value, and for every output."""

    def __init__(self, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = around
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(2, 1)
        self._shown: list[tuple[str, str, str, str]] | None = None
        self.refresh()

    def lines(self) -> list[tuple[str, str, str, str]]:
        """Heading or port, its type and the last value: `("in", "text", "text", '"hi"')`."""
        block = self._around.block
        if block is None:
            return []
        ports = self._around.workbench.ports(block)
        given, gave = self._around.given(), self._around.outputs()
        linked = self._around.links()
        ins = {name: ports.inputs.get(name, ValueType("any")) for name in linked}
        return [
            *(("in", name, str(kind), _last(given, name)) for name, kind in ins.items()),
            *(("out", name, str(kind), _last(gave, name)) for name, kind in ports.outputs.items()),
        ]

    def refresh(self) -> None:
        """Show the ports and values as they are now."""
        lines = self.lines()
        if lines == self._shown:
            return
        self._shown = lines
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        row = 0
        for side, heading in (("in", "Takes"), ("out", "Gives")):
            here = [line for line in lines if line[0] == side]
            if here:
                self._grid.addWidget(_text(heading, self, "small"), row, 0, 1, 3)
                row += 1
            for _, name, kind, last in here:
                self._put(row, name, kind, last)
                row += 1
        if not row:
            self._grid.addWidget(_text("Nothing goes in or out of it.", self, "small"), 0, 0, 1, 3)

    def _put(self, row: int, name: str, kind: str, last: str) -> None:
        dot = QLabel("●", self)
        dot.setStyleSheet(f"color: {type_colour(kind.split(' ')[0])}; font-size: 9px;")
        self._grid.addWidget(dot, row, 0)
        self._grid.addWidget(_text(name, self), row, 1)
        said = ElidedLabel(self)
        said.setProperty("role", "mono" if last else "small")
        said.ensurePolished()
        said.show_text(last or kind)
        said.setToolTip(f"{name}: {kind}")
        said.setAccessibleName(f"{name}, {kind}{': ' + last if last else ''}")
        self._grid.addWidget(said, row, 2)


def _last(values: Any, name: str) -> str:
    return shorten(values[name], WIDTH) if name in values else ""


def _text(text: str, parent: QWidget, role: str = "") -> QLabel:
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        label.setProperty("role", role)
    return label
