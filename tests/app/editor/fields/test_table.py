"""The grid of records."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from app.editor.fields.cells import read_cell, read_pasted, written_cell
from app.editor.fields.field import UNSET
from tests.app.editor.fields.conftest import Make

TABLE = Sequence[Mapping[str, Any]]
ROWS = [{"name": "Ann", "age": 36}, {"name": "Bob", "city": "Paris"}]


@pytest.mark.parametrize("value", [
    "plain", "", "12", "-1.5", "true", "null", "[1]", '"quoted"', "two words", "{", "tru",
    " padded ", 12, -1.5, True, None, [1, "a"], {"a": 1},
])  # fmt: skip
def test_every_value_survives_its_cell(value: Any) -> None:
    assert read_cell(written_cell(value)) == value


def test_a_column_for_every_name(make: Make) -> None:
    told = make(TABLE, "table", value=ROWS)

    assert told.field.records.columns == ["name", "age", "city"]
    assert told.values == []


def test_typing_into_a_cell_makes_another_list(make: Make) -> None:
    told = make(TABLE, "table", value=ROWS)
    model = told.field.records

    model.setData(model.index(1, 1), "40", Qt.ItemDataRole.EditRole)

    assert told.values == [[ROWS[0], {"name": "Bob", "city": "Paris", "age": 40}]]
    assert ROWS[1] == {"name": "Bob", "city": "Paris"}


def test_emptying_a_cell_leaves_the_name_out(make: Make) -> None:
    told = make(TABLE, "table", value=ROWS)
    model = told.field.records

    model.setData(model.index(0, 1), "", Qt.ItemDataRole.EditRole)

    assert told.values[-1][0] == {"name": "Ann"}


def test_a_spreadsheet_is_pasted_into_an_empty_grid_with_its_head(make: Make, qtbot: QtBot) -> None:
    told = make(TABLE, "table")
    QGuiApplication.clipboard().setText("name\tage\nAnn\t36\nBob\t40\n")

    qtbot.keyClick(told.field.grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    assert told.values == [[{"name": "Ann", "age": 36}, {"name": "Bob", "age": 40}]]


def test_cells_are_pasted_from_where_the_cursor_is(make: Make, qtbot: QtBot) -> None:
    told = make(TABLE, "table", value=ROWS)
    grid: QTableView = told.field.grid
    grid.setCurrentIndex(grid.model().index(1, 1))
    QGuiApplication.clipboard().setText("1\tx\ty\n2\tz\tw")

    qtbot.keyClick(grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    assert told.values[-1][1:] == [
        {"name": "Bob", "age": 1, "city": "x", "column_4": "y"},
        {"age": 2, "city": "z", "column_4": "w"},
    ]


def test_values_split_by_commas_are_read_too() -> None:
    assert read_pasted('a,"b, c"\n1,2') == [["a", "b, c"], ["1", "2"]]


def test_rows_and_columns_come_and_go(make: Make) -> None:
    told = make(TABLE, "table", value=ROWS)
    field = told.field

    field.name_column(-1, "note")
    field.add_row.click()
    assert told.values[-1] == [*ROWS, {}]
    field.grid.setCurrentIndex(field.records.index(2, 0))
    field.remove_row.click()
    field.grid.setCurrentIndex(field.records.index(0, 0))
    field.remove_column.click()

    assert told.values[-1] == [{"age": 36}, {"city": "Paris"}]


def test_a_column_is_renamed_in_every_record(make: Make) -> None:
    told = make(TABLE, "table", value=ROWS)

    told.field.name_column(0, "who")

    assert [list(row) for row in told.values[-1]] == [["who", "age"], ["who", "city"]]


def test_no_rows_at_all_is_the_default(make: Make) -> None:
    told = make(TABLE, "table", value=[{"a": 1}])

    told.field.records.remove([0])

    assert told.values == [UNSET]
