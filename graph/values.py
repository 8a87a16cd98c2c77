"""What may travel on a link: the types, how they fit each other, and how one becomes another."""

import datetime
import difflib
import json
import types
import typing
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec

from graph.connections import Connection
from graph.errors import BadInput

Kind = Literal[
    "any", "null", "boolean", "integer", "number", "text", "bytes", "datetime", "date",
    "list", "record", "union",
]  # fmt: skip


class ValueType(msgspec.Struct, frozen=True, omit_defaults=True):
    """The type of a value on a link.

    `item` is the type of a list's items or of a record's values; `choices` the only values
    allowed (none: all); `members` the alternatives of a union. A record's `fields`, as
    (name, type) pairs, are those it has for certain; it may have others.
    """

    kind: Kind
    item: "ValueType | None" = None
    fields: tuple[tuple[str, "ValueType"], ...] = ()
    members: tuple["ValueType", ...] = ()
    choices: tuple[str | int | float | bool | None, ...] = ()

    def __str__(self) -> str:
        if self.choices:
            return "one of " + ", ".join(repr(choice) for choice in self.choices)
        if self.kind == "union":
            return " or ".join(str(member) for member in self.members)
        if self.item and self.item.kind != "any":
            return f"{self.kind} of {self.item}"
        if self.fields:
            return f"{self.kind} with {', '.join(name for name, _ in self.fields)}"
        return self.kind


ANY = ValueType("any")
NULL = ValueType("null")
BOOLEAN = ValueType("boolean")
INTEGER = ValueType("integer")
NUMBER = ValueType("number")
TEXT = ValueType("text")
BYTES = ValueType("bytes")
DATETIME = ValueType("datetime")
DATE = ValueType("date")
LIST = ValueType("list", item=ANY)
RECORD = ValueType("record", item=ANY)
TABLE = ValueType("list", item=RECORD)

_PLAIN: dict[Any, ValueType] = {
    Any: ANY,
    object: ANY,
    None: NULL,
    type(None): NULL,
    bool: BOOLEAN,
    int: INTEGER,
    float: NUMBER,
    str: TEXT,
    bytes: BYTES,
    datetime.datetime: DATETIME,
    datetime.date: DATE,
    Connection: TEXT,  # in a flow it is its name
    list: LIST,
    tuple: LIST,
    dict: RECORD,
    Sequence: LIST,
    Mapping: RECORD,
}


def type_of(annotation: Any) -> ValueType:
    """The value type that a Python annotation means. Raises TypeError when it means none."""
    if isinstance(annotation, typing.TypeAliasType if hasattr(typing, "TypeAliasType") else ()):
        return type_of(annotation.__value__)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return type_of(arguments[0])
    if origin is Literal:
        kinds = {type_of(type(choice)) for choice in arguments}
        kind = kinds.pop().kind if len(kinds) == 1 else "any"
        return ValueType(kind, choices=tuple(arguments))
    if origin in (Union, types.UnionType):
        return union(type_of(member) for member in arguments)
    if typing.is_typeddict(annotation):
        hints = typing.get_type_hints(annotation)
        certain = [
            (name, hint) for name, hint in hints.items() if name in annotation.__required_keys__
        ]
        return ValueType(
            "record", item=ANY, fields=tuple((name, type_of(hint)) for name, hint in certain)
        )
    plain = _PLAIN.get(origin or annotation)
    if plain is None:
        raise TypeError(
            f"{annotation!r} is no type for a link: use JSON-like types, bytes or dates."
        )
    if plain.kind == "list" and arguments:
        return ValueType("list", item=type_of(arguments[0]))
    if plain.kind == "record" and arguments:
        return ValueType("record", item=type_of(arguments[1]))
    return plain


def union(members: Iterable[ValueType]) -> ValueType:
    """The type that takes what any of the members takes."""
    flat: dict[ValueType, None] = {}
    for member in members:
        flat.update(dict.fromkeys(member.members if member.kind == "union" else (member,)))
    if ANY in flat:
        return ANY
    return next(iter(flat)) if len(flat) == 1 else ValueType("union", members=tuple(flat))


_SCHEMA_TYPES = {
    "null": "null",
    "boolean": "boolean",
    "integer": "integer",
    "number": "number",
    "text": "string",
    "list": "array",
    "record": "object",
}


