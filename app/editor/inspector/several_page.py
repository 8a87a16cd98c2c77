"""What several selected blocks have in common."""

from collections import Counter

import msgspec
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.editor.fields.colour import dot
from app.editor.fields.switch import Switch
from app.editor.inspector.notes import wrapped
from app.editor.inspector.page import Page
from app.studio import Studio
from app.theme import BLOCK_COLOURS
from app.workbench import Workbench
from graph.edits import Edit, SetColour, SetSettings

MOST_KINDS = 8


class SeveralPage(Page):
    """How many there are, of which kinds; colour and bypass of all at once."""

    def __init__(self, workbench: Workbench, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self.workbench = workbench
        self._count = QLabel(self)
        self._count.setProperty("role", "title")
        self._kinds = wrapped("", self, "muted")
        self.bypass = Switch(self)
        self.bypass.setAccessibleName("Bypass the selected blocks")
        self.bypass.clicked.connect(lambda: self._set_bypass(self.bypass.isChecked()))
        self._swatches = {colour: self._swatch(colour) for colour in BLOCK_COLOURS}
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        column.addWidget(self._count)
        column.addWidget(self._kinds)
        column.addSpacing(8)
        self._add_colours(column)
        column.addSpacing(8)
        self._add_bypass(column)
        column.addStretch(1)
        studio.theme.changed.connect(self._restyle)
        self.refresh()

    def _add_colours(self, column: QVBoxLayout) -> None:
        label = QLabel("Colour", self)
        column.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(2)
        for button in self._swatches.values():
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)

    def _add_bypass(self, column: QVBoxLayout) -> None:
        row = QHBoxLayout()
        label = QLabel("Bypass", self)
        label.setBuddy(self.bypass)
        row.addWidget(label)
        row.addStretch(1)
        row.addWidget(self.bypass)
        column.addLayout(row)
        column.addWidget(wrapped("Let values pass these blocks by.", self))

    def refresh(self) -> None:
        """Show the selected blocks as they are now."""
        flow = self.workbench.flow
        blocks = [flow.blocks[id] for id in self.workbench.selected if id in flow.blocks]
        self._count.setText(f"{len(blocks)} blocks")
        found = Counter(self._title(block.kind) for block in blocks).most_common()
        lines = [f"{count} × {title}" for title, count in found[:MOST_KINDS]]
        if len(found) > MOST_KINDS:
            lines.append(f"and {len(found) - MOST_KINDS} more kinds")
        self._kinds.setText("\n".join(lines))
        self.bypass.setChecked(bool(blocks) and all(b.settings.bypass for b in blocks))
        colours = {flow.view.colours.get(block.id, "") for block in blocks}
        for colour, button in self._swatches.items():
            button.setChecked(colours == {colour})

    def _title(self, kind: str) -> str:
        spec = self.workbench.catalog.get(kind)
        return spec.title if spec else kind

    def _swatch(self, colour: str) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setCheckable(True)
        button.setIcon(dot(colour))
        name = f"Colour {BLOCK_COLOURS.index(colour)}" if colour else "The colour of their kind"
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.clicked.connect(lambda: self._set_colour(colour))
        return button

    def _restyle(self) -> None:
        for colour, button in self._swatches.items():
            button.setIcon(dot(colour))

    def _set_colour(self, colour: str) -> None:
        edits: list[Edit] = [SetColour(id, colour) for id in sorted(self.workbench.selected)]
        self.workbench.do(*edits, label=f"Colour {len(edits)} blocks")
        self.refresh()

    def _set_bypass(self, on: bool) -> None:
        flow = self.workbench.flow
        edits: list[Edit] = [
            SetSettings(id, msgspec.structs.replace(flow.blocks[id].settings, bypass=on))
            for id in sorted(self.workbench.selected)
        ]
        self.workbench.do(*edits, label=f"{'Bypass' if on else 'Use'} {len(edits)} blocks")
