"""JSON Schema: what is called compatible is let through, and what isn't has a value to show it."""

import copy
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from agents.swarm.schema_validator.json_schema.differences import differences
from agents.swarm.schema_validator.json_schema.document import read_json_schema
from agents.swarm.schema_validator.shapes import Unnamed
from graph.errors import BadInput

NAMES = ("a", "b", "c")


def found(new: Any, old: Any, unnamed: Unnamed = "absent") -> list[tuple[str, str]]:
    """Where values of the old are refused by the new, and by which rule."""
    told = differences(read_json_schema(new), read_json_schema(old), unnamed)
    return [(one.place, one.rule) for one in told]


def record(required: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required or []}


def closed(**properties: Any) -> dict[str, Any]:
    return {**record(**properties), "additionalProperties": False}


TEXT, INTEGER = {"type": "string"}, {"type": "integer"}
BROKEN: dict[str, tuple[Any, Any, str, str, Any]] = {
    "type": (record(a=TEXT), record(a=INTEGER), "/properties/a/type", "type", {"a": "x"}),
    "fraction": ({"type": "number"}, INTEGER, "/type", "type", 1.5),
    "null": ({"type": ["string", "null"]}, TEXT, "/type", "type", None),
    "required": (record(), record(["a"], a=TEXT), "/required", "required", {}),
    "enum": ({"enum": ["x", "y"]}, {"enum": ["x"]}, "/enum", "enum", "y"),
    "new enum": (TEXT, {"type": "string", "enum": ["x"]}, "/enum", "enum", "y"),
    "const": ({"const": 1}, {"const": True}, "/const", "const", 1),
    "minimum": ({"minimum": 1}, {"minimum": 2}, "/minimum", "minimum", 1),
    "exclusive": (
        {"type": "number", "minimum": 1}, {"type": "number", "exclusiveMinimum": 1},
        "/exclusiveMinimum", "exclusiveMinimum", 1,
    ),
    "maximum": ({"maximum": 3}, {"exclusiveMaximum": 3}, "/exclusiveMaximum",
                "exclusiveMaximum", 3),
    "multiple": (INTEGER, {"type": "integer", "multipleOf": 2}, "/multipleOf", "multipleOf", 1),
    "length": (TEXT, {"type": "string", "maxLength": 2}, "/maxLength", "maxLength", "xyz"),
    "pattern": (TEXT, {"type": "string", "pattern": "^x"}, "/pattern", "pattern", "y"),
    "format": (TEXT, {"type": "string", "format": "date"}, "/format", "format", "y"),
    "items": ({"type": "array"}, {"type": "array", "items": TEXT}, "/items/type", "type", [1]),
    "unique": ({"type": "array"}, {"type": "array", "uniqueItems": True},
               "/uniqueItems", "uniqueItems", [1, 1]),
    "prefix": (
        {"type": "array", "items": TEXT},
        {"type": "array", "prefixItems": [INTEGER], "items": TEXT},
        "/prefixItems/0/type", "type", ["x"],
    ),
    "removed": (closed(a=TEXT, b=TEXT), closed(a=TEXT), "/additionalProperties",
                "property_removed", {"b": "x"}),
    "closed map": ({"type": "object", "additionalProperties": TEXT}, closed(a=TEXT),
                   "/additionalProperties", "property_removed", {"b": "x"}),
    "map": (
        {"type": "object", "additionalProperties": TEXT},
        {"type": "object", "additionalProperties": INTEGER},
        "/additionalProperties/type", "type", {"b": "x"},
    ),
    "by pattern": (
        record(x_a=TEXT), {"type": "object", "patternProperties": {"^x_": INTEGER}},
        "/patternProperties/^x_/type", "type", {"x_a": "y"},
    ),
    "option": ({"anyOf": [TEXT, INTEGER]}, {"anyOf": [TEXT, {"type": "null"}]},
               "/anyOf", "anyOf", 1),
    "one of several": (INTEGER, {"oneOf": [INTEGER, {"type": "number"}]}, "/oneOf", "oneOf", 1),
    "all": (TEXT, {"allOf": [TEXT, {"minLength": 1}]}, "/allOf/1/minLength", "minLength", ""),
    "not": ({}, {"not": TEXT}, "/not", "not", "x"),
    "names": ({"type": "object"}, {"propertyNames": {"maxLength": 1}}, "/propertyNames",
              "propertyNames", {"xy": 1}),
    "false": (record(a=TEXT), record(a=False), "/properties/a", "false", {"a": "x"}),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "rule", "value"), BROKEN.values(), ids=BROKEN)