def schema_of(value_type: ValueType) -> dict[str, Any]:
    """The type as JSON Schema (2020-12)."""
    match value_type.kind:
        case "any":
            schema: dict[str, Any] = {}
        case "union":
            schema = {"anyOf": [schema_of(member) for member in value_type.members]}
        case "bytes":
            schema = {"type": "string", "contentEncoding": "base64"}
        case "datetime":
            schema = {"type": "string", "format": "date-time"}
        case "date":
            schema = {"type": "string", "format": "date"}
        case kind:
            schema = {"type": _SCHEMA_TYPES[kind]}
    if value_type.kind == "list" and value_type.item and value_type.item.kind != "any":
        schema["items"] = schema_of(value_type.item)
    if value_type.kind == "record":
        if value_type.item and value_type.item.kind != "any":
            schema["additionalProperties"] = schema_of(value_type.item)
        if value_type.fields:
            schema["properties"] = {name: schema_of(kind) for name, kind in value_type.fields}
            schema["required"] = [name for name, _ in value_type.fields]
    if value_type.choices:
        schema["enum"] = list(value_type.choices)
    return schema


class Fit(NamedTuple):
    """Whether values of one type suit another: `reason` says why not, `convert` what would."""

    fits: bool
    reason: str = ""
    convert: str = ""


YES = Fit(True)


def fit(source: ValueType, target: ValueType) -> Fit:
    """Whether a link from `source` to `target` makes sense.

    It does as soon as *some* value of the source suits the target: a port that gives anything
    may feed any other, and the value is looked at when it comes.
    """
    if source.kind == "any" or target.kind == "any" or source == target:
        return YES
    if source.kind == "union":
        return _first_fit((fit(member, target) for member in source.members), source, target)
    if target.kind == "union":
        return _first_fit((fit(source, member) for member in target.members), source, target)
    if source.kind != target.kind and (source.kind, target.kind) not in _WIDER:
        return Fit(False, f"it takes {target}, not {source}.", coercion(source, target))
    if source.choices and target.choices and not set(source.choices) & set(target.choices):
        return Fit(False, f"it takes {target}, and never gets one of them.")
    if source.item and target.item:
        inner = fit(source.item, target.item)
        if not inner.fits:
            return Fit(False, f"it takes {target}, not {source}.")
    return _fit_fields(source, target)


def certain(source: ValueType, target: ValueType) -> bool:
    """Whether every value of the source suits the target, so that none needs looking at."""
    if target.kind == "any" or source == target:
        return True
    if source.kind == "union":
        return all(certain(member, target) for member in source.members)
    if target.kind == "union":
        return any(certain(source, member) for member in target.members)
    if target.choices or target.fields or source.kind == "any":
        return False
    if source.kind != target.kind:
        return (source.kind, target.kind) in _WIDER
    return not target.item or certain(source.item or ANY, target.item)


_WIDER = {("integer", "number"), ("datetime", "date")}


def _first_fit(found: Iterator[Fit], source: ValueType, target: ValueType) -> Fit:
    refused = list[Fit]()
    for candidate in found:
        if candidate.fits:
            return YES
        refused.append(candidate)
    convert = next((f.convert for f in refused if f.convert), "")
    return Fit(False, f"it takes {target}, not {source}.", convert)


def _fit_fields(source: ValueType, target: ValueType) -> Fit:
    given = dict(source.fields)
    for name, wanted in target.fields:
        if name in given and not fit(given[name], wanted).fits:
            return Fit(False, f"its {name!r} must be {wanted}, not {given[name]}.")
    return YES


def mismatch(value_type: ValueType, value: Any) -> str:
    """Why `value` isn't of the type, as the end of a sentence; "" when it is."""
    if value_type.choices:
        if value in value_type.choices:
            return ""
        return f"must be {value_type}, not {shorten(value)}"
    if value_type.kind == "union":
        if any(not mismatch(member, value) for member in value_type.members):
            return ""
        return f"must be {value_type}, not {kind_of(value)}"
    if value_type.kind != "any" and not _IS[value_type.kind](value):
        return f"must be {value_type}, not {kind_of(value)} ({shorten(value)})"
    return _inner_mismatch(value_type, value)


def _inner_mismatch(value_type: ValueType, value: Any) -> str:
    item = value_type.item
    if value_type.kind == "list" and item and item.kind != "any":
        for index, one in enumerate(value):
            if reason := mismatch(item, one):
                return f"item {index} {reason}"
    if value_type.kind == "record":
        for name, wanted in value_type.fields:
            if name not in value:
                return f"needs {name!r}"
            if reason := mismatch(wanted, value[name]):
                return f"{name!r} {reason}"
        if item and item.kind != "any":
            for name, one in value.items():
                if reason := mismatch(item, one):
                    return f"{name!r} {reason}"
    return ""


