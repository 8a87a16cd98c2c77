"""Menus of what can be done with a value."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget


class Deed(NamedTuple):
    """A line of a menu; a title of "" begins another group."""

    title: str
    do: Callable[[], object] = lambda: None


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)


def menu_of(deeds: Sequence[Deed], parent: QWidget) -> QMenu:
    """The menu, gone once closed."""
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    for deed in deeds:
        if not deed.title:
            menu.addSeparator()
            continue
        action = QAction(deed.title, menu)
        action.triggered.connect(lambda _=False, do=deed.do: do())
        menu.addAction(action)
    return menu
