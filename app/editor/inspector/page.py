"""A page of the inspector: never lower than what is on it, at the width it has."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget


class Page(QWidget):
    """Asks for the height its wrapped texts need, which a scroll area doesn't do by itself."""

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit()
        return done

    def _fit(self) -> None:
        layout = self.layout()
        if layout is not None:
            height = layout.totalHeightForWidth(self.width())
            if height >= 0 and height != self.minimumHeight():
                self.setMinimumHeight(height)
