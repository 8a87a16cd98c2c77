"""Types to check code by: TypeScript's for the frontend, Luau's for Roblox."""

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from agents.swarm.schema_validator.shapes import Platform
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
    records_in,
    without_null,
)

_SCALARS: Mapping[Kind, str] = {
    "null": "null", "boolean": "boolean", "int32": "number", "int64": "number", "float": "number",
    "double": "number", "text": "string", "timestamp": "string", "bytes": "string",
    "any": "unknown",
}  # fmt: skip


class _Language(NamedTuple):
    """How a language writes scalars, and lists and maps of something."""

    scalars: Mapping[Kind, str]
    list_of: str
    map_of: str


TYPESCRIPT = _Language(_SCALARS, "Array<%s>", "Record<string, %s>")
LUAU = _Language({**_SCALARS, "null": "nil", "any": "any"}, "{%s}", "{[string]: %s}")

_PLAIN = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_KEYWORDS = frozenset(
    (
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in",
        "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
    )
)  # fmt: skip


def declared(model: Type, name: str, platform: Platform) -> str:
    """The types of a model as the platform's language declares them, "" for the backend."""
    records = list(records_in(model))
    match platform:
        case "frontend":
            parts = [_interface(record) for record in records]
            alias = f"export type {name} = {_written(model, TYPESCRIPT)};\n"
        case "roblox":
            parts = [_table(record) for record in records]
            alias = f"export type {name} = {_written(model, LUAU)}\n"
        case "backend":
            return ""
    return "\n".join(parts if isinstance(model, Record) else [*parts, alias])


def _interface(record: Record) -> str:
    lines = [
        f"  {_key(field.name)}{'' if field.required else '?'}: {_written(field.type, TYPESCRIPT)};"
        for field in record.fields
    ]
    return "\n".join([f"export interface {record.name} {{", *lines, "}", ""])


def _table(record: Record) -> str:
    lines = [f"\t{_luau_key(field.name)}: {_luau_field(field)}," for field in record.fields]
    return "\n".join([f"export type {record.name} = {{", *lines, "}", ""])


def _luau_field(field: Field) -> str:
    inner, nullable = without_null(field.type)
    written = _written(inner, LUAU)
    if field.required and not nullable:
        return written
    return f"({written})?" if " | " in written else f"{written}?"


def _written(part: Type, language: _Language) -> str:
    match part:
        case Scalar(kind=kind):
            return language.scalars[kind]
        case Choice(values=values):
            return " | ".join(map(json.dumps, values))
        case ListOf(item=inner):
            return language.list_of % _written(inner, language)
        case MapOf(value=inner):
            return language.map_of % _written(inner, language)
        case Either(options=options):
            return " | ".join(_written(one, language) for one in options)
        case Record(name=name) | Named(name=name):
            return name


def _key(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else json.dumps(name)


def _luau_key(name: str) -> str:
    return name if _PLAIN.fullmatch(name) and name not in _KEYWORDS else f"[{json.dumps(name)}]"
