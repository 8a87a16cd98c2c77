"""A flow in a file beside the one that is edited, as a person chooses it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from graph.file_format import is_file

REFUSED = "Only a .flow.json file in the folder of this flow can be used."


def ask(parent: QWidget, folder: Path, chosen: Callable[[Path], None]) -> None:
    """Have a file chosen, to begin with in that folder."""
    dialog = QFileDialog(parent, "Choose a flow", str(folder))
    dialog.setNameFilter("Flows (*.flow.json)")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def name_in(folder: Path, path: Path) -> str:
    """What a flow in the folder calls that one; "" for what is no flow or lies elsewhere."""
    path, folder = path.resolve(), folder.resolve()
    name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else ""
    return name if is_file(name) else ""
