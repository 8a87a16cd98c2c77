"""Validation: report or fail, with the place of each fault."""

import pytest

from graph.blocks.validation import validate
from graph.errors import BadInput

SCHEMA = {"properties": {"age": {"type": "integer", "minimum": 0}}, "required": ["name"]}


def test_what_is_valid_goes_on() -> None:
    verdict = validate({"name": "Ada"}, SCHEMA)

    assert verdict == ({"name": "Ada"}, True, [])


def test_faults_are_reported_with_their_places() -> None:
    verdict = validate({"age": -1}, SCHEMA)

    assert not verdict.valid
    assert {(fault["path"], fault["rule"]) for fault in verdict.errors} == {
        ("age", "minimum"),
        ("", "required"),
    }


def test_faults_may_be_a_failure() -> None:
    with pytest.raises(
        BadInput, match=r'The value: "name" is a required property. age: -1 is less'
    ):
        validate({"age": -1}, SCHEMA, "fail")


def test_a_failure_names_the_first_few() -> None:
    with pytest.raises(BadInput, match="And 3 more"):
        validate([1] * 8, {"items": {"type": "string"}}, "fail")


def test_at_most_a_hundred_faults_are_reported() -> None:
    assert len(validate([1] * 500, {"items": {"type": "string"}}).errors) == 100
