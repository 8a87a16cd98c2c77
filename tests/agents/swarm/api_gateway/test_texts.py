"""Values in paths, queries and headers are what their schema says, or stay text to be refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.swarm.api_gateway.texts import is_list, reader_of

WHOLE = {"type": "integer"}


@pytest.mark.parametrize(
    ("schema", "texts", "value"),
    [
        (WHOLE, ["7"], 7),
        (WHOLE, ["-3"], -3),
        (WHOLE, ["7.5"], "7.5"),
        (WHOLE, ["007"], "007"),
        (WHOLE, ["9" * 40], "9" * 40),
        ({"type": "number"}, ["1.5e3"], 1500.0),
        ({"type": "number"}, ["2"], 2),
        ({"type": "number"}, ["1e999"], "1e999"),
        ({"type": "number"}, ["nan"], "nan"),
        ({"type": "boolean"}, ["true"], True),
        ({"type": "boolean"}, ["yes"], "yes"),
        ({"type": "string"}, ["7"], "7"),
        ({}, ["7"], "7"),
        ({"type": ["integer", "null"]}, [""], None),
        ({"anyOf": [WHOLE, {"type": "null"}]}, ["3"], 3),
        ({"anyOf": [WHOLE, {"type": "string"}]}, ["3"], "3"),
        ({"enum": [1, 2]}, ["2"], 2),
        ({"const": True}, ["true"], True),
        ({"type": "array", "items": WHOLE}, ["1", "2"], [1, 2]),
        ({"type": "array"}, ["a"], ["a"]),
        ({"type": "object"}, ['{"a": 1}'], {"a": 1}),
        ({"type": "object"}, ["[1]"], "[1]"),
        ({"type": "object"}, ["{"], "{"),
    ],
)
def test_a_text_becomes_what_the_schema_wants(
    schema: dict[str, Any], texts: list[str], value: Any
) -> None:
    read = reader_of(schema)(texts)

    assert (read, type(read)) == (value, type(value))


@given(st.text(), st.sampled_from(["integer", "number", "boolean", "null", "object", "array"]))
def test_no_text_is_too_strange_to_be_read(text: str, kind: str) -> None:
    reader_of({"type": kind})([text])


def test_only_lists_are_given_several_times() -> None:
    assert is_list({"type": "array"})
    assert not is_list({"type": ["array", "string"]})
    assert not is_list({})