def test_what_breaks_is_named_with_its_place_and_a_value_shows_it(
    old: Any, new: Any, place: str, rule: str, value: Any
) -> None:
    assert (place, rule) in found(new, old)
    assert jsonschema_rs.is_valid(old, value)
    assert not jsonschema_rs.is_valid(new, value, validate_formats=True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (record(["a"], a=TEXT), record(a={"type": ["string", "null"]}, b=INTEGER)),
        (record(a=INTEGER), record(a={"type": "number"})),
        (closed(a=TEXT), closed(a=TEXT, b=TEXT)),
        ({"enum": ["x"]}, TEXT),
        ({"type": "integer", "minimum": 1}, {"type": "integer", "exclusiveMinimum": 0}),
        ({"type": "integer", "multipleOf": 6}, {"type": "integer", "multipleOf": 3}),
        (TEXT, {"anyOf": [INTEGER, TEXT]}),
        ({"type": ["string", "null"]}, {"oneOf": [TEXT, {"type": "null"}]}),
        ({"allOf": [record(a=TEXT), record(["a"])]}, record(["a"], a=TEXT)),
        ({"type": "boolean"}, {"enum": [True, False]}),
        ({"type": "array", "items": TEXT, "maxItems": 1}, {"type": "array", "uniqueItems": True}),
        ({"pattern": "^x", "type": "string"}, {"pattern": "^x"}),
    ],
)
def test_what_widens_is_compatible(old: Any, new: Any) -> None:
    assert found(new, old) == []


def test_a_new_property_is_safe_only_while_nobody_wrote_what_was_not_named() -> None:
    old, new = record(a=TEXT), record(a=TEXT, b=TEXT)

    assert found(new, old, "absent") == []
    assert found(new, old, "possible") == [("/properties/b", "property_added")]
    assert jsonschema_rs.is_valid(old, {"b": 1})
    assert not jsonschema_rs.is_valid(new, {"b": 1})


def test_a_schema_that_refers_to_itself_is_compared_to_its_end() -> None:
    def tree(value: Any) -> Any:
        node = closed(value=value, kids={"type": "array", "items": {"$ref": "#/$defs/node"}})
        return {"$ref": "#/$defs/node", "$defs": {"node": node}}

    assert found(tree({"type": "number"}), tree(INTEGER)) == []
    assert ("/properties/value/type", "type") in found(tree(INTEGER), tree({"type": "number"}))


