"""What a JSON Schema lets through, taken apart into cases: each is records that hold together."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from agents.swarm.schema_validator.json_schema.document import DEEPEST, Document, Part
from graph.errors import BadInput

MOST_CASES = 64
"""With more, alternatives are left out: what remains lets more through, never less."""

TYPES = frozenset({"null", "boolean", "integer", "fraction", "string", "array", "object"})
"""The types of values. A number is an integer or has a fraction."""

ENDLESS = "The schema refers to itself without end, before it says anything of a value."

_FEW: Mapping[str, list[Any]] = {"null": [None], "boolean": [False, True]}

Records = tuple[Mapping[str, Any], ...]


class Case(NamedTuple):
    """Values of one type that all `records` let through; only some `values` where these are few."""

    type: str
    records: Records
    values: tuple[Any, ...] | None


def cases(held: Iterable[Part], document: Document) -> list[Case]:
    """The cases of what all these parts of a schema let through; none if nothing gets through."""
    return [
        Case(name, records, _values(name, records, document))
        for records in _all(held, document, 0)
        for name in sorted(_types(records))
    ]


def _all(parts: Iterable[Part], document: Document, depth: int) -> list[Records]:
    """Ways in which several parts hold at once."""
    ways: list[Records] = [()]
    for part in parts:
        inner = _ways(part, document, depth)
        if len(ways) * len(inner) > MOST_CASES:
            continue
        ways = [one + other for one in ways for other in inner]
    return ways


def _ways(part: Part, document: Document, depth: int) -> list[Records]:
    """Ways in which one part holds: a record of its own, and what it is combined from."""
    if depth > DEEPEST:
        raise BadInput(ENDLESS)
    if isinstance(part, bool):
        return [()] if part else []
    inner = list[Part]()
    if "$ref" in part:
        inner.append(document.target(part["$ref"]))
        if document.old:
            return _all(inner, document, depth + 1)
    inner += part.get("allOf", ())
    ways = [(part, *way) for way in _all(inner, document, depth + 1)]
    for word in ("anyOf", "oneOf"):
        if word not in part:
            continue
        options = [way for option in part[word] for way in _ways(option, document, depth + 1)]
        if len(ways) * len(options) <= MOST_CASES:
            ways = [way + option for way in ways for option in options]
    return ways


def types_of(record: Mapping[str, Any]) -> frozenset[str]:
    """The types that a record's `type` allows."""
    said = record.get("type", TYPES)
    names = {said} if isinstance(said, str) else set(said)
    return frozenset(names - {"number"} | ({"integer", "fraction"} if "number" in names else set()))


def type_of(value: Any) -> str:
    """The type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "fraction"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def _types(records: Records) -> frozenset[str]:
    left = TYPES
    for record in records:
        left &= types_of(record)
        listed = _listed(record)
        if listed is not None:
            left &= {type_of(value) for value in listed}
    return left


def _listed(record: Mapping[str, Any]) -> list[Any] | None:
    if "const" in record:
        return [record["const"]]
    return record.get("enum")


def _values(name: str, records: Records, document: Document) -> tuple[Any, ...] | None:
    """All values of the type that get through, None where they can't be listed."""
    listed = next((one for record in records if (one := _listed(record)) is not None), None)
    few = _FEW.get(name) if listed is None else listed
    if few is None:
        return None
    return tuple(
        value
        for value in few
        if type_of(value) == name and all(document.accepts(record, value) for record in records)
    )
