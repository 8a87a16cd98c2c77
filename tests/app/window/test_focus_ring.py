"""What has the keyboard's focus can be seen."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.panes.about import About
from app.window.focus_ring import FocusRing


def test_what_scrolls_has_a_ring_while_it_has_the_focus_if_it_says_so(
    qapp: QApplication, qtbot: QtBot
) -> None:
    marks = FocusRing(qapp)
    parent = QWidget()
    qtbot.addWidget(parent)
    line, about, other = QLineEdit(parent), About(parent, "About the loom"), QScrollArea(parent)
    column = QVBoxLayout(parent)
    for widget in (line, about, other):
        column.addWidget(widget)
    with qtbot.waitActive(parent):
        parent.show()
        parent.activateWindow()
    line.setFocus()

    qtbot.keyClick(line, Qt.Key.Key_Tab)
    there = about.hasFocus(), about.property("ring")
    qtbot.keyClick(about, Qt.Key.Key_Tab)

    assert there == (True, True)
    assert other.hasFocus()
    assert not about.property("ring")
    assert other.property("ring") is None
    marks.deleteLater()
