"""An answer is bent to its schema only where one thing can have been meant."""

from typing import Any

import pytest

from agents.llm.fitting import fitted, suits, unwrapped

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer"},
        "mood": {"enum": ["calm", "very angry"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "height": {"type": ["number", "null"]},
        "member": {"type": "boolean"},
    },
    "required": ["name"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"name": "Ada", "age": "36"}, {"name": "Ada", "age": 36}),
        ({"name": "Ada", "age": 36.0}, {"name": "Ada", "age": 36}),
        ({"name": 7}, {"name": "7"}),
        ({"name": "Ada", "mood": "Very_Angry"}, {"name": "Ada", "mood": "very angry"}),
        ({"name": "Ada", "tags": "maths"}, {"name": "Ada", "tags": ["maths"]}),
        ({"name": "Ada", "height": "1.65"}, {"name": "Ada", "height": 1.65}),
        ({"name": "Ada", "height": "null"}, {"name": "Ada", "height": None}),
        ({"name": "Ada", "member": "Yes"}, {"name": "Ada", "member": True}),
        ({"Name": "Ada"}, {"name": "Ada"}),
        ({"name": "Ada", "age": None}, {"name": "Ada"}),
        ({"name": "Ada", "shoe size": 38}, {"name": "Ada"}),
    ],
)
def test_what_can_only_mean_one_thing_is_mended(given: Any, meant: Any) -> None:
    assert fitted(given, PERSON) == meant
    assert suits(meant, PERSON)


@pytest.mark.parametrize(
    "given",
    [
        {"name": "Ada", "age": "about 36"},
        {"name": "Ada", "age": 36.5},
        {"name": "Ada", "mood": "cross"},
        {"name": "Ada", "member": "perhaps"},
        {"age": 36},
        "Ada",
    ],
)
def test_what_may_mean_several_is_left_to_be_found_wrong(given: Any) -> None:
    assert not suits(fitted(given, PERSON), PERSON)


def test_of_alternatives_the_first_that_takes_it_decides() -> None:
    schema = {"anyOf": [{"type": "integer"}, {"type": "string"}]}

    assert fitted("12", schema) == "12"
    assert fitted("12", {"anyOf": [{"type": "integer"}, {"type": "null"}]}) == 12


@pytest.mark.parametrize("given", [{"answer": {"name": "Ada"}}, [{"name": "Ada"}]])
def test_a_record_is_taken_out_of_what_it_was_put_into(given: Any) -> None:
    assert unwrapped(given, PERSON) == {"name": "Ada"}


def test_several_records_are_not_taken_for_one() -> None:
    two = [{"name": "Ada"}, {"name": "Bob"}]

    assert unwrapped(two, PERSON) == two
