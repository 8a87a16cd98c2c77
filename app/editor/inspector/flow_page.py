"""What is shown when nothing is selected: the flow, and how to begin."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.editor.fields.editor import Editor
from app.editor.inspector.notes import wrapped
from app.editor.inspector.page import Page
from app.editor.inspector.spending import SpendingPart
from app.editor.inspector.title import TitleLine
from app.studio import Studio
from app.workbench import Workbench
from graph.compile.ports import input_type, interface
from graph.edits import SetFlowText
from graph.flow import Block

BEGIN = (
    "Press Tab on the canvas, or double-click it, and type what the block should do.",
    "Pull a link from a port; let go over empty space to see what fits.",
    "Select a block to fill in its fields here.",
    "Press Run to see values travel along the links.",
)
SELECT = "Select a block to see its fields."


class FlowPage(Page):
    """Name, description, inputs and outputs of the shown flow."""

    def __init__(self, workbench: Workbench, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self.workbench = workbench
        self.name = TitleLine(self)
        self.name.setAccessibleName("Name of the flow")
        self.description = Editor(self, least=3, most=10)
        self.description.setPlaceholderText("What the flow is for")
        self.description.setAccessibleName("Description of the flow")
        self._interface = wrapped("", self, "")
        self._hints = wrapped("", self, "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.name)
        column.addWidget(self.description)
        column.addSpacing(8)
        self._heading = QLabel("Inputs and outputs", self)
        column.addWidget(self._heading)
        column.addWidget(self._interface)
        column.addSpacing(8)
        self.spending = SpendingPart(workbench, studio, self)
        column.addWidget(self.spending)
        column.addSpacing(8)
        column.addWidget(self._hints)
        column.addStretch(1)
        self.name.textEdited.connect(lambda text: self._say(name=text))
        self.description.typed.connect(lambda text: self._say(description=text))
        self.name.left.connect(workbench.document.seal)
        studio.theme.changed.connect(self.description.restyle)
        self.refresh()

    def refresh(self) -> None:
        """Show the flow as it is now."""
        flow = self.workbench.flow
        for box in (self.name, self.description):
            box.setReadOnly(not self.workbench.is_trusted)
        saved = self.workbench.path is not None and not self.workbench.level
        self.name.setPlaceholderText(self.workbench.title if saved else "Untitled flow")
        self.name.show_text(flow.name)
        self.description.show_text(flow.description)
        inputs, outputs = interface(flow)
        lines = [*(_line("Takes", name, block) for name, block in inputs.items()),
                 *(f"Gives {name}" for name in outputs)]  # fmt: skip
        self._interface.setText("\n".join(lines))
        self._interface.setVisible(bool(lines))
        self._heading.setVisible(bool(lines))
        self.spending.refresh()
        hints = (SELECT,) if flow.blocks else BEGIN
        self._hints.setText("\n\n".join(hints))

    def _say(self, name: str | None = None, description: str | None = None) -> None:
        what = "name" if name is not None else "description"
        self.workbench.do(
            SetFlowText(name, description),
            label=f"Set the {what} of the flow",
            merge=f"flow:{what}",
        )


def _line(verb: str, name: str, block: Block) -> str:
    required = ", required" if block.fields.get("required") is True else ""
    return f"{verb} {name} ({input_type(block)}{required})"
