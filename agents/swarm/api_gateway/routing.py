"""Which endpoint a request means: a tree of the parts of paths, made anew with each change."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from agents.swarm.api_gateway.paths import parts_of, written
from agents.swarm.api_gateway.shapes import Endpoint
from graph.errors import BadInput

T = TypeVar("T")


class Found(NamedTuple, Generic[T]):
    """What a path leads to: by method, and what stands at its places."""

    methods: Mapping[str, T]
    values: tuple[str, ...]


class Node(msgspec.Struct):
    """A place in the tree: where it goes on by a certain part or by any, and what is here."""

    texts: dict[str, "Node"] = msgspec.field(default_factory=dict)
    any: "Node | None" = None
    methods: dict[str, Any] = msgspec.field(default_factory=dict)


class Table(Generic[T]):
    """A routing table, which doesn't change once it is made. A certain text beats a place."""

    def __init__(self, routes: Iterable[tuple[str, str, str, T]] = ()) -> None:
        """`routes` are versions, methods and paths, and what they lead to."""
        self._roots: dict[str, Node] = {}
        for version, method, path, leads_to in routes:
            node = self._roots.setdefault(version, Node())
            for part in parts_of(path):
                if part.is_place:
                    node.any = node.any or Node()
                    node = node.any
                else:
                    node = node.texts.setdefault(part.text, Node())
            node.methods[method] = leads_to

    def find(self, version: str, parts: Sequence[str]) -> Found[T] | None:
        """What the parts of a path lead to in a version, None for nothing."""
        root = self._roots.get(version)
        return _find(root, parts, 0, ()) if root is not None else None


def _find(node: Node, parts: Sequence[str], at: int, values: tuple[str, ...]) -> Found[Any] | None:
    if at == len(parts):
        return Found(node.methods, values) if node.methods else None
    part = parts[at]
    if (certain := node.texts.get(part)) is not None:
        found = _find(certain, parts, at + 1, values)
        if found is not None:
            return found
    if node.any is not None and part:
        return _find(node.any, parts, at + 1, (*values, part))
    return None


def refuse_conflicts(endpoint: Endpoint, others: Iterable[Endpoint]) -> None:
    """Raise BadInput if requests for an endpoint would be those of another."""
    own = written(parts_of(endpoint.path))
    for other in others:
        same = (other.version, other.method) == (endpoint.version, endpoint.method)
        if same and other.name != endpoint.name and written(parts_of(other.path)) == own:
            raise BadInput(
                f"path: {endpoint.method} {endpoint.address} is answered by {other.name!r}"
                f" already, as {other.path}.",
                cure=f"Choose another path, method or version, or change {other.name!r}.",
            )
