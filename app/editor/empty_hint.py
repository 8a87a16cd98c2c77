"""What an empty canvas says: how the first block comes onto it."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.workbench import Workbench

WORDS = (
    ("title", "Nothing here yet"),
    ("muted", "Press Tab or double-click to add a block,\nor drag one from the list of blocks."),
)


class EmptyHint(QWidget):
    """Lies in the middle of the canvas while the shown flow has no blocks; the mouse passes it."""

    def __init__(self, workbench: Workbench, over: QWidget) -> None:
        super().__init__(over)
        self._workbench = workbench
        self._over = over
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        for role, text in WORDS:
            label = QLabel(text, self)
            label.setProperty("role", role)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        workbench.changed.connect(self._show)
        workbench.level_changed.connect(self._show)
        over.installEventFilter(self)
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle."""
        if watched is self._over and event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._place()
        return super().eventFilter(watched, event)

    def _show(self, _: object = None) -> None:
        self.setVisible(not self._workbench.flow.blocks)

    def _place(self) -> None:
        self.adjustSize()
        rest = self._over.size() - self.size()
        self.move(rest.width() // 2, rest.height() // 2)
