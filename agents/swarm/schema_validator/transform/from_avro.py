"""From Avro to the common model."""

from collections.abc import Mapping
from typing import Any

import msgspec

from agents.swarm.schema_validator.avro.reading import AvroSchema
from agents.swarm.schema_validator.transform.model import (
    ANY,
    Choice,
    Field,
    Kind,
    ListOf,
    Losses,
    MapOf,
    Named,
    Record,
    Scalar,
    Type,
    either,
)

SIMPLE: Mapping[str, Kind] = {
    "null": "null", "boolean": "boolean", "int": "int32", "long": "int64",
    "float": "float", "double": "double", "string": "text", "bytes": "bytes",
}  # fmt: skip


def model_of(schema: AvroSchema, losses: Losses) -> Type:
    """The common model of an Avro schema."""
    return _Reading(schema, losses).part(schema.root, "")


class _Reading:
    def __init__(self, schema: AvroSchema, losses: Losses) -> None:
        self._schema = schema
        self._losses = losses
        self._seen = set[str]()

    def part(self, part: Any, place: str) -> Type:
        """The type of a part."""
        if isinstance(part, list):
            return either(tuple(self.part(option, place) for option in part))
        if isinstance(part, str):
            if part in SIMPLE:
                return Scalar(SIMPLE[part])
            known = self._schema.named.get(part)
            if known is not None and known["type"] == "record":
                return Named(_last(part))
            return ANY if known is None else self._defined(known, place)
        return self._defined(part, place)

    def _defined(self, part: Mapping[str, Any], place: str) -> Type:
        if "logicalType" in part:
            self._losses.add(place, f"The logical type {part['logicalType']} can't be said.")
        match part["type"]:
            case "array":
                return ListOf(self.part(part["items"], f"{place}[]"))
            case "map":
                return MapOf(self.part(part["values"], f"{place}{{}}"))
            case "enum":
                return Choice(_last(part["name"]), tuple(part["symbols"]))
            case "fixed":
                self._losses.add(place, f"That it is {part['size']} bytes can't be said.")
                return Scalar("bytes")
            case "record" | "error":
                return self._record(part, place)
            case inner:
                return self.part(inner, place)

    def _record(self, part: Mapping[str, Any], place: str) -> Type:
        name = _last(part["name"])
        if part["name"] in self._seen:
            return Named(name)
        self._seen.add(part["name"])
        fields = tuple(self._field(one, f"{place or name}.{one['name']}") for one in part["fields"])
        return Record(name, fields, str(part.get("doc", "")))

    def _field(self, field: Mapping[str, Any], place: str) -> Field:
        return Field(
            field["name"],
            self.part(field["type"], place),
            "default" not in field,
            field.get("default", msgspec.UNSET),
            str(field.get("doc", "")),
        )


def _last(name: str) -> str:
    return str(name).rpartition(".")[2]
