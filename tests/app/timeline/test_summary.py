"""The table of where the time went."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.presenters.time_shares import HELD, ShareRow
from app.timeline.summary import ROOMIER, WAITED, Summary

ROWS = [
    ShareRow("a", ("A", "2 s · 50%", "2 s", "1", "", ""), 0.5),
    ShareRow("b", ("B", "", "1 s", "3", "", ""), 0.0),
]


@pytest.fixture
def summary(qtbot: QtBot, around: QWidget, qtmodeltester: ModelTester) -> Summary:
    made = Summary(around)
    qtmodeltester.check(made.model)
    return made


def test_rows_come_change_and_go(summary: Summary) -> None:
    for rows in ([], ROWS, ROWS[::-1], ROWS[:1], (), []):
        summary.show_shares("4 s in all", rows)

        assert summary.model.rowCount() == len(rows)
        assert [summary.model.index(i, 0).data() for i in range(len(rows))] == [
            row.texts[0] for row in rows
        ]


def test_a_click_on_a_row_chooses_its_block(summary: Summary, qtbot: QtBot) -> None:
    summary.show_shares("", ROWS)

    with qtbot.waitSignal(summary.chosen) as chosen:
        summary.table.clicked.emit(summary.model.index(1, 2))

    assert chosen.args == ["b"]


def test_the_part_of_the_run_is_drawn_under_the_time(summary: Summary) -> None:
    summary.show_shares("", ROWS)

    assert summary.model.index(0, WAITED).data(Qt.ItemDataRole.UserRole) == 0.5


def test_columns_that_matter_less_give_way_where_there_is_no_room(
    summary: Summary, around: QWidget, qtbot: QtBot
) -> None:
    with qtbot.waitExposed(around):
        around.show()
    summary.resize(ROOMIER - 50, 150)
    assert summary.table.isColumnHidden(4)

    summary.resize(ROOMIER + 50, 150)

    assert not summary.table.isColumnHidden(4)


def test_the_line_is_never_cut_off_however_narrow_it_is(
    summary: Summary, around: QWidget, qtbot: QtBot
) -> None:
    with qtbot.waitExposed(around):
        around.show()
    summary.resize(summary.minimumWidth(), 200)

    summary.show_shares(
        "32.0 s in all · 3.0 s between blocks · 3.0 s lost to retries · 9 s held", ()
    )

    line = summary.line
    qtbot.waitUntil(lambda: line.height() >= line.heightForWidth(line.width()))
    assert line.width() <= summary.width()
    assert line.wordWrap()


def test_how_long_blocks_were_held_is_a_column_once_one_was(
    summary: Summary, around: QWidget, qtbot: QtBot
) -> None:
    with qtbot.waitExposed(around):
        around.show()
    summary.resize(ROOMIER + 50, 150)
    summary.show_shares("", ROWS)
    assert summary.table.isColumnHidden(HELD)

    summary.show_shares("", [ROWS[0]._replace(texts=("A", "2 s", "2 s", "1", "", "1.0 s"))])

    assert not summary.table.isColumnHidden(HELD)


def test_the_first_column_is_called_by_what_its_rows_are(summary: Summary) -> None:
    summary.show_shares("", ROWS, "Agent")

    assert summary.model.headerData(0, Qt.Orientation.Horizontal) == "Agent"
