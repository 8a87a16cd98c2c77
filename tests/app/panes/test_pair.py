"""Two things side by side, or below each other."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.panes.pair import NARROW, Pair


def test_the_second_stands_below_the_first_where_it_is_narrow(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    first, second = QWidget(), QWidget()
    pair = Pair(parent, first, second, (3, 1))
    parent.resize(900, 400)
    pair.resize(800, 400)
    parent.show()
    beside = first.width() / second.width()

    pair.resize(NARROW - 1, 400)
    narrow = pair.orientation()
    below = first.width(), second.width(), abs(first.height() - second.height()) < 3
    pair.resize(800, 400)

    assert 2.8 < beside < 3.2
    assert narrow == Qt.Orientation.Vertical
    assert below == (NARROW - 1, NARROW - 1, True)
    assert pair.orientation() == Qt.Orientation.Horizontal
