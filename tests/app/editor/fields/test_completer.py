"""Completions in an editor of code."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.editor.fields.completer import Completer
from app.editor.fields.editor import Editor
from app.presenters.completion import completions

VALUES = {"item": {"price": 1, "city": "Paris"}}


@pytest.fixture
def editor(qtbot: QtBot) -> Iterator[Editor]:
    from PySide6.QtWidgets import QWidget

    window = QWidget()
    qtbot.addWidget(window)
    made = Editor(window, "python")
    made.resize(300, 100)
    with qtbot.waitExposed(window):
        window.show()
    yield made
    window.hide()


@pytest.fixture
def completer(editor: Editor) -> Completer:
    return Completer(editor, lambda before: completions(before, ["item", "items"], VALUES))


def test_the_keys_of_a_record_are_offered_and_taken(
    editor: Editor, completer: Completer, qtbot: QtBot
) -> None:
    qtbot.keyClicks(editor, "item['")
    assert completer.list.popup().isVisible()

    qtbot.keyClicks(completer.list.popup(), "c")
    qtbot.keyClick(completer.list.popup(), Qt.Key.Key_Return)

    assert editor.text == "item['city"
    assert not completer.list.popup().isVisible()


def test_nothing_is_in_the_way_where_nothing_fits(
    editor: Editor, completer: Completer, qtbot: QtBot
) -> None:
    qtbot.keyClicks(editor, "1 + ")

    assert not completer.list.popup().isVisible()
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.text == "1 + \n"


def test_a_tab_indents_unless_it_takes_a_name(
    editor: Editor, completer: Completer, qtbot: QtBot
) -> None:
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    qtbot.keyClicks(editor, "ite")
    qtbot.keyClick(completer.list.popup(), Qt.Key.Key_Tab)

    assert editor.text == "    item"
