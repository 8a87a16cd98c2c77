"""From JSON Schema to the common model; what only JSON Schema can say is told as lost."""

from collections.abc import Mapping
from typing import Any

import msgspec

from agents.swarm.schema_validator.json_schema.differences import escaped
from agents.swarm.schema_validator.json_schema.document import Document, Part
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
from agents.swarm.schema_validator.transform.names import plain_name, type_name

SIMPLE: Mapping[str, Kind] = {
    "null": "null", "boolean": "boolean", "integer": "int64", "number": "double", "string": "text",
}  # fmt: skip
FORMATS: Mapping[tuple[str, str], Kind] = {
    ("integer", "int32"): "int32",
    ("number", "float"): "float",
    ("string", "date-time"): "timestamp",
}
SAID = frozenset(
    (
        "type", "properties", "required", "items", "enum", "const", "anyOf", "oneOf", "allOf",
        "$ref", "additionalProperties", "title", "description", "default", "examples", "$schema",
        "$id", "$comment", "$defs", "definitions",
    )
)  # fmt: skip
"""Words that the model takes up, or that say nothing of the values."""


def model_of(document: Document, name: str, losses: Losses) -> Type:
    """The common model of a JSON Schema, whose records are named after `name`."""
    return _Reading(document, losses).part(document.root, type_name(name), "")


class _Reading:
    def __init__(self, document: Document, losses: Losses) -> None:
        self._document = document
        self._losses = losses
        self._names = dict[int, str]()
        self._taken = set[str]()

    def part(self, part: Part, name: str, place: str) -> Type:
        """The type of a part; a record in it gets the name, unless it has a title."""
        if isinstance(part, bool):
            return ANY
        if id(part) in self._names:
            return Named(self._names[id(part)])
        self._tell(part, place)
        if "$ref" in part:
            ref = str(part["$ref"])
            return self.part(self._document.target(ref), type_name(ref.rpartition("/")[2]), place)
        for word in ("anyOf", "oneOf"):
            if word in part:
                return self._options(part[word], name, f"{place}/{word}")
        if len(part.get("allOf", ())) == 1:
            return self.part(part["allOf"][0], name, f"{place}/allOf/0")
        if "allOf" in part:
            self._losses.add(f"{place}/allOf", "What has to hold at once is left out.")
            return ANY
        return self._typed(part, name, place)

    def _tell(self, part: Mapping[str, Any], place: str) -> None:
        known = SAID | {"format"} if _is_known_format(part) else SAID
        for word in part:
            if word not in known:
                self._losses.add(f"{place}/{word}", f"`{word}` can't be said.")

    def _options(self, parts: list[Part], name: str, place: str) -> Type:
        return either(
            tuple(
                self.part(option, f"{name}{index + 1}", f"{place}/{index}")
                for index, option in enumerate(parts)
            )
        )

    def _typed(self, part: Mapping[str, Any], name: str, place: str) -> Type:
        if "enum" in part or "const" in part:
            return self._choice(part.get("enum", [part.get("const")]), name, place)
        types = part.get("type")
        if isinstance(types, list):
            return either(tuple(self._of_type(part, one, name, place) for one in types))
        if types is None:
            types = "object" if "properties" in part else "array" if "items" in part else None
        return ANY if types is None else self._of_type(part, types, name, place)

    def _of_type(self, part: Mapping[str, Any], kind: str, name: str, place: str) -> Type:
        match kind:
            case "object" if part.get("properties"):
                return self._record(part, name, place)
            case "object":
                inner = part.get("additionalProperties", True)
                return MapOf(self.part(inner, f"{name}Value", f"{place}/additionalProperties"))
            case "array":
                inner = part.get("items", True)
                if isinstance(inner, list):
                    self._losses.add(f"{place}/items", "Items with a type each are left out.")
                    inner = True
                return ListOf(self.part(inner, f"{name}Item", f"{place}/items"))
            case _:
                return Scalar(FORMATS.get((kind, str(part.get("format"))), SIMPLE[kind]))

    def _choice(self, values: list[Any], name: str, place: str) -> Type:
        texts = [value for value in values if isinstance(value, str)]
        if texts != values or any(plain_name(text) != text for text in texts):
            self._losses.add(f"{place}/enum", "Only texts that are names can be listed.")
            kinds = dict.fromkeys(map(_scalar_of, values))
            return either(tuple(kinds))
        return Choice(self._own(name), tuple(texts))

    def _record(self, part: Mapping[str, Any], name: str, place: str) -> Type:
        name = self._own(type_name(str(part["title"])) if "title" in part else name)
        self._names[id(part)] = name
        fields = tuple(
            self._field(key, inner, key in part.get("required", ()), place)
            for key, inner in part["properties"].items()
        )
        further = part.get("additionalProperties", True)
        if isinstance(further, Mapping):
            self._losses.add(f"{place}/additionalProperties", "Other properties are left out.")
        return Record(name, fields, str(part.get("description", "")), further is not False)

    def _field(self, name: str, part: Part, required: bool, place: str) -> Field:
        told = {} if isinstance(part, bool) else part
        return Field(
            name,
            self.part(part, type_name(name), f"{place}/properties/{escaped(name)}"),
            required,
            told.get("default", msgspec.UNSET),
            str(told.get("description", "")),
        )

    def _own(self, name: str) -> str:
        """A name that no other type has."""
        own, count = name, 1
        while own in self._taken:
            count += 1
            own = f"{name}{count}"
        self._taken.add(own)
        return own


def _is_known_format(part: Mapping[str, Any]) -> bool:
    types = part.get("type", ())
    kinds = [types] if isinstance(types, str) else types
    return any((kind, str(part.get("format"))) in FORMATS for kind in kinds)


def _scalar_of(value: Any) -> Type:
    match value:
        case None:
            return Scalar("null")
        case bool():
            return Scalar("boolean")
        case int():
            return Scalar("int64")
        case float():
            return Scalar("double")
        case str():
            return Scalar("text")
        case _:
            return ANY
