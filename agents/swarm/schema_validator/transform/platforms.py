"""How backend, frontend and Roblox write the same data: names, and what a value can be."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from agents.swarm.schema_validator.shapes import Platform
from agents.swarm.schema_validator.transform.model import (
    NULL,
    Either,
    Field,
    ListOf,
    Losses,
    MapOf,
    Named,
    Record,
    Scalar,
    Type,
    records_in,
    without_null,
)
from agents.swarm.schema_validator.transform.names import as_written
from graph.errors import BadInput

EXACT = 2**53
"""Whole numbers up to here are exact where all numbers are floating point: in JS and in Luau."""


def rewritten(model: Type, platform: Platform, losses: Losses) -> Type:
    """The model with the names, and without the types, that a platform doesn't have."""
    return _Rewriting(platform, losses).part(model, "")


class _Rewriting:
    def __init__(self, platform: Platform, losses: Losses) -> None:
        self._platform = platform
        self._losses = losses

    def part(self, part: Type, place: str) -> Type:
        """A type."""
        match part:
            case Scalar(kind="int64") if self._platform != "backend":
                self._losses.add(place, "Whole numbers beyond 2^53 are rounded there.")
                return part
            case ListOf():
                if self._platform == "roblox" and without_null(part.item)[1]:
                    self._losses.add(place, "A table can't hold nil: null in a list is left out.")
                return ListOf(self.part(_solid(part.item, self._platform), f"{place}[]"))
            case MapOf():
                return MapOf(self.part(_solid(part.value, self._platform), f"{place}{{}}"))
            case Either():
                return Either(tuple(self.part(option, place) for option in part.options))
            case Record():
                return self._record(part, place)
            case _:
                return part

    def _record(self, record: Record, place: str) -> Record:
        names = names_of(record, self._platform)
        fields = tuple(
            self._field(field, names[field.name], f"{place}.{field.name}".lstrip("."))
            for field in record.fields
        )
        return replace(record, fields=fields)

    def _field(self, field: Field, name: str, place: str) -> Field:
        inner, nullable = without_null(field.type)
        absent = self._platform == "roblox" and nullable
        kept = inner if absent else field.type
        required = field.required and not absent
        return replace(field, name=name, type=self.part(kept, place), required=required)


def names_of(record: Record, platform: Platform) -> Mapping[str, str]:
    """The names of a record's fields on a platform. Raises BadInput when two become one."""
    names = {field.name: as_written(field.name, platform) for field in record.fields}
    taken = dict[str, str]()
    for name, there in names.items():
        if there in taken:
            raise BadInput(
                f"{record.name} has {taken[there]!r} and {name!r}, which are both {there!r} there.",
                cure="Give one of them another name.",
            )
        taken[there] = name
    return names


class Carrying:
    """Takes values by a model to a platform."""

    def __init__(self, model: Type, platform: Platform, losses: Losses) -> None:
        self._model = model
        self._platform = platform
        self._losses = losses
        self._records = {record.name: record for record in records_in(model)}

    def value(self, value: Any) -> Any:
        """The value as the platform writes it. What doesn't fit the model stays what it is."""
        return self._carried(value, self._model, "")

    def _carried(self, value: Any, part: Type, place: str) -> Any:
        match self._meant(value, part), value:
            case Record() as record, Mapping():
                return self._record(value, record, place)
            case ListOf(item=inner), list():
                items = [self._carried(one, inner, f"{place}[{n}]") for n, one in enumerate(value)]
                return [one for one in items if one is not None] if self._roblox else items
            case MapOf(value=inner), Mapping():
                return {
                    key: self._carried(one, inner, f"{place}.{key}".lstrip("."))
                    for key, one in value.items()
                    if one is not None or not self._roblox
                }
            case _, int() if self._platform != "backend" and abs(value) > EXACT:
                self._losses.add(place, f"{value} is rounded there.")
        return value

    @property
    def _roblox(self) -> bool:
        return self._platform == "roblox"

    def _meant(self, value: Any, part: Type) -> Type:
        """The type that a value is of: of several the first whose names it has."""
        if isinstance(part, Named):
            return self._records.get(part.name, part)
        if not isinstance(part, Either):
            return part
        options = [self._meant(value, option) for option in part.options]
        fitting = [option for option in options if _fits(value, option)]
        return fitting[0] if fitting else part

    def _record(self, value: Mapping[str, Any], record: Record, place: str) -> dict[str, Any]:
        names = names_of(record, self._platform)
        types = {field.name: field.type for field in record.fields}
        made = dict[str, Any]()
        for name, one in value.items():
            spot = f"{place}.{name}".lstrip(".")
            if one is None and self._roblox:
                continue
            if name not in types:
                self._losses.add(spot, "The schema doesn't name it: it is left as it was.")
            inner = self._carried(one, types[name], spot) if name in types else one
            made[names.get(name, name)] = inner
        return made


def _solid(part: Type, platform: Platform) -> Type:
    return without_null(part)[0] if platform == "roblox" and part != NULL else part


def _fits(value: Any, part: Type) -> bool:
    match part:
        case Record():
            known = {field.name for field in part.fields}
            needed = {field.name for field in part.fields if field.required}
            return isinstance(value, Mapping) and needed <= set(value) <= known
        case ListOf():
            return isinstance(value, list)
        case MapOf():
            return isinstance(value, Mapping)
        case _:
            return not isinstance(value, Mapping | list)
