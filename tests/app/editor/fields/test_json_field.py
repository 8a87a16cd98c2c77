"""Values written as JSON."""

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.editor.fields.field import UNSET
from tests.app.editor.fields.conftest import Make


def test_only_whole_json_reaches_the_flow(make: Make, qtbot: QtBot) -> None:
    told = make(Any, "json")

    qtbot.keyClicks(told.field.editor, "[1, 2")
    assert told.values == [UNSET] or told.values == []
    qtbot.keyClicks(told.field.editor, "]")

    assert told.values[-1] == [1, 2]
    assert told.refusals[-1] == ""


@pytest.mark.parametrize(("text", "place", "words"), [
    ('{"a": 1,\n "b" 2}', "line 2, column 6", "colon"),
    ("[1 2]", "line 1, column 4", "comma"),
    ("{a: 1}", "line 1, column 2", "double quotes"),
    ("[1] 2", "line 1, column 5", "behind the end"),
])  # fmt: skip
def test_what_is_no_json_is_said_where_it_is(make: Make, text: str, place: str, words: str) -> None:
    told = make(Any, "json")

    told.field.show_pending(text)

    assert place in told.refusals[-1]
    assert words in told.refusals[-1]
    assert told.field.pending() == text
    assert told.values == []


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "123456789012345678901234567890"])
def test_numbers_that_cant_be_kept_are_refused(make: Make, text: str) -> None:
    told = make(Any, "json")

    told.field.show_pending(text)

    assert told.refusals[-1]
    assert told.values == []


def test_a_value_of_the_wrong_type_stays_in_the_box(make: Make) -> None:
    told = make(dict, "json")

    told.field.show_pending("[1]")

    assert "must be record" in told.refusals[-1]
    assert told.values == []


def test_how_it_was_written_stays_while_it_says_the_same(make: Make) -> None:
    told = make(Any, "json")
    told.field.editor.setPlainText('{"a":   1}')

    told.field.show_value({"a": 1})

    assert told.field.editor.text == '{"a":   1}'


def test_a_schema_that_is_none_is_refused(make: Make) -> None:
    told = make(dict, "schema")

    told.field.show_pending('{"type": "nothing"}')
    assert "no schema" in told.refusals[-1]
    told.field.show_pending('{"type": "object"}')

    assert told.values == [{"type": "object"}]
