"""Schemas from strangers: nothing is fetched, nothing hangs, faults are named with their place."""

import datetime
import time
from typing import Any

import pytest

from graph.errors import BadInput
from graph.schema_cost import is_cheap
from graph.schemas import faults

TREE = {
    "type": "object",
    "properties": {"children": {"items": {"$ref": "#"}}, "name": {"type": "string"}},
    "required": ["name"],
}
DOCUMENT = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "oneOf": [
        {
            "properties": {"type": {"const": kind}, "content": {"items": {"$ref": "#"}}},
            "required": ["type"],
        }
        for kind in ("text", "list", "table", "row", "cell")
    ],
}
"""Leads back into itself in five places, as the schemas of documents do."""


def laughs(levels: int) -> dict[str, Any]:
    """Each level refers to the next one twice: 2**levels ways to the same string."""
    twice = {
        f"a{i}": {"anyOf": [{"$ref": f"#/$defs/a{i - 1}"}, {"$ref": f"#/$defs/a{i - 1}"}]}
        for i in range(1, levels)
    }
    return {"$defs": {"a0": {"type": "string"}, **twice}, "$ref": f"#/$defs/a{levels - 1}"}


def deep(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


def nested(depth: int) -> dict[str, Any]:
    return {"type": "cell"} if not depth else {"type": "row", "content": [nested(depth - 1)] * 2}


def test_a_valid_value_has_no_faults() -> None:
    assert faults(1, {"$ref": "#"}) == []
    assert faults({"name": "a", "children": [{"name": "b"}]}, TREE) == []
    assert faults(nested(3), DOCUMENT) == []
    assert faults(1, True) == []


def test_every_fault_comes_with_its_place() -> None:
    found = faults({"name": 3, "children": [{"name": "b"}, {}]}, TREE)

    assert {(fault["path"], fault["rule"]) for fault in found} == {
        ("name", "type"),
        ("children[1]", "required"),
    }


def test_a_schema_that_refers_to_itself_a_lot_still_finds_faults() -> None:
    broken = {"type": "row", "content": [{"type": "nonsense"}]}

    assert not is_cheap(DOCUMENT)
    assert [fault["rule"] for fault in faults(broken, DOCUMENT)] == ["oneOf"]


def test_times_and_bytes_count_as_the_texts_json_makes_of_them() -> None:
    moment = datetime.datetime(2026, 5, 3, tzinfo=datetime.UTC)

    assert faults({"at": moment, 1: b"x"}, {"properties": {"at": {"format": "date-time"}}}) == []


def test_no_more_faults_are_named_than_asked_for() -> None:
    assert len(faults([1] * 50, {"items": {"type": "string"}}, most=3)) == 3


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (["x" * 10_000], 'This list is not of type "integer".'),
        ({}, 'This record is not of type "integer".'),
        (None, 'null is not of type "integer".'),
        (False, 'false is not of type "integer".'),
        ("1", '"1" is not of type "integer".'),
    ],
)
def test_a_message_names_small_values_and_the_kind_of_others(value: Any, message: str) -> None:
    (fault,) = faults(value, {"type": "integer"})

    assert fault["message"] == message


def test_a_long_message_is_cut_short() -> None:
    (fault,) = faults(1, {"enum": ["x" * 10_000]})
    (other,) = faults("x" * 10_000, {"type": "integer"})

    assert len(fault["message"]) < 250
    assert len(other["message"]) < 100


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "http://127.0.0.1:9/schema.json"},
        {"$ref": "file:///etc/passwd"},
        {"properties": {"a": {"$ref": "other.json"}}},
        {"$schema": "http://127.0.0.1:9/meta"},
        {"$id": "http://127.0.0.1:9/", "items": {"$ref": "x"}},
        {"$ref": "#/$defs/missing"},
        {"type": "strng"},
        {"pattern": "("},
        {"properties": []},
    ],
)
def test_a_schema_that_is_wrong_or_refers_outside_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="The schema"):
        faults({"a": 1}, schema)


def test_a_schema_that_is_wrong_names_what_it_says_there() -> None:
    with pytest.raises(BadInput, match=r"at 'type': .objekt. is not valid"):
        faults({}, {"type": "objekt"})


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (laughs(60), 1),
        ({"allOf": [{"$ref": "#"}, {"$ref": "#"}]}, 1),
        ({"items": {"anyOf": [{"$ref": "#"}] * 3, "minItems": 1}}, deep(40)),
        ({"$dynamicAnchor": "x", "items": {"allOf": [{"$dynamicRef": "#x"}] * 3}}, deep(40)),
    ],
)
def test_a_schema_that_explodes_is_stopped(schema: dict[str, Any], value: Any) -> None:
    began = time.process_time()

    with pytest.raises(BadInput, match=r"takes too long|nested too deeply"):
        faults(value, schema)

    assert time.process_time() - began < 10


def test_a_value_or_schema_of_bottomless_depth_is_refused() -> None:
    with pytest.raises(BadInput):
        faults(deep(100_000), {"items": {"$ref": "#"}})
    with pytest.raises(BadInput):
        faults(1, {"allOf": deep(5000)})


def test_patterns_are_bounded_whichever_validator_runs() -> None:
    hostile = {"pattern": "^(a|a)+$", "items": {"$ref": "#"}, "contains": {"$ref": "#"}}

    with pytest.raises(BadInput, match="took more than"):
        faults("a" * 60 + "b", hostile)
    assert faults("a" * 60 + "b", {"pattern": "^(a|a)+$"})
