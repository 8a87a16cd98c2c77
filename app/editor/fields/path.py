"""Files, folders and addresses: a line, with a way to choose or open what it names."""

import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QToolButton, QWidget

from app.editor.fields.surroundings import Surroundings
from app.editor.fields.text import TextField
from app.icons import icon
from app.theme import current
from graph.spec import Parameter


class PathField(TextField):
    """The path of a file, relative to the flow's folder where it can be."""

    mode = QFileDialog.FileMode.AnyFile
    sign = "mdi6.file-search-outline"
    tip = "Choose a file"

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.browse = QToolButton(self)
        self.browse.setIcon(icon(self.sign, current().muted))
        self.browse.setToolTip(self.tip)
        self.browse.setAccessibleName(f"{self.tip} for {around.name_of(parameter)}")
        self.browse.clicked.connect(self.ask)
        self.row.addWidget(self.browse)

    def ask(self) -> None:
        """Let a person choose."""
        dialog = QFileDialog(self, self.tip, str(self.around.workbench.folder))
        dialog.setFileMode(self.mode)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        if "write" in self.parameter.description:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, "Choose")
        dialog.fileSelected.connect(lambda path: self.choose(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def choose(self, path: Path) -> None:
        """This is the one."""
        folder = self.around.workbench.folder
        inside = path.resolve().is_relative_to(folder.resolve())
        text = os.path.relpath(path.resolve(), folder.resolve()) if inside else str(path)
        self.line.setText(text.replace(os.sep, "/"))
        self.become(self.line.text())
        self.left.emit()


class FolderField(PathField):
    """The path of a folder."""

    mode = QFileDialog.FileMode.Directory
    sign = "mdi6.folder-search-outline"
    tip = "Choose a folder"


class UrlField(TextField):
    """An address of the web."""

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        self._open: QToolButton | None = None
        super().__init__(parameter, around, parent)
        self._open = QToolButton(self)
        self._open.setIcon(icon("mdi6.open-in-new", current().muted))
        self._open.setToolTip("Open in the browser")
        self._open.setAccessibleName(f"Open {around.name_of(parameter)} in the browser")
        self._open.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(self.line.text())))
        self.row.addWidget(self._open)
        self._hint()

    def _hint(self) -> None:
        super()._hint()
        if not self.line.placeholderText():
            self.line.setPlaceholderText("https://…")
        if self._open is not None:
            self._open.setEnabled(is_address(self.line.text()))


def is_address(text: Any) -> bool:
    """Whether the text is one a browser opens."""
    return str(text).startswith(("https://", "http://")) and "{" not in str(text)
