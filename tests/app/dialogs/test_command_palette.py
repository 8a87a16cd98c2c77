"""The command palette in the window: opened, searched and obeyed by keyboard alone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editor.choice_popup import ChoicePopup
from app.theme import RESOURCES
from app.window.main_window import MainWindow


@pytest.fixture
def shown(qtbot: QtBot, window: MainWindow) -> MainWindow:
    with qtbot.waitExposed(window):
        window.show()
    return window


def _opened(window: MainWindow) -> ChoicePopup:
    window.studio.actions["go.palette"].trigger()
    popup = next(p for p in window.findChildren(ChoicePopup) if p.isVisible())
    QApplication.processEvents()
    return popup


def _take(qtbot: QtBot, popup: ChoicePopup, words: str) -> None:
    qtbot.keyClicks(popup.field, words)
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)


def test_typing_and_return_do_an_action(shown: MainWindow, qtbot: QtBot) -> None:
    _take(qtbot, _opened(shown), "new fl")

    assert shown.studio.workspace.current is not None


def test_what_was_taken_is_offered_first_the_next_time(shown: MainWindow, qtbot: QtBot) -> None:
    _take(qtbot, _opened(shown), "dark theme")

    popup = _opened(shown)

    assert popup.choices[0].title == "Dark theme"


def test_only_what_can_be_done_now_is_offered(shown: MainWindow) -> None:
    titles = [choice.title for choice in _opened(shown).choices]

    assert "New flow" in titles
    assert "Undo" not in titles


def test_a_block_inside_a_sub_flow_is_gone_to(shown: MainWindow, qtbot: QtBot) -> None:
    shown.studio.template_wanted.emit(RESOURCES / "templates" / "triage_github_issues.flow.json")
    bench = shown.studio.workspace.current
    assert bench is not None
    inside = next(iter(bench.document.flow.flows["triage"].blocks.values()))

    popup = _opened(shown)
    qtbot.keyClicks(popup.field, inside.title)
    to_block = next(c for c in popup.choices if c.hint.startswith("Go to block in triage"))
    popup.chosen.emit(to_block.value)

    assert bench.level == ("triage",)
    assert bench.selected


def test_an_open_flow_is_switched_to(shown: MainWindow, qtbot: QtBot) -> None:
    shown.studio.template_wanted.emit(RESOURCES / "templates" / "hello.flow.json")
    first = shown.studio.workspace.current
    shown.studio.actions["file.new"].trigger()

    _take(qtbot, _opened(shown), "hello")

    assert shown.studio.workspace.current is first


def test_escape_does_nothing_and_the_palette_is_gone(shown: MainWindow, qtbot: QtBot) -> None:
    popup = _opened(shown)

    qtbot.keyClick(popup.field, Qt.Key.Key_Escape)

    assert not [p for p in shown.findChildren(ChoicePopup) if p.isVisible()]
    assert shown.studio.workspace.current is None
