"""The dialog for a file that can't be read: every problem with its line and its cure."""

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from app.dialogs.sheet import Sheet
from graph.errors import FlowFileError, Problem


def unreadable(
    parent: QWidget, path: Path, error: FlowFileError, backup: Callable[[], object] | None = None,
    rest: Callable[[], object] | None = None,
) -> Sheet:  # fmt: skip
    """Show why a file can't be opened; offers its last `backup` and what of it can be read."""
    sheet = Sheet(parent, f"{path.name} can't be opened", str(path.parent), width=680)
    problems = error.problems or (Problem("file", error.message, error.cure),)
    sheet.body.addWidget(problem_list(problems, sheet))
    if rest:
        tip = "Opens a copy without the parts at fault; the file stays as it is"
        sheet.button("Open what can be read", rest, tip=tip)
    if backup:
        tip = "Opens a copy of the last version that was saved here"
        sheet.button("Open the last backup", backup, main=True, tip=tip)
    sheet.button("Close", main=not backup)
    sheet.open()
    return sheet


def problem_list(problems: Iterable[Problem], parent: QWidget) -> QTreeWidget:
    """Problems as rows: where, what, and what cures it."""
    tree = QTreeWidget(parent)
    tree.setAccessibleName("Problems of the file")
    tree.setHeaderLabels(["Where", "What is wrong", "What to do"])
    tree.setRootIsDecorated(False)
    tree.setWordWrap(True)
    tree.setAlternatingRowColors(True)
    tree.setTextElideMode(Qt.TextElideMode.ElideNone)
    for problem in problems:
        item = QTreeWidgetItem([problem.place or "The file", problem.message, problem.cure])
        for column in range(3):
            item.setToolTip(column, item.text(column))
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        tree.addTopLevelItem(item)
    tree.setColumnWidth(0, 130)
    tree.setColumnWidth(1, 290)
    tree.setMinimumHeight(160)
    return tree
