"""From the common model to Avro."""

from collections.abc import Mapping
from typing import Any

import msgspec

from agents.swarm.schema_validator.transform.model import (
    NULL,
    Choice,
    Either,
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
    without_null,
)
from agents.swarm.schema_validator.transform.names import plain_name

SIMPLE: Mapping[Kind, str] = {
    "null": "null", "boolean": "boolean", "int32": "int", "int64": "long", "float": "float",
    "double": "double", "text": "string", "timestamp": "string", "bytes": "bytes", "any": "string",
}  # fmt: skip


def written(model: Type, losses: Losses) -> Any:
    """The model as an Avro schema: what may be missing is null, and null by default."""
    return _Writing(losses).part(model, "")


class _Writing:
    def __init__(self, losses: Losses) -> None:
        self._losses = losses

    def part(self, part: Type, place: str) -> Any:
        """A type."""
        match part:
            case Scalar(kind=kind):
                return self._scalar(kind, place)
            case Choice():
                return {"type": "enum", "name": part.name, "symbols": list(part.values)}
            case ListOf():
                return {"type": "array", "items": self.part(part.item, f"{place}[]")}
            case MapOf():
                return {"type": "map", "values": self.part(part.value, f"{place}{{}}")}
            case Either():
                return self._union(part, place)
            case Named():
                return part.name
            case Record():
                return self._record(part, place or part.name)

    def _scalar(self, kind: Kind, place: str) -> str:
        if kind == "any":
            self._losses.add(place, "Avro has no type for any value: it is the text of its JSON.")
        if kind == "timestamp":
            self._losses.add(place, "That the text is a time can't be said.")
        return SIMPLE[kind]

    def _union(self, part: Either, place: str) -> Any:
        """A union has one list, one map and each simple type once at most."""
        made = list[Any]()
        kinds = set[str]()
        for option in part.options:
            written = self.part(option, place)
            kind = written if isinstance(written, str) else written["type"]
            if kind in kinds and kind not in ("record", "enum"):
                self._losses.add(place, f"A union has one {kind} only: another is left out.")
                continue
            kinds.add(kind)
            made.append(written)
        return made if len(made) > 1 else made[0]

    def _record(self, record: Record, place: str) -> dict[str, Any]:
        if record.open:
            self._losses.add(place, "Properties that the schema doesn't name are dropped.")
        made: dict[str, Any] = {"type": "record", "name": record.name}
        if record.doc:
            made["doc"] = record.doc
        made["fields"] = [self._field(field, place) for field in record.fields]
        return made

    def _field(self, field: Field, place: str) -> dict[str, Any]:
        name = plain_name(field.name)
        if name != field.name:
            self._losses.add(f"{place}.{name}", f"{field.name!r} is no name in Avro: it is {name}.")
        made: dict[str, Any] = {"name": name}
        spot = f"{place}.{name}"
        if field.required:
            made["type"] = self.part(field.type, spot)
        elif field.default in (msgspec.UNSET, None):
            inner, _ = without_null(field.type)
            made["type"] = self.part(_or_null(inner), spot)
            made["default"] = None
        else:
            made["type"] = self.part(field.type, spot)
            made["default"] = field.default
        if field.doc:
            made["doc"] = field.doc
        return made


def _or_null(part: Type) -> Type:
    return part if part == NULL or part == Scalar("any") else either((NULL, part))
