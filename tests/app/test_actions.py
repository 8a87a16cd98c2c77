"""The table of actions, and which keys count where."""

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMainWindow, QTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.actions import ON_CANVAS, ROWS, ActionSet


class Window(QMainWindow):
    """A field beside what stands for the canvas."""

    def __init__(self) -> None:
        super().__init__()
        self.actions_ = ActionSet(self)
        self.field, self.canvas = QLineEdit(), QTextEdit()
        self.canvas.setReadOnly(True)
        self.setCentralWidget(QWidget())
        layout = QVBoxLayout(self.centralWidget())
        layout.addWidget(self.field)
        layout.addWidget(self.canvas)
        self.actions_.listen_on(self.canvas)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


def test_no_two_actions_have_the_same_keys() -> None:
    keys = Counter(keys for row in ROWS.values() for keys in row.keys)

    assert [one for one, count in keys.items() if count > 1] == []


def test_every_action_of_the_canvas_is_in_the_table() -> None:
    assert ROWS.keys() >= ON_CANVAS


@pytest.mark.parametrize(
    ("id", "key"), [("insert.block", Qt.Key.Key_Tab), ("edit.inspect", Qt.Key.Key_Return)]
)
def test_keys_that_mean_something_in_a_form_count_on_the_canvas_only(
    window: Window, id: str, key: Qt.Key
) -> None:
    done = list[str]()
    window.actions_.bind(id, lambda: done.append(id))

    window.field.setFocus()
    QTest.keyClick(window.field, key)
    in_form = list(done)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, key)

    assert in_form == []
    assert done == [id]


def test_other_keys_count_everywhere(window: Window) -> None:
    done = list[str]()
    window.actions_.bind("file.save", lambda: done.append("saved"))

    window.field.setFocus()
    QTest.keyClick(window.field, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)

    assert done == ["saved"]
