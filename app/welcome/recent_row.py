"""A flow of late on the welcome page: press it to go on, or take it off the list."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QToolButton, QWidget

from app.icons import icon
from app.library.drawing import line_of_text
from app.presenters.since import since
from app.theme import BODY, SMALL, current, font
from app.welcome.card_button import CardButton

LEAST = QSize(320, 54)
SIDE = 12


class RecentRow(CardButton):
    """Tells of the file, where it is, and when it was last changed."""

    removed = Signal()

    def __init__(self, path: Path, now: datetime, parent: QWidget) -> None:
        name = path.name.removesuffix(".json").removesuffix(".flow")
        super().__init__(f"Open {name}", parent)
        self.path = path
        self._name = name
        changed = since(datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo), now)
        self._line = f"{changed} · {_short(path.parent)}"
        self.setToolTip(str(path))
        self.setAccessibleDescription(self._line)
        self._remove = QToolButton(self)
        self._remove.setIcon(icon("mdi6.close", current().muted))
        self._remove.setIconSize(QSize(14, 14))
        self._remove.setProperty("small", True)
        self._remove.setCursor(Qt.CursorShape.ArrowCursor)
        self._remove.setToolTip("Take off this list (the file stays)")
        self._remove.setAccessibleName(f"Take {name} off this list")
        self._remove.clicked.connect(self.removed)

    def sizeHint(self) -> QSize:
        return LEAST

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = self._remove.sizeHint()
        top = (self.height() - size.height()) // 2
        self._remove.setGeometry(self.width() - size.width() - 8, top, size.width(), size.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes it off the list."""
        if event.key() == Qt.Key.Key_Delete:
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def paint_on(self, painter: QPainter) -> None:
        icon("mdi6.file-outline", current().accent).paint(
            painter, QRect(SIDE, (self.height() - 20) // 2, 20, 20)
        )
        left, width = SIDE + 32, self._remove.x() - SIDE - 36
        painter.setFont(font(BODY, bold=True))
        painter.setPen(QColor(current().text))
        line_of_text(painter, QRect(left, 8, width, 20), self._name)
        painter.setFont(font(SMALL))
        painter.setPen(QColor(current().muted))
        line_of_text(painter, QRect(left, 28, width, 16), self._line, Qt.TextElideMode.ElideMiddle)


def _short(folder: Path) -> str:
    """The folder, from the person's own when it lies in that."""
    try:
        inside = folder.relative_to(Path.home())
    except ValueError:
        return str(folder)
    return str(Path("~") / inside)
