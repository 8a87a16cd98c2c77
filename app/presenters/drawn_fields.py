"""The fields of a record as a person draws them, and the JSON Schema that says the same."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

DEEPEST = 6
"""Records inside records that can be drawn."""

TYPES: Mapping[str, Mapping[str, Any]] = {
    "Text": {"type": "string"},
    "Number": {"type": "number"},
    "Whole number": {"type": "integer"},
    "Yes or no": {"type": "boolean"},
    "Choice": {"type": "string", "enum": []},
    "Date": {"type": "string", "format": "date"},
    "List of texts": {"type": "array", "items": {"type": "string"}},
    "List of numbers": {"type": "array", "items": {"type": "number"}},
    "Record": {"type": "object"},
    "List of records": {"type": "array", "items": {"type": "object"}},
}
"""By what a person calls it: what a schema says of such a field."""


class Drawn(NamedTuple):
    """One field. `choices` are those of a choice, `inner` the fields of a record."""

    name: str
    type: str = "Text"
    description: str = ""
    required: bool = True
    choices: tuple[str, ...] = ()
    inner: tuple["Drawn", ...] = ()


def holds_records(type: str) -> bool:
    """Whether fields of the type have fields of their own."""
    return type in ("Record", "List of records")


def schema_of_fields(fields: Iterable[Drawn]) -> dict[str, Any]:
    """The schema of a record with these fields; those without a name are left out."""
    named = [field for field in fields if field.name]
    return {
        "type": "object",
        "properties": {field.name: _schema(field) for field in named},
        "required": [field.name for field in named if field.required],
    }


def fields_of_schema(schema: Any) -> tuple[Drawn, ...] | None:
    """The fields that a schema describes; None when it says more than can be drawn."""
    fields = _fields(schema, 0)
    if fields is None or schema_of_fields(fields) != {"required": [], **schema}:
        return None
    return fields


def wrong_with(fields: Iterable[Drawn]) -> str:
    """Why these can't be the fields of a record, "" when they can."""
    names = [field.name for field in fields if field.name]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        return f"Two fields are called {twice!r}. Rename one."
    for field in fields:
        if field.name and field.type == "Choice" and len(field.choices) < 2:
            return f"{field.name!r} has fewer than two choices. Write them, with commas between."
        if reason := wrong_with(field.inner):
            return reason
    return ""


def _schema(field: Drawn) -> dict[str, Any]:
    made = dict(TYPES[field.type])
    if field.type == "Choice":
        made["enum"] = list(field.choices)
    elif field.type == "Record":
        made = schema_of_fields(field.inner)
    elif field.type == "List of records":
        made["items"] = schema_of_fields(field.inner)
    return made | ({"description": field.description} if field.description else {})


def _fields(schema: Any, depth: int) -> tuple[Drawn, ...] | None:
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return None
    properties, required = schema.get("properties", {}), schema.get("required", [])
    if not isinstance(properties, Mapping) or not isinstance(required, list):
        return None
    fields = [_field(name, one, name in required, depth) for name, one in properties.items()]
    drawn = tuple(field for field in fields if field is not None)
    return drawn if len(drawn) == len(fields) else None


def _field(name: str, schema: Any, required: bool, depth: int) -> Drawn | None:
    if not isinstance(schema, Mapping) or not isinstance(schema.get("description", ""), str):
        return None
    said = {word: value for word, value in schema.items() if word != "description"}
    description = schema.get("description", "")
    inner = said if said.get("type") == "object" else said.get("items")
    if isinstance(inner, Mapping) and inner.get("type") == "object":
        type = "Record" if said.get("type") == "object" else "List of records"
        fields = _fields(inner, depth + 1)
        return None if fields is None else Drawn(name, type, description, required, (), fields)
    if isinstance(choices := said.get("enum"), list):
        texts = tuple(choice for choice in choices if isinstance(choice, str))
        return Drawn(name, "Choice", description, required, texts)
    type = next((title for title, plain in TYPES.items() if plain == said), "")
    return Drawn(name, type, description, required) if type else None
