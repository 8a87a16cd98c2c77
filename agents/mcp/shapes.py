"""What JSON Schemas allow, as types of values on links; whatever doesn't map is any value."""

from collections.abc import Mapping
from typing import Any

from graph.values import (
    ANY,
    BOOLEAN,
    INTEGER,
    LIST,
    NULL,
    NUMBER,
    RECORD,
    TEXT,
    ValueType,
    union,
)

DEEPEST = 6
"""Schemas inside schemas that are looked into."""

MOST = 12
"""Alternatives that are told apart."""

_KINDS = {
    "null": NULL,
    "boolean": BOOLEAN,
    "integer": INTEGER,
    "number": NUMBER,
    "string": TEXT,
    "array": LIST,
    "object": RECORD,
}


def type_from(schema: Any, root: Mapping[str, Any] | None = None, depth: int = 0) -> ValueType:
    """The type of the values that a schema allows; never narrower than the schema.

    `root` is the schema that a `$ref` inside refers to.
    """
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return ANY
    root = schema if root is None else root
    if "$ref" in schema:
        return type_from(_referred(schema["$ref"], root), root, depth + 1)
    if "const" in schema or "enum" in schema:
        return _choices([schema["const"]] if "const" in schema else schema["enum"])
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return _any_of(schema[word], root, depth)
    kind = schema.get("type")
    if isinstance(kind, list):
        return _any_of([{**schema, "type": one} for one in kind], root, depth)
    if kind == "array":
        return ValueType("list", item=type_from(schema.get("items"), root, depth + 1))
    if kind == "object":
        return _record(schema, root, depth)
    return _KINDS.get(kind, ANY) if isinstance(kind, str) else ANY


def _referred(reference: Any, root: Mapping[str, Any]) -> Any:
    """The part of the root that a reference means, None for any other."""
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return None
    found: Any = root
    for step in reference[2:].split("/"):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _choices(values: Any) -> ValueType:
    if not isinstance(values, list) or not all(
        value is None or isinstance(value, str | int | float) for value in values
    ):
        return ANY
    kinds = {_kind_of(value) for value in values}
    if len(values) > 100 or not values:
        return union(kinds) if kinds else ANY
    return ValueType(kinds.pop().kind if len(kinds) == 1 else "any", choices=tuple(values))


def _kind_of(value: object) -> ValueType:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int):
        return INTEGER
    return TEXT if isinstance(value, str) else NUMBER


def _any_of(schemas: Any, root: Mapping[str, Any], depth: int) -> ValueType:
    if not isinstance(schemas, list) or not 0 < len(schemas) <= MOST:
        return ANY
    return union(type_from(one, root, depth + 1) for one in schemas)


def _record(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> ValueType:
    properties, required = schema.get("properties"), schema.get("required")
    if not properties:
        others = type_from(schema.get("additionalProperties"), root, DEEPEST)
        return ValueType("record", item=others)
    if not isinstance(properties, Mapping) or not isinstance(required, list):
        return RECORD
    certain = tuple(
        (str(name), type_from(one, root, depth + 1))
        for name, one in properties.items()
        if name in required
    )
    return ValueType("record", item=ANY, fields=certain)
