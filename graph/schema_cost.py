"""Whether checking against a JSON Schema takes time in proportion, or may explode."""

from collections.abc import Iterator
from typing import Any

MOST_PLACES = 5_000
"""How many places a schema may have once its references are written out."""

_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas", "dependencies"})
_NO_SCHEMAS = frozenset(
    {"enum", "const", "default", "examples", "required", "$defs", "definitions"}
)
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


class _Costly(Exception):
    """The schema is not known to be harmless."""


def is_cheap(schema: Any) -> bool:
    """Whether no part of a value can be looked at again and again, level upon level.

    With its references written out, the schema has few places, and leads back into itself at
    most once: then the work at each level of the value is bounded by those places. A schema
    that is neither may still be harmless; it just isn't known to be.
    """
    try:
        _Unfolding(schema).visit(schema)
    except (_Costly, RecursionError):
        return False
    return True


class _Unfolding:
    """A walk through a schema with its references followed; `within` are those it is inside of."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.within = {id(root)}
        self.places = 0
        self.returns = 0

    def visit(self, schema: Any) -> None:
        self.places += 1
        if self.places > MOST_PLACES:
            raise _Costly
        if not isinstance(schema, dict):
            return
        if schema is not self.root and not schema.keys().isdisjoint(("$id", "id", "$schema")):
            raise _Costly  # references below mean something else than they say
        for word in _REFERENCES:
            if isinstance(reference := schema.get(word), str):
                self.follow(reference)
        for inner in _inside(schema):
            self.visit(inner)

    def follow(self, reference: str) -> None:
        target = _resolved(self.root, reference)
        if id(target) not in self.within:
            self.within.add(id(target))
            self.visit(target)
            self.within.discard(id(target))
            return
        self.returns += 1
        if self.returns > 1:
            raise _Costly


def _inside(schema: dict[str, Any]) -> Iterator[Any]:
    for word, inner in schema.items():
        if word in _MAPS and isinstance(inner, dict):
            yield from inner.values()
        elif word not in _NO_SCHEMAS:
            yield from inner if isinstance(inner, list) else (inner,)


def _resolved(root: Any, reference: str) -> Any:
    """What a reference inside the schema points to; any other kind of reference is costly."""
    start, *steps = reference.split("/")
    if start != "#" or "%" in reference or "~" in reference:
        raise _Costly
    place = root
    for step in steps:
        if isinstance(place, list) and step.isascii() and step.isdigit() and int(step) < len(place):
            place = place[int(step)]
        elif isinstance(place, dict) and step in place:
            place = place[step]
        else:
            raise _Costly
    return place
