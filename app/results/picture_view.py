"""A picture, as large as there is room for and never larger than it is."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.presenters.shapes import picture_in
from app.theme import current


class PictureView(QWidget):
    """Shows bytes, Base64, or a file in the flow's folder."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.folder: Path | None = None
        """Where paths start; None when files are not to be looked at."""
        self._image = QImage()
        self._trouble = ""
        self.setAccessibleName("Result as a picture")
        self.setMinimumSize(80, 60)

    def show_value(self, value: Any) -> None:
        """Show the picture that a value holds or names."""
        self._trouble = ""
        content = self._content(value)
        self._image = QImage() if content is None else _read(content)
        if self._image.isNull() and not self._trouble:
            self._trouble = "The picture can't be read."
        size = self._image.size()
        self.setAccessibleDescription(
            self._trouble or f"{size.width()} by {size.height()} picture elements"
        )
        self.update()

    def _content(self, value: Any) -> bytes | None:
        if isinstance(value, bytes):
            return value
        held = picture_in(str(value))
        return self._of_file(str(value)) if held is None else held

    def _of_file(self, name: str) -> bytes | None:
        if self.folder is None:
            self._trouble = "The file is on another machine."
            return None
        folder = self.folder.resolve()
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            self._trouble = "The file is outside the flow's folder."
            return None
        try:
            return path.read_bytes()
        except OSError as error:
            self._trouble = f"The file can't be read: {(error.strerror or str(error)).lower()}."
            return None

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's
        painter = QPainter(self)
        if self._image.isNull():
            painter.setPen(current().muted)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._trouble)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = self.rect().adjusted(8, 8, -8, -8)
        size = self._image.size()
        if size.width() > room.width() or size.height() > room.height():
            size.scale(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = room
        target.setSize(size)
        target.moveCenter(self.rect().center())
        painter.drawImage(target, self._image)


def _read(content: bytes) -> QImage:
    held = QByteArray(content)
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    return reader.read()
