"""Reading Avro schemas, naming the place where one is wrong, and values by them."""

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

import fastavro
import msgspec
from fastavro.schema import SchemaParseException, UnknownType
from fastavro.validation import ValidationError, validate

from graph.errors import BadInput
from graph.schemas import Fault
from graph.values import as_text, shorten

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_FULL_NAME = re.compile(rf"{_NAME.pattern}(\.{_NAME.pattern})*", re.ASCII)
_PARTS = {"array": ("items",), "map": ("values",), "fixed": ("name", "size"),
          "enum": ("name", "symbols"), "record": ("name", "fields")}  # fmt: skip
"""What a schema has to say by its type."""
DEEPEST = 100

Named = Mapping[str, Mapping[str, Any]]


class AvroSchema:
    """A schema with full names everywhere, and what it calls by which name."""

    def __init__(self, root: Any, named: Named) -> None:
        self.root = root
        self.named = named

    def resolved(self, part: Any) -> Any:
        """A part, the definition for a name."""
        return self.named.get(part, part) if isinstance(part, str) else part


def read_avro(definition: Any) -> AvroSchema:
    """An Avro schema, from a record or its JSON. Raises BadInput naming the place."""
    plain = _plain(definition)
    _look(plain, "", 0)
    named: dict[str, Any] = {}
    try:
        root = fastavro.parse_schema(plain, named)
    except (SchemaParseException, UnknownType) as error:
        raise BadInput(
            f"The Avro schema is wrong: {_said(error)}.",
            cure="Name types that are defined before they are used.",
        ) from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"The Avro schema is wrong: {error}.") from None
    return AvroSchema(root, named)


def avro_faults(value: Any, schema: AvroSchema) -> list[Fault]:
    """Where a value isn't what the schema says, as far as that is found."""
    try:
        validate(value, schema.root, raise_errors=True)
    except ValidationError as error:
        return [
            Fault(
                path=one.field or "",
                message=f"{_shown(one.datum)} is no {_kind(one.schema)}.",
                rule=_kind(one.schema),
            )
            for one in error.errors
            if not isinstance(one, str)
        ] or [Fault(path="", message=f"{error}.", rule="type")]
    return []


def written(value: Any, schema: AvroSchema) -> bytes:
    """A value as Avro's bytes, without the schema. Raises BadInput."""
    if faults := avro_faults(value, schema):
        raise BadInput(f"{faults[0]['path'] or 'The value'}: {faults[0]['message']}")
    into = io.BytesIO()
    fastavro.schemaless_writer(into, schema.root, value)
    return into.getvalue()


def read_by(content: bytes, writer: AvroSchema, reader: AvroSchema) -> Any:
    """What was written by one schema, as another reads it. Raises BadInput."""
    try:
        return fastavro.schemaless_reader(io.BytesIO(content), writer.root, reader.root)
    except (fastavro.read.SchemaResolutionError, ValueError, TypeError, EOFError) as error:
        raise BadInput(f"The new schema doesn't read it: {error}.") from None


def _plain(definition: Any) -> Any:
    if not isinstance(definition, str) or _FULL_NAME.fullmatch(definition):
        return definition
    try:
        return msgspec.json.decode(definition)
    except msgspec.DecodeError as error:
        raise BadInput(f"The Avro schema is no JSON: {error}.") from None


def _look(part: Any, place: str, depth: int) -> None:
    """What the library takes without a word, and trips over later."""
    if depth > DEEPEST:
        raise BadInput("The Avro schema is nested too deeply.")
    if isinstance(part, list):
        _look_at_union(part, place, depth)
    elif isinstance(part, Mapping):
        kind = part.get("type")
        if kind is None:
            raise _wrong(place, "has no `type`")
        for word in _PARTS.get(kind, ()) if isinstance(kind, str) else ():
            if word not in part:
                raise _wrong(place, f"is a {kind} without `{word}`")
        for where, inner in _inside(part, kind, place):
            _look(inner, where, depth + 1)
    elif not isinstance(part, str):
        raise _wrong(place, f"is {part!r}, which is no type")


def _look_at_union(part: list[Any], place: str, depth: int) -> None:
    if not part:
        raise _wrong(place, "is a union of nothing")
    kinds = [one for one in part if isinstance(one, str)]
    if twice := next((kind for kind in kinds if kinds.count(kind) > 1), None):
        raise _wrong(place, f"names {twice!r} twice in a union")
    for inner in part:
        if isinstance(inner, list):
            raise _wrong(place, "holds a union in a union")
        _look(inner, place, depth + 1)


def _inside(part: Mapping[str, Any], kind: Any, place: str) -> Iterator[tuple[str, Any]]:
    match kind:
        case "array":
            yield f"{place}[]", part["items"]
        case "map":
            yield f"{place}{{}}", part["values"]
        case "record" | "error" | "enum" | "fixed":
            _look_at_name(part["name"], place, _FULL_NAME)
            yield from _fields(part, place or str(part["name"])) if "fields" in part else ()
        case str():
            return
        case _:
            yield place, kind


def _fields(part: Mapping[str, Any], place: str) -> Iterator[tuple[str, Any]]:
    seen = set[str]()
    for field in part["fields"]:
        if not isinstance(field, Mapping) or "name" not in field or "type" not in field:
            raise _wrong(place, "has a field without `name` or `type`")
        _look_at_name(field["name"], place, _NAME)
        if field["name"] in seen:
            raise _wrong(place, f"has two fields {field['name']!r}")
        seen.add(field["name"])
        yield f"{place}.{field['name']}", field["type"]


def _look_at_name(name: Any, place: str, pattern: re.Pattern[str]) -> None:
    if not isinstance(name, str) or not pattern.fullmatch(name):
        raise _wrong(place, f"has {name!r} for a name; names are letters, digits and _")


def _wrong(place: str, what: str) -> BadInput:
    return BadInput(f"The Avro schema is wrong: {place or 'it'} {what}.")


def _said(error: Exception) -> str:
    if isinstance(error, UnknownType):
        return f"there is no type {error}"
    return str(error).rstrip(".")


def _shown(value: Any) -> str:
    return shorten(value) if isinstance(value, str) else as_text(value) or "null"


def _kind(part: Any) -> str:
    if isinstance(part, list):
        return " or ".join(map(_kind, part))
    if isinstance(part, Mapping):
        named = part.get("name")
        return f"{part['type']} {named}" if named else str(part["type"])
    return str(part)
