"""Numbers by which a client asks again: for frames, for values with members, for places to go."""

from collections.abc import Mapping
from itertools import count
from typing import Any, NamedTuple

from graph.values import kind_of, shorten
from runtime.large import COUNTED, Large, Place, Side, weight
from runtime.services.dap.shapes import Hint, Variable

MOST = 100_000
"""Handles kept at a time; the oldest are forgotten."""

WIDTH = 400
"""Letters of a value that are shown at once."""

LONG = 16 * 1024
"""Weight of a list or record beyond which only its size is shown."""


class Frame(NamedTuple):
    """A step of a call path: a task, a round (`each[3]`), or "" for the run."""

    task: str
    is_round: bool = False


class Part(NamedTuple):
    """A side of a task, whose members are its ports or parameters."""

    task: str
    side: Side


class Blocks(NamedTuple):
    """What the blocks of a round have given so far."""

    scope: str


class Held(NamedTuple):
    """A value with members: itself or how it begins; where it is in the run, if it is there."""

    value: Any
    place: Place | None = None
    name: str = ""


class Target(NamedTuple):
    """A task to go back to."""

    task: str


Handle = Frame | Part | Blocks | Held | Target


class Handles:
    """What stands behind the numbers, as long as the run stands still."""

    def __init__(self) -> None:
        self._ids = count(1000)
        self._kept: dict[int, Handle] = {}

    def keep(self, handle: Handle) -> int:
        number = next(self._ids)
        self._kept[number] = handle
        if len(self._kept) > MOST:
            del self._kept[next(iter(self._kept))]
        return number

    def get(self, number: int) -> Handle | None:
        return self._kept.get(number)

    def clear(self) -> None:
        """The run goes on: what was seen may not be so any more."""
        self._kept.clear()

    def variable(
        self, name: str, value: Any, place: Place | None = None, evaluate: str = "", type: str = ""
    ) -> Variable:
        """A value as it is shown, with a number if it has members."""
        size = _size(value)
        number = self.keep(Held(value, place, evaluate)) if size else 0
        named = isinstance(value, Mapping) or (isinstance(value, Large) and value.kind == "record")
        return Variable(
            name,
            shown(value),
            number,
            type or type_of(value),
            evaluate or None,
            named_variables=size if named and size else None,
            indexed_variables=size if not named and size else None,
            presentation_hint=Hint(attributes=["rawString"]) if isinstance(value, str) else None,
        )


def _size(value: Any) -> int:
    """How many members a value has."""
    match value:
        case Large():
            return value.size if value.kind in ("list", "record") else 0
        case list() | tuple() | Mapping():
            return len(value)
    return 0


def type_of(value: Any) -> str:
    """The kind of a value in words."""
    return value.kind if isinstance(value, Large) else kind_of(value)


def shown(value: Any, width: int = WIDTH) -> str:
    """A value on one line."""
    match value:
        case Large() if value.kind in ("list", "record"):
            return repr(value)
        case Large():
            return f"{shorten(value.head, width)} ({value!r})"
        case Mapping() | list() | tuple() if weight(value, LONG) > LONG:
            return COUNTED["record" if isinstance(value, Mapping) else "list"].format(len(value))
        case Mapping():
            return shorten(dict(value), width)
    return shorten(value, width)
