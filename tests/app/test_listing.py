"""Lists whose rows stay while their figures change."""

from typing import NamedTuple

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.listing import Listed, Listing


class Loom(NamedTuple):
    key: str
    threads: str

    @property
    def texts(self) -> tuple[str, ...]:
        return self.key, self.threads


class Looms(Listed[Loom]):
    columns = ("Loom", "Threads")
    about = ("What it is called", "How many it has")
    numbers = (1,)


class LoomList(Listing[Loom]):
    widths = (100, 100)


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def looms(parent: QWidget) -> LoomList:
    made = LoomList(parent, "Looms", Looms())
    made.show_rows([Loom("dobby", "8"), Loom("jacquard", "400")])
    return made


def test_the_first_is_selected_and_who_was_stays_so_in_another_order(looms: LoomList) -> None:
    first = looms.selected
    looms.select("jacquard")
    looms.show_rows([Loom("jacquard", "401"), Loom("dobby", "8"), Loom("inkle", "2")])

    assert first == Loom("dobby", "8")
    assert looms.selected == Loom("jacquard", "401")


def test_the_first_takes_the_place_of_one_that_is_gone(looms: LoomList) -> None:
    looms.select("jacquard")
    looms.show_rows([Loom("inkle", "2"), Loom("dobby", "8")])

    assert looms.selected == Loom("inkle", "2")


def test_rows_that_are_the_same_only_change_their_figures(looms: LoomList, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(looms.listed.modelReset):
        looms.show_rows([Loom("dobby", "9"), Loom("jacquard", "400")])

    assert looms.listed.index(0, 1).data() == "9"


def test_columns_are_left_out_from_the_last_on_when_there_is_no_room(
    parent: QWidget, looms: LoomList
) -> None:
    looms.resize(120, 200)
    parent.show()

    assert [looms.isColumnHidden(column) for column in (0, 1)] == [False, True]


def test_names_take_what_room_is_left(parent: QWidget, looms: LoomList) -> None:
    looms.resize(400, 200)
    parent.show()

    room = looms.viewport().width()
    assert [looms.columnWidth(column) for column in (0, 1)] == [room - 100, 100]


def test_what_is_in_sight_stays_so_when_others_come(parent: QWidget, looms: LoomList) -> None:
    rows = [Loom(f"loom {number:03}", "1") for number in range(200)]
    looms.resize(220, 200)
    parent.show()
    looms.show_rows(rows)
    looms.scrollTo(looms.listed.index(120, 0), LoomList.ScrollHint.PositionAtTop)

    looms.show_rows([Loom("a new one", "1"), *rows])

    assert looms.listed.rows[looms.rowAt(0)].key == "loom 120"
    assert looms.selected == rows[0]


def test_return_opens_and_delete_removes(looms: LoomList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(looms.opened):
        qtbot.keyClick(looms, Qt.Key.Key_Return)
    with qtbot.waitSignal(looms.removed):
        qtbot.keyClick(looms, Qt.Key.Key_Delete)


def test_what_cells_say_is_also_told_to_who_cannot_see_them(looms: LoomList) -> None:
    said = [looms.listed.index(1, n).data(Qt.ItemDataRole.AccessibleTextRole) for n in (0, 1)]

    assert said == ["jacquard", "Threads: 400"]
