"""Which runs are meant by what stands in the bar."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.history.filter_bar import FilterBar


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def filter(window: QWidget) -> FilterBar:
    return FilterBar(window)


def test_words_narrow_the_list_while_they_are_typed(filter: FilterBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(filter.changed):
        filter.text.setText("failed yesterday")

    assert (filter.words, filter.is_for_value, filter.is_narrow) == (
        "failed yesterday", False, True,
    )  # fmt: skip


def test_a_value_is_looked_for_when_it_is_entered(filter: FilterBar, qtbot: QtBot) -> None:
    filter.in_values.setChecked(True)
    filter.text.setText(" 4217 ")

    with qtbot.waitSignal(filter.search) as wanted:
        filter.text.returnPressed.emit()

    assert wanted.args == ["4217"]
    assert (filter.words, filter.is_for_value) == ("", True)


def test_an_interrupted_run_is_running_or_paused_for_the_journal(
    filter: FilterBar, qtbot: QtBot
) -> None:
    filter.state.setCurrentText("Interrupted")
    interrupted = filter.state.value, filter.kept_state

    filter.state.setCurrentText("Failed")
    filter.time.setCurrentText("Today")

    assert interrupted == ("left", "")
    assert filter.kept_state == "failed"
    assert filter.since is not None

    filter.clear()
    assert not filter.is_narrow
