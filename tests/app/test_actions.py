"""The table of actions: bound, told apart by their keys, and explained."""

from collections import Counter
from itertools import groupby

import pytest
import qtawesome
from PySide6.QtGui import QKeySequence

from app.actions import MENUS, ROWS, TABLE, Row
from app.docks import docks
from app.window.main_window import MainWindow


def test_every_row_is_bound_once_the_window_is_built(window: MainWindow) -> None:
    window.complete()

    assert set(window.studio.actions.bound_ids()) == set(ROWS)


def test_no_keys_mean_two_things() -> None:
    keys = [QKeySequence(k).toString() for row in ROWS.values() for k in row.keys]
    keys += [QKeySequence(dock.keys).toString() for dock in docks() if dock.keys]

    assert [key for key, count in Counter(keys).items() if count > 1] == []
    assert all(keys)


def test_every_row_stands_in_a_menu_and_rows_of_a_menu_stand_together() -> None:
    menus = [row.menu for row in TABLE if isinstance(row, Row)]

    changes = [menu for at, menu in enumerate(menus) if at == 0 or menus[at - 1] != menu]

    assert changes == list(MENUS)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.id)
def test_a_row_has_an_icon_that_is_there(row: Row) -> None:
    assert qtawesome.charmap(row.icon)


def test_no_group_of_a_menu_is_too_long_to_be_read_at_a_glance() -> None:
    groups = groupby(TABLE, lambda row: row.menu if isinstance(row, Row) else row)

    assert max(len(list(rows)) for _, rows in groups) <= 9


def test_ids_are_told_apart() -> None:
    assert len(ROWS) == sum(isinstance(row, Row) for row in TABLE)
