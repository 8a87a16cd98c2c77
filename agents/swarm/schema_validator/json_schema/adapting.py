"""Values made to fit a JSON Schema, as far as it says how: by its defaults, and what it lets in."""

from collections.abc import Mapping
from typing import Any

from agents.swarm.schema_validator.json_schema.document import DEEPEST, Document, Part
from agents.swarm.schema_validator.json_schema.holding import is_found
from graph.errors import BadInput


def adapted(value: Any, part: Part, document: Document, depth: int = 0) -> Any:
    """The value with required properties by their defaults, and without those not let in."""
    if depth > DEEPEST:
        raise BadInput("The value is nested too deeply.")
    if isinstance(part, bool):
        return value
    if "$ref" in part:
        return adapted(value, document.target(part["$ref"]), document, depth + 1)
    if isinstance(value, list) and isinstance(part.get("items"), Mapping):
        return [adapted(item, part["items"], document, depth + 1) for item in value]
    if isinstance(value, Mapping) and "properties" in part:
        return _record(value, part, document, depth)
    return value


def _record(
    value: Mapping[str, Any], part: Mapping[str, Any], document: Document, depth: int
) -> dict[str, Any]:
    named: Mapping[str, Part] = part["properties"]
    made = {
        name: adapted(one, named.get(name, True), document, depth + 1)
        for name, one in value.items()
        if name in named or _may_be_there(name, part)
    }
    for name in part.get("required", ()):
        told = named.get(name, True)
        if name not in made and isinstance(told, Mapping) and "default" in told:
            made[name] = told["default"]
    return made


def _may_be_there(name: str, part: Mapping[str, Any]) -> bool:
    patterns = part.get("patternProperties", {})
    return part.get("additionalProperties", True) is not False or any(
        is_found(pattern, name) for pattern in patterns
    )
