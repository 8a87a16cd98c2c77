"""A JSON Schema as a whole: what its references lead to, and whether parts of it accept a value."""

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from graph.errors import BadInput
from graph.schemas import faults

OLD_DRAFTS = ("draft-03", "draft-04", "draft-06", "draft-07")
"""Those in which words beside a `$ref` mean nothing."""
DEEPEST = 100
NEWEST = "https://json-schema.org/draft/2020-12/schema"

Part = Mapping[str, Any] | bool


def read_json_schema(definition: Any) -> "Document":
    """A JSON Schema, looked over. Raises BadInput naming the place that is wrong."""
    if not isinstance(definition, (Mapping, bool)):
        raise BadInput("A JSON Schema is a record.", cure='Write {"type": "object", …}.')
    faults(None, definition)
    return Document(definition)


class Document:
    """A whole schema. Its parts are the records inside it, never copies of them."""

    def __init__(self, root: Part) -> None:
        self.root = root
        self.draft = str(root.get("$schema", NEWEST)) if isinstance(root, Mapping) else NEWEST
        self.old = any(draft in self.draft for draft in OLD_DRAFTS)
        self.lists_are_prefixes = "2020-12" not in self.draft
        self._checks: dict[int, Any] = {}

    def target(self, ref: str) -> Part:
        """The part that a `$ref` leads to. Raises BadInput for one that isn't a plain pointer."""
        part: Any = self.root
        if ref != "#" and not ref.startswith("#/"):
            raise BadInput(
                f"The reference {ref!r} can't be followed.",
                cure="Refer by a pointer into the same schema: #/$defs/name.",
            )
        for step in ref.split("/")[1:]:
            part = _member(part, step.replace("~1", "/").replace("~0", "~"), ref)
        return part  # type: ignore[no-any-return]

    def accepts(self, part: Part, value: Any) -> bool:
        """Whether a part of this schema lets a value through."""
        if id(part) not in self._checks:
            self._checks[id(part)] = self._check(part)
        return bool(self._checks[id(part)].is_valid(value))

    def same(self, mine: Any, theirs: Any, other: "Document") -> bool:
        """Whether two parts say the same, all that they refer to included."""
        return self._same(mine, theirs, other, set())

    def _same(self, mine: Any, theirs: Any, other: "Document", seen: set[str]) -> bool:
        if mine != theirs or self.draft != other.draft:
            return False
        for ref in refs_in(mine) - seen:
            seen.add(ref)
            if not self._same(self.target(ref), other.target(ref), other, seen):
                return False
        # 1 == True in Python, which are two values in JSON.
        return repr(mine) == repr(theirs) or _typed(mine) == _typed(theirs)

    def _check(self, part: Part) -> Any:
        whole = {
            "$schema": self.draft,
            "allOf": [_moved(part)],
            "definitions": {"whole": _moved(self.root)},
        }
        return jsonschema_rs.validator_for(whole, validate_formats=True, offline=True)


def refs_in(part: Any) -> set[str]:
    """All references in a part."""
    if isinstance(part, Mapping):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*map(refs_in, part.values()))
    return set[str]().union(*map(refs_in, part)) if isinstance(part, list) else set()


def _member(part: Any, step: str, ref: str) -> Any:
    try:
        return part[int(step)] if isinstance(part, list) else part[step]
    except (KeyError, IndexError, ValueError, TypeError):
        raise BadInput(f"The schema refers to {ref!r}, which it doesn't hold.") from None


def _moved(part: Any) -> Any:
    """A part with its references as they are below `definitions/whole`."""
    if isinstance(part, Mapping):
        return {
            key: f"#/definitions/whole{inner[1:]}"
            if key == "$ref" and isinstance(inner, str)
            else _moved(inner)
            for key, inner in part.items()
            if key not in ("$schema", "$id") or not isinstance(inner, str)
        }
    return [_moved(inner) for inner in part] if isinstance(part, list) else part


def _typed(part: Any) -> Any:
    """A part that differs where only the types of its values do."""
    if isinstance(part, Mapping):
        return {key: _typed(inner) for key, inner in part.items()}
    if isinstance(part, list):
        return [_typed(inner) for inner in part]
    return (isinstance(part, bool), part)
