"""Names with values."""

from collections.abc import Mapping
from typing import Any

from pytestqt.qtbot import QtBot

from app.editor.fields.field import UNSET
from app.editor.fields.json_field import JsonField
from tests.app.editor.fields.conftest import Make

TEXTS = Mapping[str, str]


def test_a_line_counts_once_it_has_a_name(make: Make, qtbot: QtBot) -> None:
    told = make(TEXTS, "mapping")
    told.field.add.click()
    pair = told.field.pairs[0]

    qtbot.keyClicks(pair.text, "1")
    assert "no name" in told.refusals[-1]
    qtbot.keyClicks(pair.name, "a")

    assert told.values == [{"a": "1"}]


def test_values_are_texts_where_only_texts_fit(make: Make) -> None:
    told = make(TEXTS, "mapping", value={"a": "12"})

    assert told.field.pairs[0].text.text() == "12"
    assert told.field.pairs[0].value() == "12"


def test_values_are_read_as_json_where_anything_fits(make: Make, qtbot: QtBot) -> None:
    told = make(Mapping[str, Any], "mapping", value={"a": 12, "b": "12"})
    assert [pair.text.text() for pair in told.field.pairs] == ["12", '"12"']

    qtbot.keyClicks(told.field.pairs[0].text, "3")

    assert told.values == [{"a": 123, "b": "12"}]


def test_two_lines_of_one_name_are_refused(make: Make, qtbot: QtBot) -> None:
    told = make(TEXTS, "mapping", value={"a": "1", "b": "2"})

    told.field.pairs[1].name.setText("a")
    told.field.pairs[1].name.textEdited.emit("a")

    assert "'a'" in told.refusals[-1]
    assert told.values == []


def test_a_value_may_be_a_secret(make: Make) -> None:
    told = make(TEXTS, "mapping", value={"Authorization": "github.token"})

    told.field.pairs[0].key.click()

    assert told.values == [{"Authorization": {"$secret": "github.token"}}]
    again = make(TEXTS, "mapping", value=told.values[0])
    assert again.field.pairs[0].key.isChecked()
    assert again.field.pairs[0].text.text() == "github.token"


def test_the_last_line_taken_out_sets_the_field_back(make: Make) -> None:
    told = make(TEXTS, "mapping", default={}, value={"a": "1"})

    told.field.pairs[0].gone.click()

    assert told.values == [UNSET]


def test_what_is_no_record_is_shown_as_json(make: Make) -> None:
    assert isinstance(make(TEXTS, "mapping", value=["a"]).field, JsonField)