def test_drafts_are_not_compared_with_each_other() -> None:
    old = {"$schema": "http://json-schema.org/draft-07/schema#", "type": "string"}

    assert found(TEXT, old) == [("/$schema", "draft")]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "strin"}, "at 'type'"),
        ([], "is a record"),
        ({"$ref": "https://example.org/x"}, "not present"),
    ],
)
def test_what_is_no_schema_is_refused(schema: Any, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_json_schema(schema)


def test_a_reference_that_goes_round_without_a_value_is_refused() -> None:
    with pytest.raises(BadInput, match="without end"):
        found({"anyOf": [{"$ref": "#"}]}, TEXT)


SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([{}, True, TEXT, INTEGER, {"type": "number"}, {"type": "boolean"},
                     {"type": ["string", "null"]}, {"enum": ["x", 1, None]}, {"const": "x"}]),
    st.builds(lambda n, w: {"type": "integer", w: n}, st.integers(-3, 3),
              st.sampled_from(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"])),
    st.builds(lambda n: {"type": "integer", "multipleOf": n}, st.integers(1, 4)),
    st.builds(lambda n, w: {"type": "string", w: n}, st.integers(0, 3),
              st.sampled_from(["minLength", "maxLength"])),
)  # fmt: skip


def _composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    properties = st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
    return st.one_of(
        st.builds(
            lambda given, required, further: {
                "type": "object", "properties": given, "required": sorted(required), **further,
            },
            properties,
            st.sets(st.sampled_from(NAMES), max_size=2),
            st.sampled_from([{}, {}, {"additionalProperties": False},
                             {"additionalProperties": INTEGER}]),
        ),
        st.builds(lambda one: {"type": "array", "items": one, "maxItems": 3}, inner),
        st.builds(lambda one, other: {"anyOf": [one, other]}, inner, inner),
        st.builds(lambda one, other: {"oneOf": [one, other]}, inner, inner),
        st.builds(lambda one, other: {"allOf": [one, other]}, inner, inner),
    )  # fmt: skip


SCHEMAS = st.recursive(SCALARS, _composed, max_leaves=4)


def _shut(schema: Any) -> Any:
    """The schema with values that hold what it names, and nothing else."""
    if isinstance(schema, list):
        return [_shut(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _shut(inner) for key, inner in schema.items()}
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        named = dict.fromkeys(schema["required"], True) | made["properties"]
        return {**made, "properties": named, "additionalProperties": False}
    return made


@st.composite
def edited(draw: st.DrawFn) -> tuple[Any, Any]:
    """A schema, and one that is like it but for a part."""
    old = draw(SCHEMAS)
    new = copy.deepcopy(old)
    spots = [new]
    for spot in spots:
        inner = spot.values() if isinstance(spot, dict) else spot if isinstance(spot, list) else ()
        spots += [one for one in inner if isinstance(one, dict)]
    spot = draw(st.sampled_from(spots))
    if isinstance(spot, dict):
        other = draw(SCHEMAS)
        if draw(st.booleans()) and isinstance(spot.get("required"), list):
            spot["required"] = spot["required"][1:]
        elif isinstance(other, dict) and "properties" not in spot:
            spot.clear()
            spot |= draw(st.sampled_from([other, {"anyOf": [copy.deepcopy(old), other]}]))
    return old, new


def _is_schema(schema: Any) -> bool:
    try:
        read_json_schema(schema)
    except BadInput:
        return False
    return True


PLAIN: list[Any] = [None, True, False, *range(-4, 9), 1.5, -0.5, "", "x", "ab", "abcd"]
SMALL: list[Any] = [None, True, 0, 2, 3, 1.5, "x", "abcd", [], {}]
VALUES: list[Any] = [
    *PLAIN,
    *([one] for one in PLAIN),
    *([one, other] for one in SMALL for other in SMALL),
    {}, [[1]], [[[]]], {"a": {"a": 1}}, {"a": {"b": "x"}}, {"a": ["x"]}, {"b": {}}, [{"a": 1}],
    *({name: one} for name in (*NAMES, "d") for one in PLAIN),
    *({"a": one, "b": other} for one in SMALL for other in SMALL),
    *({"a": one, "b": one, "c": other} for one in SMALL for other in SMALL),
]  # fmt: skip
"""Values of which some fit nearly every schema made here, and some break it."""


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(pair=edited())
@pytest.mark.parametrize("unnamed", ["absent", "possible"])
def test_what_the_old_lets_through_the_new_does_where_they_are_called_compatible(
    unnamed: Unnamed, pair: tuple[Any, Any]
) -> None:
    old, new = pair
    assume(_is_schema(old) and _is_schema(new) and old != new)
    assume(found(new, old, unnamed) == [])
    writer, reader = jsonschema_rs.validator_for(old), jsonschema_rs.validator_for(new)
    # Inside of oneOf, what is shut lets through more: a value has to fit both.
    named = jsonschema_rs.validator_for(_shut(old) if unnamed == "absent" else old)

    written = (value for value in VALUES if named.is_valid(value) and writer.is_valid(value))
    refused = [value for value in written if not reader.is_valid(value)]

    assert refused == []
