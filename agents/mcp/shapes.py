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

MOST_LOOKED_AT = 2_000
"""Schemas that are looked at in one: those that refer to others could be without number."""

_KINDS = {
    "null": NULL,
    "boolean": BOOLEAN,
    "integer": INTEGER,
    "number": NUMBER,
    "string": TEXT,
    "array": LIST,
    "object": RECORD,
}


def type_from(schema: Any, root: Mapping[str, Any] | None = None) -> ValueType:
    """The type of the values that a schema allows; never narrower than the schema.

    `root` is the schema that a `$ref` inside refers to.
    """
    return Types(schema if root is None else root).of(schema)


class Types:
    """The types of what is in one schema, of which no more than a bearable part is looked at."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._left = MOST_LOOKED_AT

    def of(self, schema: Any) -> ValueType:
        """See `type_from`."""
        return self._type(schema, 0)

    def _type(self, schema: Any, depth: int) -> ValueType:
        self._left -= 1
        if not isinstance(schema, Mapping) or depth > DEEPEST or self._left < 0:
            return ANY
        if "$ref" in schema:
            return self._type(self._referred(schema["$ref"]), depth + 1)
        if "const" in schema or "enum" in schema:
            return _choices([schema["const"]] if "const" in schema else schema["enum"])
        for word in ("anyOf", "oneOf"):
            if word in schema:
                return self._any_of(schema[word], depth)
        kind = schema.get("type")
        if isinstance(kind, list):
            return self._any_of([{**schema, "type": one} for one in kind], depth)
        if kind == "array":
            return ValueType("list", item=self._type(schema.get("items"), depth + 1))
        if kind == "object":
            return self._record(schema, depth)
        return _KINDS.get(kind, ANY) if isinstance(kind, str) else ANY

    def _referred(self, reference: Any) -> Any:
        """The part of the root that a reference means, None for any other."""
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return None
        found: Any = self._root
        for step in reference[2:].split("/"):
            found = found.get(step) if isinstance(found, Mapping) else None
        return found

    def _any_of(self, schemas: Any, depth: int) -> ValueType:
        if not isinstance(schemas, list) or not 0 < len(schemas) <= MOST:
            return ANY
        return union(self._type(one, depth + 1) for one in schemas)

    def _record(self, schema: Mapping[str, Any], depth: int) -> ValueType:
        properties, required = schema.get("properties"), schema.get("required")
        if not properties:
            others = self._type(schema.get("additionalProperties"), DEEPEST)
            return ValueType("record", item=others)
        if not isinstance(properties, Mapping) or not isinstance(required, list):
            return RECORD
        wanted = frozenset(name for name in required if isinstance(name, str))
        certain = tuple(
            (name, self._type(one, depth + 1)) for name, one in properties.items() if name in wanted
        )
        return ValueType("record", item=ANY, fields=certain)


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
