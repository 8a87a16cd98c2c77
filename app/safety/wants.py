"""What a flow wants to touch, for a person to agree to; and what it is granted for that."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from msgspec.structs import replace

from graph.catalog import Catalog
from graph.flow import Flow
from graph.spec import Needs
from graph.touches import Touch, together, touches

What = Literal[
    "hosts", "reads", "writes", "databases", "commands", "secrets", "connections", "changes", "code"
]

ORDER: Mapping[What, str] = {
    "hosts": "Reach over the network",
    "writes": "Write files",
    "reads": "Read files",
    "databases": "Use databases",
    "commands": "Run commands",
    "secrets": "Use secrets",
    "connections": "Use connections",
    "changes": "Change what others see",
    "code": "Run Python code, in a sandbox",
}
"""What can be touched, the most telling first, and how it is said."""

_ANY: Mapping[What, str] = {
    "hosts": "any host, known only when it runs",
    "reads": "files that are known only when it runs, in its folder",
    "writes": "files that are known only when it runs, in its folder",
    "databases": "any database, known only when it runs",
    "commands": "any command",
    "secrets": "any secret",
    "connections": "any connection, known only when it runs",
    "changes": "anything",
    "code": "any code",
}
RESOURCE = "heddle:"


class Want(NamedTuple):
    """One thing a flow wants to touch ("*" for any), and the blocks that do."""

    what: What
    target: str
    places: tuple[str, ...]

    @property
    def said(self) -> str:
        """The target in words."""
        if self.what == "code":
            return "what is written in the block"
        return _ANY[self.what] if self.target == "*" else self.target


def wants(
    flow: Flow, catalog: Catalog, inputs: Mapping[str, Any] | None = None
) -> list[Want]:  # fmt: skip
    """Everything the flow wants to touch, each thing once; with `inputs`, if they are known."""
    places: dict[tuple[What, str], list[str]] = {}
    for touch in touches(flow, catalog, inputs):
        for key in _targets(touch):
            places.setdefault(key, []).append(touch.place)
    order = list(ORDER)
    found = [Want(what, target, tuple(where)) for (what, target), where in places.items()]
    return sorted(found, key=lambda want: (order.index(want.what), want.target))


def needs_of(flow: Flow, catalog: Catalog) -> Needs:
    """The same, without where."""
    return together(touches(flow, catalog))


def _targets(touch: Touch) -> Iterator[tuple[What, str]]:
    for what in ORDER:
        if what == "code":
            if touch.needs.code:
                yield what, ""
        else:
            for target in getattr(touch.needs, what):
                if not target.startswith(RESOURCE):  # what comes with Heddle is for all to read
                    yield what, target


def is_nothing(needs: Needs) -> bool:
    """Whether there is nothing to agree to."""
    return _without_resources(needs) == Needs()


def _without_resources(needs: Needs) -> Needs:
    reads = tuple(path for path in needs.reads if not path.startswith(RESOURCE))
    return replace(needs, reads=reads)


def covers(agreed: Needs, wanted: Needs) -> bool:
    """Whether all that is wanted was agreed to."""
    names: tuple[What, ...] = tuple(name for name in ORDER if name != "code")
    return (agreed.code or not wanted.code) and all(
        set(getattr(wanted, name)) <= set(getattr(agreed, name)) for name in names
    )


def grants(
    flow: Flow, catalog: Catalog, folder: Path, inputs: Mapping[str, Any], allowed: Needs
) -> dict[str, Any]:
    """What a run may touch, as fields of Grants: what the flow says it does, and no more.

    Its own folder is always open to it. Where only the run will tell what file is meant, it
    stays in there; `allowed` is what a person has allowed beyond that.
    """
    needs = together(touches(flow, catalog, inputs)) | allowed
    home = str(folder)
    return {
        "folder": home,
        "reads": [home, *_paths(needs.reads, folder)],
        "writes": [home, *_paths(needs.writes, folder)],
        "hosts": list(needs.hosts),
        "databases": list(needs.databases),
    }


def _paths(named: Iterable[str], folder: Path) -> list[str]:
    """The files and folders outside the flow's own that are named, absolute."""
    found = dict[str, None]()
    for name in named:
        if name == "*" or not name.strip() or "\0" in name or name.startswith(RESOURCE):
            continue
        path = os.path.realpath(folder / os.path.expanduser(_fixed(name)))
        if not Path(path).is_relative_to(os.path.realpath(folder)):
            found[path] = None
    return list(found)


def _fixed(path: str) -> str:
    """The part of a path or pattern before its first wildcard."""
    parts = Path(path).parts
    plain = [*_until_wildcard(parts)]
    return str(Path(*plain)) if plain else "."


def _until_wildcard(parts: Iterable[str]) -> Iterator[str]:
    for part in parts:
        if any(mark in part for mark in "*?["):
            return
        yield part
