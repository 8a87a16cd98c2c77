import pytest

from app.presenters.input_form import Asked, NoValue, asked, meant, values_of
from graph.flow import Block
from graph.values import ANY, BOOLEAN, INTEGER, NUMBER, RECORD, TABLE, TEXT, ValueType


def one(kind: ValueType, text: str = "", *, required: bool = False) -> Asked:
    return Asked("n", "Name", kind, "", required, text, "")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (TEXT, "12", "12"),
        (INTEGER, "12", 12),
        (INTEGER, "12.0", 12),
        (NUMBER, "1.5", 1.5),
        (BOOLEAN, "true", True),
        (RECORD, '{"a": 1}', {"a": 1}),
        (TABLE, '[{"a": 1}]', [{"a": 1}]),
        (ANY, "[1, 2]", [1, 2]),
        (ANY, "just words", "just words"),
    ],
)
def test_a_text_means_a_value_of_the_type_that_is_wanted(
    kind: ValueType, text: str, value: object
) -> None:
    assert meant(one(kind), text) == value


@pytest.mark.parametrize(
    ("kind", "text"), [(INTEGER, "twelve"), (INTEGER, "1.5"), (RECORD, "[1]"), (TABLE, "{oops")]
)
def test_what_is_no_such_value_is_refused_by_name(kind: ValueType, text: str) -> None:
    with pytest.raises(NoValue, match="Name must be") as refused:
        values_of([(one(kind), text)])

    assert refused.value.field == "n"


def test_an_empty_field_leaves_the_default_and_a_required_one_is_asked_for() -> None:
    assert values_of([(one(NUMBER), "")]) == {}
    assert values_of([(one(TEXT, "was there"), "")]) == {"n": ""}
    with pytest.raises(NoValue, match="has to be given"):
        values_of([(one(TEXT, required=True), "")])


def test_values_given_before_are_offered_if_they_still_fit() -> None:
    inputs = {
        "count": Block("a", "flow.input", {"name": "count", "type": "integer", "default": 3}),
        "who": Block("b", "flow.input", {"name": "who", "type": "text"}, title="Who"),
    }

    count, who = asked(inputs, {"count": "many", "who": "Ada"})

    assert (count.text, count.title, count.shown_when_empty) == ("3", "count", "3")
    assert (who.text, who.title) == ("Ada", "Who")
