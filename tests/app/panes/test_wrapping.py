"""Rows that go on in further lines where there is no room."""

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QSizePolicy, QWidget
from pytestqt.qtbot import QtBot

from app.panes.wrapping import Wrapping


class Box(QWidget):
    """As wide as it is said to be, if there is room."""

    def __init__(self, parent: QWidget, wide: int, *, grows: bool = False) -> None:
        super().__init__(parent)
        policy = QSizePolicy.Policy.Expanding if grows else QSizePolicy.Policy.Preferred
        self.setSizePolicy(policy, QSizePolicy.Policy.Fixed)
        self._wide = wide

    def sizeHint(self) -> QSize:
        return QSize(self._wide, 20)


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def places(row: Wrapping, parent: QWidget, wide: int) -> list[tuple[int, int, int]]:
    """Where the widgets of a row are put: left, top and width of each."""
    parent.setLayout(row)
    parent.show()
    row.setGeometry(QRect(0, 0, wide, row.heightForWidth(wide)))
    items = (row.itemAt(number) for number in range(row.count()))
    return [(r.left(), r.top(), r.width()) for r in (i.geometry() for i in items if i)]


def test_what_has_room_stands_in_one_line_and_what_grows_takes_the_rest(parent: QWidget) -> None:
    row = Wrapping(Box(parent, 40, grows=True), Box(parent, 50))

    assert row.sizeHint() == QSize(96, 20)
    assert places(row, parent, 200) == [(0, 0, 144), (150, 0, 50)]


def test_what_has_no_room_goes_into_the_next_line(parent: QWidget) -> None:
    row = Wrapping(Box(parent, 60), Box(parent, 60), Box(parent, 60))

    assert places(row, parent, 130) == [(0, 0, 60), (66, 0, 60), (0, 26, 60)]
    assert row.heightForWidth(130) == 46


def test_nothing_is_wider_than_there_is_room(parent: QWidget) -> None:
    row = Wrapping(Box(parent, 300), Box(parent, 30))

    assert places(row, parent, 100) == [(0, 0, 100), (0, 26, 30)]


def test_what_is_hidden_takes_no_room(parent: QWidget) -> None:
    away = Box(parent, 60)
    row = Wrapping(away, Box(parent, 60))
    away.hide()

    assert places(row, parent, 70)[1] == (0, 0, 60)
    assert row.heightForWidth(70) == 20
