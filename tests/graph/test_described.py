"""What a schema describes has a type on a link."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.described import type_described
from graph.values import ANY, INTEGER, NUMBER, TEXT, ValueType, mismatch, schema_of


@pytest.mark.parametrize(
    ("schema", "type"),
    [
        ({}, ANY),
        (True, ANY),
        ({"type": "integer"}, INTEGER),
        ({"type": "array", "items": {"type": "string"}}, ValueType("list", item=TEXT)),
        ({"enum": ["a", "b"]}, ValueType("text", choices=("a", "b"))),
        ({"type": ["string", "number"]}, ValueType("union", members=(TEXT, NUMBER))),
        (
            {"type": "object", "properties": {"a": {"type": "string"}, "b": {}}, "required": ["a"]},
            ValueType("record", item=ANY, fields=(("a", TEXT),)),
        ),
        ({"$ref": "#/$defs/other"}, ANY),
        ({"type": 7, "properties": "no"}, ANY),
    ],
)
def test_types_by_schema(schema: Any, type: ValueType) -> None:
    assert type_described(schema) == type


@given(st.sampled_from([TEXT, INTEGER, NUMBER, ValueType("list", item=TEXT)]))
def test_the_schema_of_a_type_describes_it(type: ValueType) -> None:
    assert type_described(schema_of(type)) == type


def test_a_value_that_follows_the_schema_is_of_the_type() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "number"}}, "required": ["n"]}

    assert mismatch(type_described(schema), {"n": 1, "more": "x"}) == ""
    assert "needs 'n'" in mismatch(type_described(schema), {})
