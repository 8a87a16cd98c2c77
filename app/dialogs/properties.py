"""The name of a flow, and what it is for."""

from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QPlainTextEdit, QWidget

from app.dialogs.sheet import Sheet
from app.workbench import Workbench
from graph.edits import SetFlowText


class Properties(Sheet):
    """Changes name and description as one step; shows where the flow is kept."""

    def __init__(self, parent: QWidget, bench: Workbench) -> None:
        super().__init__(parent, "Flow properties")
        self._bench = bench
        flow = bench.document.flow
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(10)
        self.name = QLineEdit(flow.name, self)
        self.name.setPlaceholderText("What the flow is called")
        self.name.setAccessibleName("Name")
        self.description = QPlainTextEdit(flow.description, self)
        self.description.setPlaceholderText("What it does, and for whom")
        self.description.setAccessibleName("Description")
        self.description.setTabChangesFocus(True)
        self.description.setMinimumHeight(110)
        form.addRow("Name", self.name)
        form.addRow("Description", self.description)
        form.addRow("File", self._said(str(bench.path or "Not saved in a file yet")))
        form.addRow("Folder", self._said(str(bench.folder)))
        form.addRow("Blocks", self._said(_counted(bench)))
        self.body.addLayout(form)
        self.button("Cancel")
        self.button("Done", self._apply, main=True).setEnabled(bench.is_trusted)

    def _said(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setProperty("role", "muted")
        label.setWordWrap(True)
        return label

    def _apply(self) -> None:
        flow = self._bench.document.flow
        name, description = self.name.text().strip(), self.description.toPlainText().strip()
        edit = SetFlowText(
            name if name != flow.name else None,
            description if description != flow.description else None,
        )
        self._bench.document.do(edit, label="Change the flow's name and description")


def _counted(bench: Workbench) -> str:
    flow = bench.document.flow
    blocks, inner = len(flow.blocks), len(flow.flows)
    within = f", and {inner} {'sub-flow' if inner == 1 else 'sub-flows'}" if inner else ""
    return f"{blocks}{within}"
