"""The page of shortcuts."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from pytestqt.qtbot import QtBot

from app.actions import ROWS
from app.dialogs.shortcuts import ShortcutsPage
from app.timeline.chart import Chart
from app.timeline.keys import Keys
from app.window.main_window import MainWindow


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow) -> ShortcutsPage:
    with qtbot.waitExposed(window):
        window.show()
    window.studio.actions["help.shortcuts"].trigger()
    found = window.findChild(ShortcutsPage)
    assert found is not None
    return found


def test_every_bound_action_with_keys_is_on_the_page(
    page: ShortcutsPage, window: MainWindow
) -> None:
    shown = {line.title for line in page.shown("")}

    bound = [ROWS[id] for id in window.studio.actions.bound_ids()]
    assert {row.title.rstrip("…") for row in bound if row.keys} <= shown


def test_it_is_searched_by_words_and_by_keys(page: ShortcutsPage) -> None:
    assert [line.title for line in page.shown("save as")] == ["Save as"]
    assert "Save" in [line.title for line in page.shown("ctrl+s")]
    assert page.shown("xyzzy") == []


def test_it_blocks_nothing(page: ShortcutsPage, window: MainWindow) -> None:
    assert page.isVisible()

    window.studio.actions["file.new"].trigger()

    assert window.studio.workspace.current is not None


def test_the_keys_of_the_timeline_are_told_and_mean_something_there(page: ShortcutsPage) -> None:
    told = [line for line in page.shown("") if line.group == "In the timeline"]

    assert "Play or pause the run" in [line.title for line in told]
    known = Keys(Chart(page))
    for keys in (keys for line in told for keys in line.keys):
        combination = QKeySequence(keys)[0]
        event = QKeyEvent(QEvent.Type.KeyPress, combination.key(), Qt.KeyboardModifier.NoModifier)
        assert known.knows(event), keys
