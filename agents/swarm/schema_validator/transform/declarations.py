"""Types to check code by: TypeScript's for the frontend, Luau's for Roblox."""

import json
import re
from collections.abc import Mapping

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

TYPESCRIPT: Mapping[Kind, str] = {
    "null": "null", "boolean": "boolean", "int32": "number", "int64": "number", "float": "number",
    "double": "number", "text": "string", "timestamp": "string", "bytes": "string",
    "any": "unknown",
}  # fmt: skip
LUAU: Mapping[Kind, str] = {**TYPESCRIPT, "null": "nil", "any": "any"}

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
            alias = f"export type {name} = {_typescript(model)};\n"
        case "roblox":
            parts = [_table(record) for record in records]
            alias = f"export type {name} = {_luau(model)}\n"
        case "backend":
            return ""
    return "\n".join(parts if isinstance(model, Record) else [*parts, alias])


def _interface(record: Record) -> str:
    lines = [
        f"  {_key(field.name)}{'' if field.required else '?'}: {_typescript(field.type)};"
        for field in record.fields
    ]
    return "\n".join([f"export interface {record.name} {{", *lines, "}", ""])


def _typescript(part: Type) -> str:
    match part:
        case Scalar(kind=kind):
            return TYPESCRIPT[kind]
        case Choice(values=values):
            return " | ".join(map(json.dumps, values))
        case ListOf(item=inner):
            return f"Array<{_typescript(inner)}>"
        case MapOf(value=inner):
            return f"Record<string, {_typescript(inner)}>"
        case Either(options=options):
            return " | ".join(map(_typescript, options))
        case Record(name=name) | Named(name=name):
            return name


def _table(record: Record) -> str:
    lines = [f"\t{_luau_key(field.name)}: {_luau_field(field)}," for field in record.fields]
    return "\n".join([f"export type {record.name} = {{", *lines, "}", ""])


def _luau_field(field: Field) -> str:
    inner, nullable = without_null(field.type)
    written = _luau(inner)
    if field.required and not nullable:
        return written
    return f"({written})?" if " | " in written else f"{written}?"


def _luau(part: Type) -> str:
    match part:
        case Scalar(kind=kind):
            return LUAU[kind]
        case Choice(values=values):
            return " | ".join(map(json.dumps, values))
        case ListOf(item=inner):
            return f"{{{_luau(inner)}}}"
        case MapOf(value=inner):
            return f"{{[string]: {_luau(inner)}}}"
        case Either(options=options):
            return " | ".join(map(_luau, options))
        case Record(name=name) | Named(name=name):
            return name


def _key(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else json.dumps(name)


def _luau_key(name: str) -> str:
    return name if _PLAIN.fullmatch(name) and name not in _KEYWORDS else f"[{json.dumps(name)}]"
