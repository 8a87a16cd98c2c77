"""From the common model to JSON Schema."""

from collections.abc import Mapping
from typing import Any

import msgspec

from agents.swarm.schema_validator.json_schema.document import NEWEST
from agents.swarm.schema_validator.transform.model import (
    Choice,
    Either,
    Field,
    Kind,
    ListOf,
    MapOf,
    Named,
    Record,
    Scalar,
    Type,
)

SIMPLE: Mapping[Kind, Mapping[str, Any]] = {
    "null": {"type": "null"},
    "boolean": {"type": "boolean"},
    "int32": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "int64": {"type": "integer"},
    "float": {"type": "number"},
    "double": {"type": "number"},
    "text": {"type": "string"},
    "timestamp": {"type": "string", "format": "date-time"},
    "bytes": {"type": "string", "contentEncoding": "base64"},
    "any": {},
}


def written(model: Type) -> dict[str, Any]:
    """The model as a JSON Schema. Records that are named elsewhere stand under `$defs`."""
    writing = _Writing(model)
    root = writing.part(model)
    return {"$schema": NEWEST, **root, **({"$defs": writing.shared} if writing.shared else {})}


class _Writing:
    def __init__(self, model: Type) -> None:
        self._named = _names_in(model)
        self.shared = dict[str, Any]()

    def part(self, part: Type) -> dict[str, Any]:
        """A type."""
        match part:
            case Scalar(kind=kind):
                return dict(SIMPLE[kind])
            case Choice():
                return {"type": "string", "enum": list(part.values)}
            case ListOf():
                return {"type": "array", "items": self.part(part.item)}
            case MapOf():
                return {"type": "object", "additionalProperties": self.part(part.value)}
            case Either():
                return {"anyOf": [self.part(option) for option in part.options]}
            case Named():
                return {"$ref": f"#/$defs/{part.name}"}
            case Record():
                return self._record(part)

    def _record(self, record: Record) -> dict[str, Any]:
        made: dict[str, Any] = {"type": "object", "title": record.name}
        if record.doc:
            made["description"] = record.doc
        made["properties"] = {field.name: self._field(field) for field in record.fields}
        if required := [field.name for field in record.fields if field.required]:
            made["required"] = required
        if not record.open:
            made["additionalProperties"] = False
        if record.name not in self._named:
            return made
        self.shared[record.name] = made
        return {"$ref": f"#/$defs/{record.name}"}

    def _field(self, field: Field) -> dict[str, Any]:
        made = self.part(field.type)
        if field.default is not msgspec.UNSET:
            made["default"] = field.default
        if field.doc:
            made["description"] = field.doc
        return made


def _names_in(part: Type) -> set[str]:
    """The names that are used beside where they are defined."""
    match part:
        case Named():
            return {part.name}
        case ListOf(item=inner) | MapOf(value=inner):
            return _names_in(inner)
        case Either():
            return set[str]().union(*map(_names_in, part.options))
        case Record():
            return set[str]().union(*(_names_in(field.type) for field in part.fields))
        case _:
            return set()
