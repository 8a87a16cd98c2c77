"""The small editors: each shows what is set, and tells what a person makes of it."""

from pathlib import Path
from typing import Any, Literal

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.editor.fields.choice import ChoiceField, SegmentedField
from app.editor.fields.field import UNSET
from app.editor.fields.lines import LinesField
from app.editor.fields.schedule import COMMON, fault_in
from app.editor.fields.schema import schema_like
from app.workbench import Workbench
from tests.app.editor.fields.conftest import Make

Few = Literal["one", "two"]
Many = Literal["lower", "upper", "title", "snake_case", "sentence", "camelCase"]


def test_a_text_with_lines_is_shown_in_a_box(make: Make) -> None:
    assert isinstance(make(str, value="a\nb").field, LinesField)
    assert make(str, value="a\nb").field.editor.text == "a\nb"


def test_few_short_choices_stand_beside_each_other(make: Make) -> None:
    assert isinstance(make(Few, default="one").field, SegmentedField)
    assert isinstance(make(Many, default="lower").field, ChoiceField)


def test_choices_one_of_which_would_not_fit_its_share_are_a_list(make: Make) -> None:
    uneven = Literal["json_schema", "avro", "protobuf"]

    assert isinstance(make(uneven, default="avro").field, ChoiceField)


def test_choosing_the_default_sets_the_field_back(make: Make) -> None:
    told = make(Few, default="one", value="two")

    told.field._group.button(0).click()

    assert told.values == [UNSET]


def test_a_choice_that_is_none_can_be_seen_and_changed(make: Make) -> None:
    told = make(Many, default="lower", value="sideways")
    assert told.field.box.currentText() == "Sideways"

    told.field.box.setCurrentIndex(1)
    told.field.box.activated.emit(1)

    assert told.values == ["upper"]


def test_a_list_of_texts_has_one_on_each_line(make: Make, qtbot: QtBot) -> None:
    told = make(list[str], value=["a", "b"])
    told.field.editor.selectAll()

    qtbot.keyClicks(told.field.editor, "c")
    qtbot.keyClick(told.field.editor, Qt.Key.Key_Return)
    qtbot.keyClicks(told.field.editor, "d")

    assert told.values[-1] == ["c", "d"]


@pytest.mark.parametrize(("typed", "read"), [
    ("5", 5), ("0,5", 0.5), ("1_000", 1000), ("-3", -3), ("1e3", 1000.0),
])  # fmt: skip
def test_numbers_are_read_as_people_write_them(make: Make, typed: str, read: float) -> None:
    told = make(float)

    told.field.show_pending(typed)

    assert told.values == [read]


@pytest.mark.parametrize("typed", ["abc", "1.2.3", "nan", "inf", str(2**70)])
def test_what_is_no_number_is_refused(make: Make, typed: str) -> None:
    told = make(int)

    told.field.show_pending(typed)

    assert told.values == []
    assert told.field.pending() == typed


def test_a_comma_that_may_mean_thousands_is_not_guessed_at(make: Make) -> None:
    told = make(float)

    told.field.show_pending("1,000")

    assert told.values == []
    assert told.refusals[-1]


def test_arrow_keys_step_from_the_default(make: Make, qtbot: QtBot) -> None:
    told = make(int, default=8)

    qtbot.keyClick(told.field.line, Qt.Key.Key_Up)
    qtbot.keyClick(told.field.line, Qt.Key.Key_PageDown)

    assert told.values == [9, -1]


def test_a_file_in_the_flows_folder_is_named_from_there(
    make: Make, bench: Workbench, tmp_path: Path
) -> None:
    bench.path = tmp_path / "a.flow.json"
    told = make(str, "file")

    told.field.choose(tmp_path / "data" / "in.csv")
    told.field.choose(tmp_path.parent / "out.csv")

    assert told.values == ["data/in.csv", str(tmp_path.parent / "out.csv")]


def test_the_password_of_a_database_stays_out_of_the_flow(make: Make) -> None:
    told = make(str, "connection")

    told.field.show_pending("postgresql://me:secret@host/db")

    assert told.values == []
    assert "secret" in told.refusals[-1]
    told.field.show_pending("postgresql://me@host/db")
    assert told.values == ["postgresql://me@host/db"]


def test_a_connection_of_a_flow_from_elsewhere_is_named(make: Make) -> None:
    told = make(str, "connection", value={"$connection": "orders"})

    assert "orders" in told.field.line.placeholderText()
    assert told.values == []


def test_a_flow_of_the_flow_is_chosen_and_entered(make: Make, bench: Workbench) -> None:
    told = make(str, "flow")
    assert not told.field.enter.isEnabled()

    told.field.box.activated.emit(told.field.box.findText("inner"))
    told.field.show_value("inner")
    told.field.enter.click()

    assert told.values == ["inner"]
    assert bench.level == ("inner",)


def test_a_flow_file_elsewhere_is_refused(make: Make, bench: Workbench, tmp_path: Path) -> None:
    bench.path = tmp_path / "a.flow.json"
    told = make(str, "flow")

    told.field.choose(tmp_path.parent / "b.flow.json")
    assert "folder of this flow" in told.refusals[-1]
    told.field.choose(tmp_path / "b.flow.json")

    assert told.values == ["b.flow.json"]


def test_a_colour_is_a_dot_or_written(make: Make) -> None:
    told = make(str, "colour", default="")
    colour, dot = next(iter(told.field.dots.items()))

    dot.click()
    told.field.show_pending("red")
    told.field.show_pending("#abcdef")

    assert told.values == [colour, "#abcdef"]
    assert any("#rrggbb" in why for why in told.refusals)


@pytest.mark.parametrize("line", [*COMMON.values(), "1,2 3-5 */2 1 0"])
def test_schedules_that_are_fine(line: str) -> None:
    assert fault_in(line) == ""


@pytest.mark.parametrize(("line", "word"), [
    ("* * * *", "five"), ("60 * * * *", "minute"), ("0 9 0 * *", "day"), ("5-1 * * * *", "minute"),
    ("*/0 * * * *", "minute"), ("x * * * *", "minute"),
])  # fmt: skip
def test_schedules_that_are_none_say_which_field(line: str, word: str) -> None:
    assert word in fault_in(line)


def test_a_common_time_is_chosen_by_its_words(make: Make) -> None:
    told = make(str, "schedule")

    told.field.box.activated.emit(told.field.box.findText("Every hour"))

    assert told.values == ["0 * * * *"]


def test_a_schema_is_read_off_a_value() -> None:
    schema: dict[str, Any] = schema_like({"name": "Ann", "tags": ["a", "b"], "age": 3})

    assert schema == {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "string"}},
            "age": {"type": "integer"},
        },
        "required": ["name", "tags", "age"],
    }
