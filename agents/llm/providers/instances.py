"""A value that follows a JSON Schema, made out of the words and numbers of a text."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

DEEPEST = 12
"""Records and lists inside each other; deeper, only what is required is made."""

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_FORMATS = {
    "date": "2024-01-01",
    "date-time": "2024-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "email": "someone@example.org",
    "uri": "https://example.org",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "ipv4": "192.0.2.1",
    "hostname": "example.org",
}


def instance_of(schema: Mapping[str, Any], text: str) -> Any:
    """The same value for the same schema and text; mostly a valid one, which the caller checks."""
    return _Making(schema, text).value(schema, 0)


class _Making:
    """One value in the making; `whole` is where references in the schema lead."""

    def __init__(self, whole: Mapping[str, Any], text: str) -> None:
        self._whole = whole
        self._text = " ".join(text.split())
        self._numbers = [float(found) for found in _NUMBER.findall(text)]

    def value(self, schema: Any, depth: int) -> Any:
        if not isinstance(schema, Mapping):
            return self._text
        schema = self._followed(schema)
        if "const" in schema:
            return schema["const"]
        if listed := schema.get("enum") or schema.get("examples"):
            return self._chosen(listed)
        if "default" in schema:
            return schema["default"]
        for word in ("anyOf", "oneOf"):
            if options := schema.get(word):
                rest = {key: value for key, value in schema.items() if key != word}
                return self.value({**rest, **self._followed(self._option(options))}, depth)
        return self._by_type(schema, depth)

    def _by_type(self, schema: Mapping[str, Any], depth: int) -> Any:
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = next((one for one in kind if one != "null"), "null")
        match kind:
            case "object":
                return self._record(schema, depth)
            case "array":
                return self._list(schema, depth)
            case "integer":
                return int(self._number(schema, int(schema.get("multipleOf", 1)) or 1))
            case "number":
                return self._number(schema, schema.get("multipleOf", 0))
            case "boolean":
                return True
            case "null":
                return None
        return self._words(schema)

    def _followed(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema with its reference, and all that must hold at once, brought together."""
        for _ in range(DEEPEST):
            target: Any = self._whole
            reference = schema.get("$ref", "")
            if not reference.startswith("#"):
                break
            for part in reference[1:].split("/")[1:]:
                target = target.get(part, {}) if isinstance(target, Mapping) else {}
            rest = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**target, **rest}
        for part in schema.get("allOf", ()):
            inner = self._followed(part)
            properties = {**schema.get("properties", {}), **inner.get("properties", {})}
            required = [*schema.get("required", ()), *inner.get("required", ())]
            schema = {**schema, **inner, "properties": properties, "required": required}
        return schema

    def _option(self, options: Sequence[Any]) -> Any:
        """The first that is more than null."""
        followed = [self._followed(option) for option in options]
        return next((option for option in followed if option.get("type") != "null"), followed[0])

    def _chosen(self, listed: Sequence[Any]) -> Any:
        """The one that the text names, else the first."""
        said = self._text.lower()
        named = (one for one in listed if isinstance(one, str) and one and one.lower() in said)
        return next(named, listed[0])

    def _record(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        required = schema.get("required", ())
        return {
            name: self.value(inner, depth + 1)
            for name, inner in schema.get("properties", {}).items()
            if depth < DEEPEST or name in required
        }

    def _list(self, schema: Mapping[str, Any], depth: int) -> list[Any]:
        least, most = int(schema.get("minItems", 0)), schema.get("maxItems", 1)
        count = max(least, 1 if most and depth < DEEPEST else 0)
        return [self.value(schema.get("items", {}), depth + 1) for _ in range(count)]

    def _number(self, schema: Mapping[str, Any], step: float) -> float:
        """The first number of the text that is allowed here, else the smallest that is."""
        least: float = schema.get("minimum", float("-inf"))
        most: float = schema.get("maximum", float("inf"))
        least = max(least, schema.get("exclusiveMinimum", float("-inf")) + (step or 0.5))
        most = min(most, schema.get("exclusiveMaximum", float("inf")) - (step or 0.5))
        for number in self._numbers:
            if least <= number <= most and not (step and number % step):
                return number
        start = least if least > float("-inf") else min(0.0, most)
        return float(-(-start // step) * step if step else start)

    def _words(self, schema: Mapping[str, Any]) -> str:
        if (form := schema.get("format")) in _FORMATS:
            return _FORMATS[form]
        text = self._text[: int(schema.get("maxLength", 200))]
        return text + "x" * (int(schema.get("minLength", 0)) - len(text))
