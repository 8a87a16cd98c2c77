"""What the formats have in common: the types that a schema is made of, whoever writes it."""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from agents.swarm.schema_validator.shapes import Lost

Kind = Literal[
    "null", "boolean", "int32", "int64", "float", "double", "text", "timestamp", "bytes", "any"
]


class Scalar(msgspec.Struct, frozen=True):
    """A value without parts. A `timestamp` is a text by ISO 8601, `any` whatever JSON can hold."""

    kind: Kind


class Choice(msgspec.Struct, frozen=True):
    """One of a few texts."""

    name: str
    values: tuple[str, ...]


class ListOf(msgspec.Struct, frozen=True):
    """Any number of values of one type, in order."""

    item: "Type"


class MapOf(msgspec.Struct, frozen=True):
    """Values of one type by names that no schema knows."""

    value: "Type"


class Either(msgspec.Struct, frozen=True):
    """A value of one of several types."""

    options: tuple["Type", ...]


class Field(msgspec.Struct, frozen=True):
    """A part of a record. `default` is what stands for one that is missing, UNSET without."""

    name: str
    type: "Type"
    required: bool = True
    default: Any = msgspec.UNSET
    doc: str = ""


class Record(msgspec.Struct, frozen=True):
    """Named parts. `open` says that there may be others, which nobody names."""

    name: str
    fields: tuple[Field, ...]
    doc: str = ""
    open: bool = False


class Named(msgspec.Struct, frozen=True):
    """A record by its name, inside which it stands or which was defined before."""

    name: str


Type = Scalar | Choice | ListOf | MapOf | Either | Record | Named

ANY = Scalar("any")
NULL = Scalar("null")


class Losses:
    """What couldn't be said, each place and reason once."""

    def __init__(self) -> None:
        self._found = dict[tuple[str, str], None]()

    def add(self, place: str, message: str) -> None:
        """Tell of one."""
        self._found[place, message] = None

    def all(self) -> list[Lost]:
        """All of them, in the order in which they were found."""
        return [Lost(place=place, message=message) for place, message in self._found]


def either(options: tuple[Type, ...]) -> Type:
    """One of several types, without repetitions; the type itself if there is but one."""
    flat = dict.fromkeys(
        inner
        for option in options
        for inner in (option.options if isinstance(option, Either) else (option,))
    )
    if ANY in flat:
        return ANY
    return next(iter(flat)) if len(flat) == 1 else Either(tuple(flat))


def without_null(part: Type) -> tuple[Type, bool]:
    """A type without null, and whether it allowed that."""
    if not isinstance(part, Either) or NULL not in part.options:
        return part, False
    return either(tuple(option for option in part.options if option != NULL)), True


def records_in(part: Type) -> Iterator[Record]:
    """All records in a type, outer ones first."""
    match part:
        case Record():
            yield part
            for field in part.fields:
                yield from records_in(field.type)
        case ListOf(item=inner) | MapOf(value=inner):
            yield from records_in(inner)
        case Either():
            for option in part.options:
                yield from records_in(option)
        case _:
            return