_IS: dict[str, Callable[[Any], bool]] = {
    "null": lambda v: v is None,
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "text": lambda v: isinstance(v, str),
    "bytes": lambda v: isinstance(v, (bytes, bytearray)),
    "datetime": lambda v: isinstance(v, datetime.datetime),
    "date": lambda v: isinstance(v, datetime.date),
    "list": lambda v: isinstance(v, (list, tuple)),
    "record": lambda v: isinstance(v, Mapping),
}


def kind_of(value: Any) -> str:
    """The kind of a value, in the words used for types."""
    return next((kind for kind, is_a in _IS.items() if is_a(value)), type(value).__name__)


def shorten(value: Any, width: int = 40) -> str:
    """The value on one line of at most `width` characters, for messages."""
    if isinstance(value, str):
        text = json.dumps(value[: width + 1], ensure_ascii=False)
    elif isinstance(value, (list, dict)):
        text = json.dumps(value, ensure_ascii=False, default=repr)
    else:
        text = repr(value)
    return text if len(text) <= width else text[: width - 1] + "…"


def as_text(value: Any) -> str:
    """The value as a text to read: nothing for null, ISO 8601 for times, JSON for the rest.

    Raises BadInput for bytes that are no UTF-8, and for what is no value.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, (bytes, bytearray, datetime.date)):
        return _bare(value)
    return json.dumps(value, ensure_ascii=False, default=_bare)


def _bare(value: Any) -> str:
    """The text of a value that JSON doesn't know."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if not isinstance(value, (bytes, bytearray)):
        raise BadInput(f"There is no way to write a {kind_of(value)} as a text.")
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise BadInput("The bytes are no text in UTF-8.") from None


# Coercions: named, so that a flow file says which one a link applies.


def _to_number(value: Any) -> int | float:
    try:
        return int(value)
    except ValueError:
        return float(value)


def _told(name: str, convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The conversion, saying what it could not convert."""

    def converted(value: Any) -> Any:
        try:
            return convert(value)
        except (ValueError, TypeError, AttributeError, OverflowError):
            kind = f"{kind_of(value)} ({shorten(value)})"
            raise BadInput(f"The link can't turn this into {name}: {kind}.") from None

    return converted


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "text": as_text,
    "number": _to_number,
    "integer": int,
    "boolean": bool,
    "list": lambda value: [value],
    "json": lambda value: json.dumps(value, ensure_ascii=False, default=str),
    "parsed": json.loads,
    "bytes": lambda value: value.encode(),
}
COERCIONS = {name: _told(name, convert) for name, convert in _CONVERSIONS.items()}
"""By name, what a link may do to a value on its way. Raises BadInput where it can't."""


_OFFERS: dict[tuple[str, str], str] = {
    ("integer", "text"): "text",
    ("number", "text"): "text",
    ("boolean", "text"): "text",
    ("datetime", "text"): "text",
    ("date", "text"): "text",
    ("bytes", "text"): "text",
    ("text", "bytes"): "bytes",
    ("text", "number"): "number",
    ("text", "integer"): "integer",
    ("boolean", "integer"): "integer",
    ("number", "integer"): "integer",
    ("record", "text"): "json",
    ("list", "text"): "json",
    ("text", "record"): "parsed",
}


def coercion(source: ValueType, target: ValueType) -> str:
    """The name of the coercion offered between two types, "" when there is none."""
    offer = _OFFERS.get((source.kind, target.kind), "")
    if not offer and target.kind == "list" and target.item and fit(source, target.item).fits:
        return "list"
    return offer


MOST_COMPARED = 100
LONGEST_COMPARED = 100
"""Bounds on what is compared for a guess at what somebody meant."""


def did_you_mean(name: str, known: Collection[str]) -> str:
    """A cure for a mistyped name: the closest known one, or all when they are few."""
    likely: Iterable[str] = known
    if len(known) > MOST_COMPARED:  # comparing is slow, and a mistyped name is about as long
        likely = [other for other in known if abs(len(other) - len(name)) <= 1]
    likely = list(islice(likely, MOST_COMPARED))
    close = difflib.get_close_matches(name, likely, 1) if len(name) <= LONGEST_COMPARED else []
    if close:
        return f"Did you mean {close[0]!r}?"
    few = sorted(known)
    return f"Known: {', '.join(few)}." if 0 < len(few) <= 8 else ""
