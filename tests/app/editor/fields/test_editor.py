"""The box for code."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.editor.fields.code import marks_in
from app.editor.fields.editor import Editor
from app.editor.fields.highlighting import RULES
from graph.errors import Problem


@pytest.fixture
def editor(qtbot: QtBot) -> Iterator[Editor]:
    window = QWidget()
    qtbot.addWidget(window)
    yield Editor(window, "python", numbers=True)
    window.hide()


def test_return_goes_on_with_the_indent_and_deepens_it(editor: Editor, qtbot: QtBot) -> None:
    qtbot.keyClicks(editor, "for a in b:")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "pass")
    qtbot.keyClick(editor, Qt.Key.Key_Return)

    assert editor.text == "for a in b:\n    pass\n    "


def test_tab_indents_all_selected_lines_and_back(editor: Editor, qtbot: QtBot) -> None:
    editor.setPlainText("a\nb")
    editor.selectAll()

    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.text == "    a\n    b"
    editor.selectAll()
    qtbot.keyClick(editor, Qt.Key.Key_Backtab)

    assert editor.text == "a\nb"


def test_escape_lets_tab_leave(editor: Editor, qtbot: QtBot) -> None:
    qtbot.keyClick(editor, Qt.Key.Key_Escape)

    assert editor.tabChangesFocus()


def test_showing_a_text_keeps_the_cursor(editor: Editor) -> None:
    editor.setPlainText("one two")
    cursor = editor.textCursor()
    cursor.setPosition(4)
    editor.setTextCursor(cursor)

    editor.show_text("one three")

    assert editor.textCursor().position() == 4


def test_problems_are_underlined_where_they_are(editor: Editor) -> None:
    editor.setPlainText("x = 1\nreturn open('a')")

    editor.show_marks(marks_in(editor.text, "code", ()))

    (selection,) = editor.extraSelections()
    assert selection.cursor.selectedText() == "open"


def test_what_only_the_flow_knows_is_underlined_too(editor: Editor) -> None:
    editor.setPlainText("return totl")
    problem = Problem("bad-code", "There is no 'totl' here.", line=1, column=8)

    editor.show_marks(marks_in(editor.text, "code", (problem,)))

    (selection,) = editor.extraSelections()
    assert selection.cursor.selectionStart() == 7


def test_a_longer_text_makes_a_taller_box_up_to_a_bound(editor: Editor) -> None:
    low = editor.height()

    editor.setPlainText("\n" * 6)
    taller = editor.height()
    editor.setPlainText("\n" * 500)

    assert low < taller < editor.height() < 500


@pytest.mark.parametrize("language", RULES)
def test_every_language_colours_without_changing_the_text(qtbot: QtBot, language: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    text = 'select \'a\' -- x\n"""long\ntext""" def f(x): return {1: [2.5]} # c {place}\n\'\'\''
    editor = Editor(window, language)

    editor.setPlainText(text)

    assert editor.text == text


def test_a_text_in_three_quotes_is_one_colour_to_its_end(editor: Editor) -> None:
    editor.setPlainText('a = """one\nfor two\n""" + for_it')

    document = editor.document()
    colours = [
        [piece.format.foreground().color().name() for piece in block.layout().formats()]
        for block in map(document.findBlockByNumber, range(3))
    ]

    assert len(set(colours[1])) == 1
    assert colours[1][0] == colours[0][-1] == colours[2][0]


def test_the_cursor_goes_to_a_place(editor: Editor) -> None:
    editor.setPlainText("ab\ncdef")

    editor.go_to(2, 3)

    cursor: QTextCursor = editor.textCursor()
    assert (cursor.blockNumber(), cursor.positionInBlock()) == (1, 2)
