"""Marks what has the keyboard's focus, unless the mouse put it there."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QSlider, QTabBar, QWidget

RINGED = (QAbstractButton, QSlider, QTabBar)
"""Controls; of what scrolls, that which says by its property `rings` that it has a ring, too."""


class FocusRing(QObject):
    """Sets `ring` on the focused control, for the style sheet to draw."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        application.focusChanged.connect(self._move)

    def _move(self, old: QWidget | None, new: QWidget | None) -> None:
        by_mouse = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        _mark(old, False)
        _mark(new, not by_mouse)


def _mark(widget: QWidget | None, on: bool) -> None:
    if widget is None or not (isinstance(widget, RINGED) or widget.property("rings")):
        return
    if bool(widget.property("ring")) != on:
        widget.setProperty("ring", on)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
