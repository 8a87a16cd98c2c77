"""What is drawn is a schema, and a schema is drawn again as long as it says no more."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.presenters.drawn_fields import (
    TYPES,
    Drawn,
    fields_of_schema,
    holds_records,
    schema_of_fields,
    wrong_with,
)
from graph.schemas import faults

NAMES = st.from_regex(r"[a-z]{1,6}", fullmatch=True)


def fields(depth: int = 2) -> st.SearchStrategy[tuple[Drawn, ...]]:
    return st.lists(one(depth), min_size=1, max_size=3, unique_by=lambda drawn: drawn.name).map(
        tuple
    )


def one(depth: int) -> st.SearchStrategy[Drawn]:
    types = [type for type in TYPES if depth or not holds_records(type)]
    return st.builds(
        lambda name, type, means, required, inner: Drawn(
            name, type, means, required,
            ("one", "two") if type == "Choice" else (), inner if holds_records(type) else (),
        ),
        NAMES, st.sampled_from(types), st.sampled_from(["", "What it is"]), st.booleans(),
        fields(depth - 1) if depth else st.just(()),
    )  # fmt: skip


@given(fields())
def test_what_was_drawn_is_drawn_again(drawn: tuple[Drawn, ...]) -> None:
    schema = schema_of_fields(drawn)

    assert fields_of_schema(schema) == drawn
    faults({}, schema)
    assert wrong_with(drawn) == ""


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {"type": "array"},
        {"type": "object", "properties": {"a": {"type": "string", "pattern": "x"}}},
        {"type": "object", "properties": {"a": {"anyOf": []}}},
        {"type": "object", "properties": {"a": {"enum": [1, 2]}}},
        {"type": "object", "properties": {}, "additionalProperties": False},
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"]},
    ],
)
def test_what_says_more_is_written(schema: Any) -> None:
    assert fields_of_schema(schema) is None


def test_a_schema_that_requires_nothing_can_be_drawn() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}

    assert fields_of_schema(schema) == (Drawn("a", required=False),)


@pytest.mark.parametrize(
    ("drawn", "reason"),
    [
        ((Drawn("a"), Drawn("a")), "Two fields"),
        ((Drawn("a", "Choice", choices=("x",)),), "fewer than two choices"),
        ((Drawn("a", "Record", inner=(Drawn("b"), Drawn("b"))),), "Two fields"),
    ],
)
def test_what_is_wrong_is_said(drawn: tuple[Drawn, ...], reason: str) -> None:
    assert reason in wrong_with(drawn)
