"""Bends an answer to its schema where only one thing can have been meant."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from graph.errors import BadInput
from graph.schemas import faults

_NUMBER = re.compile(r"\s*[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?\s*\Z")
_TRUE, _FALSE = ("true", "yes"), ("false", "no")


def fitted(value: Any, schema: Any) -> Any:
    """The value as the schema has it: numbers out of texts, choices in their own spelling…

    What can't be told for certain stays as it is, to be found by the check against the schema.
    """
    if not isinstance(schema, Mapping):
        return value
    for word in ("anyOf", "oneOf"):
        if isinstance(branches := schema.get(word), list):
            return _of_branches(value, branches)
    if isinstance(choices := schema.get("enum"), list):
        return _choice(value, choices)
    kinds = _kinds(schema)
    if "object" in kinds and isinstance(value, Mapping):
        return _record(value, schema)
    if "array" in kinds and isinstance(value, list):
        return [fitted(one, schema.get("items")) for one in value]
    return value if _is_any(value, kinds) else _converted(value, kinds, schema)


def unwrapped(value: Any, schema: Mapping[str, Any]) -> Any:
    """What an answer holds that puts the record asked for into another, or into a list of one."""
    if _kinds(schema) != ["object"]:
        return value
    if isinstance(value, list) and len(value) == 1:
        return unwrapped(value[0], schema)
    wanted = set(schema.get("properties") or ())
    if isinstance(value, dict) and len(value) == 1 and not wanted & value.keys():
        (inner,) = value.values()
        if isinstance(inner, dict) and wanted & inner.keys():
            return inner
    return value


def suits(value: Any, schema: Any) -> bool:
    """Whether the value follows the schema; one that can't be used by itself suits nothing."""
    try:
        return not faults(value, schema, most=1)
    except BadInput:
        return False


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    found = schema.get("type")
    if isinstance(found, str):
        return [found]
    if isinstance(found, list):
        return [kind for kind in found if isinstance(kind, str)]
    return ["object"] if "properties" in schema else []


_IS: dict[str, Callable[[Any], bool]] = {
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "object": lambda v: isinstance(v, Mapping),
    "array": lambda v: isinstance(v, list),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
}


def _is_any(value: Any, kinds: list[str]) -> bool:
    return not kinds or any(_IS[kind](value) for kind in kinds if kind in _IS)


def _record(value: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    required = schema.get("required") or ()
    closed = schema.get("additionalProperties") is False
    made = dict[str, Any]()
    for name, one in _spelled(value, properties).items():
        if name not in properties:
            if not closed:
                made[name] = one
            continue
        bent = fitted(one, properties[name])
        if bent is None and name not in required and not suits(None, properties[name]):
            continue  # nothing said of what need not be there
        made[name] = bent
    return made


def _spelled(value: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    """The record under the names of the schema: `Due date` is `due_date`, if nothing else is."""
    missing = {_plain(name): name for name in properties if name not in value}
    return {name if name in properties else missing.get(_plain(name), name): one
            for name, one in value.items()}  # fmt: skip


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _of_branches(value: Any, branches: list[Any]) -> Any:
    """As the first branch that takes it has it: unchanged if any does."""
    usable = [branch for branch in branches if isinstance(branch, Mapping)]
    for branch in usable:
        if suits(value, branch):
            return value
    for branch in usable:
        bent = fitted(value, branch)
        if suits(bent, branch):
            return bent
    return value


def _choice(value: Any, choices: list[Any]) -> Any:
    if value in choices or not isinstance(value, str):
        return value
    alike = [one for one in choices if isinstance(one, str) and _plain(one) == _plain(value)]
    return alike[0] if len(alike) == 1 else value


def _converted(value: Any, kinds: list[str], schema: Mapping[str, Any]) -> Any:
    """A value of another kind, if it can only mean one of these."""
    if "null" in kinds and isinstance(value, str) and value.strip().lower() in ("null", ""):
        return None
    kind = next((one for one in kinds if one != "null"), "null")
    match kind, value:
        case "number" | "integer", str():
            return _number(value, kind)
        case "integer", float() if value.is_integer():
            return int(value)
        case "boolean", str() if value.strip().lower() in (*_TRUE, *_FALSE):
            return value.strip().lower() in _TRUE
        case "string", int() if not isinstance(value, bool):
            return str(value)
        case "array", _ if value is not None and not isinstance(value, list):
            items = schema.get("items")
            bent = fitted(value, items)
            alone = isinstance(items, Mapping) and suits(bent, items)
            return [bent] if alone else value
        case "object", list() if len(value) == 1:
            return fitted(value[0], schema)
    return value


def _number(text: str, kind: str) -> Any:
    if not _NUMBER.match(text):
        return text
    number = float(text)
    if number.is_integer() and abs(number) < 2**53:
        return int(number)
    return number if kind == "number" and abs(number) != float("inf") else text
