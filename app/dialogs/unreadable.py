"""The dialog for a file that can't be read: every problem with its line and its cure."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.dialogs.sheet import Sheet
from graph.errors import FlowFileError, Problem


def unreadable(
    parent: QWidget, path: Path, error: FlowFileError, backup: Callable[[], object] | None = None,
    rest: Callable[[], object] | None = None,
) -> Sheet:  # fmt: skip
    """Show why a file can't be opened; offers its last `backup` and what of it can be read."""
    sheet = Sheet(parent, f"{path.name} can't be opened", str(path.parent), width=680)
    problems = error.problems or (Problem("file", error.message, error.cure),)
    sheet.body.addWidget(ProblemTable(problems, sheet), 1)
    if rest:
        tip = "Opens a copy without the parts at fault; the file stays as it is"
        sheet.button("Open what can be read", rest, tip=tip)
    if backup:
        tip = "Opens a copy of the last version that was saved here"
        sheet.button("Open the last backup", backup, main=True, tip=tip)
    sheet.button("Close", main=not backup)
    sheet.open()
    return sheet


class ProblemTable(QTableWidget):
    """Problems as rows: where, what, and what cures it; each row as tall as its words."""

    def __init__(self, problems: Sequence[Problem], parent: QWidget) -> None:
        super().__init__(len(problems), 3, parent)
        self.setAccessibleName("Problems of the file")
        self.setHorizontalHeaderLabels(["Where", "What is wrong", "What to do"])
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setAlternatingRowColors(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setMinimumHeight(180)
        for row, problem in enumerate(problems):
            said = (problem.place or "The file", problem.message, problem.cure)
            for column, text in enumerate(said):
                self.setItem(row, column, QTableWidgetItem(text))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for the words at the new width."""
        super().resizeEvent(event)
        self.resizeRowsToContents()
