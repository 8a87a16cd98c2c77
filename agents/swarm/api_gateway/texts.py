"""Values out of the texts that paths, queries and headers hold, as a schema wants them."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z")
LONGEST_NUMBER = 64

Read = Callable[[Sequence[str]], Any]
"""Makes a value of what was given under one name; what can't be read stays text, to be refused."""


def reader_of(schema: Mapping[str, Any]) -> Read:
    """How values of a schema are read."""
    kinds = kinds_of(schema)
    if "array" in kinds and "string" not in kinds:
        one = reader_of(items) if isinstance(items := schema.get("items"), Mapping) else _last
        return lambda texts: [one((text,)) for text in texts]
    ways = [way for kind, way in _WAYS.items() if kind in kinds]
    if "string" in kinds or not ways:
        return _last
    return lambda texts: _first_that_reads(ways, texts[-1])


def is_list(schema: Mapping[str, Any]) -> bool:
    """Whether a name may be given several times."""
    kinds = kinds_of(schema)
    return "array" in kinds and "string" not in kinds


def kinds_of(schema: Mapping[str, Any]) -> frozenset[str]:
    """The types that a schema lets through; none where it doesn't say."""
    said = schema.get("type")
    if isinstance(said, str):
        return frozenset((said,))
    if isinstance(said, list | tuple):
        return frozenset(said)
    if "enum" in schema or "const" in schema:
        return frozenset(map(_kind, schema.get("enum", [schema.get("const")])))
    options = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    found = [kinds_of(option) for option in options if isinstance(option, Mapping)]
    return frozenset().union(*found) if found and all(found) else frozenset()


def _kind(value: Any) -> str:
    names: Mapping[type[Any], str] = {
        bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null",
    }  # fmt: skip
    return names.get(type(value), "object")


def _last(texts: Sequence[str]) -> str:
    return texts[-1]


def _first_that_reads(ways: Sequence[Callable[[str], Any]], text: str) -> Any:
    for way in ways:
        value = way(text)
        if value is not text:
            return value
    return text


def _whole(text: str) -> Any:
    return int(text) if WHOLE.match(text) else text


def _number(text: str) -> Any:
    if len(text) > LONGEST_NUMBER or not NUMBER.match(text):
        return text
    value = float(text)
    return value if math.isfinite(value) else text


def _boolean(text: str) -> Any:
    return {"true": True, "false": False}.get(text, text)


def _nothing(text: str) -> Any:
    return None if text in ("", "null") else text


def _record(text: str) -> Any:
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text
    return value if isinstance(value, dict) else text


_WAYS: Mapping[str, Callable[[str], Any]] = {
    "integer": _whole,
    "number": lambda text: value if (value := _whole(text)) is not text else _number(text),
    "boolean": _boolean,
    "null": _nothing,
    "object": _record,
}
