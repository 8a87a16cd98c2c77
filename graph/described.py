"""The type of value that a JSON Schema describes, as far as links can tell types apart."""

from collections.abc import Iterable, Mapping
from typing import Any

from graph.values import ANY, BOOLEAN, INTEGER, NULL, NUMBER, TEXT, ValueType, union

DEEPEST = 16
"""Levels of a schema that are looked at; what lies deeper may be anything."""

_PLAIN = {
    "null": NULL, "boolean": BOOLEAN, "integer": INTEGER, "number": NUMBER, "string": TEXT,
}  # fmt: skip


def type_described(schema: Any, depth: int = 0) -> ValueType:
    """The type of the values that follow a schema: every one of them is of it.

    What says more than types do (`pattern`, `minimum`…) or refers elsewhere is left aside.
    """
    if not isinstance(schema, Mapping) or depth == DEEPEST:
        return ANY
    choices = schema.get("enum")
    if isinstance(choices, list) and choices:
        return _of_choices(choices)
    kinds = schema.get("type")
    if isinstance(kinds, str):
        return _of_kind(kinds, schema, depth)
    if isinstance(kinds, list) and kinds:
        return union(_of_kind(kind, schema, depth) for kind in kinds)
    for word in ("anyOf", "oneOf"):
        if isinstance(branches := schema.get(word), list) and branches:
            return union(type_described(branch, depth + 1) for branch in branches)
    return ANY


def _of_kind(kind: Any, schema: Mapping[str, Any], depth: int) -> ValueType:
    if kind == "array":
        return ValueType("list", item=type_described(schema.get("items"), depth + 1))
    if kind != "object":
        return _PLAIN.get(kind, ANY) if isinstance(kind, str) else ANY
    properties = schema.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    needed = schema.get("required")
    certain = [name for name in needed if name in properties] if isinstance(needed, list) else []
    fields = ((str(name), type_described(properties[name], depth + 1)) for name in certain)
    return ValueType("record", item=ANY, fields=tuple(fields))


def _of_choices(choices: Iterable[Any]) -> ValueType:
    """One of a few values; of values that links know no types for, any."""
    listed = tuple(choices)
    if all(isinstance(one, str) for one in listed):
        return ValueType("text", choices=listed)
    plain = all(one is None or isinstance(one, str | int | float | bool) for one in listed)
    return ValueType("any", choices=listed) if plain else ANY
