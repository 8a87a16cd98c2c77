"""A text looked for in the values of runs: in packed bytes first, as that is quick."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from runtime.events import (
    AnyEvent,
    OutputsChanged,
    RunFailed,
    RunStarted,
    RunSucceeded,
    ScopeOpened,
    TaskAnswered,
    TaskAsked,
    TaskFailed,
    TaskFinished,
    TaskReused,
)
from runtime.journal.keeping import DEEPEST

AROUND = 40
"""Characters shown before and after what was found."""

_encode = msgspec.msgpack.Encoder().encode


class Place(NamedTuple):
    """Where something was found: `parse.value`, and the text around it."""

    place: str
    excerpt: str


class Wanted:
    """A text, whatever its case; when it is a number, that number as well."""

    def __init__(self, text: str) -> None:
        self.text = text.strip().casefold()
        self._ascii = self.text.encode() if self.text.isascii() else b""
        self._numbers = _numbers(self.text)
        self._packed = tuple(map(_encode, self._numbers))

    def may_be_in(self, payload: bytes) -> bool:
        """Whether it may stand in packed events. A no is certain."""
        if any(packed in payload for packed in self._packed):
            return True
        if self._ascii:
            return self._ascii in payload.lower()
        return self.text in payload.decode(errors="ignore").casefold()

    def found_in(self, events: Iterable[AnyEvent]) -> Place | None:
        """Where it stands first in what a run was given, gave, or said of its failures."""
        for event in events:
            for place, value in _values(event):
                said = self._said(value)
                if said is not None:
                    return Place(place, said)
        return None

    def _said(self, value: Any) -> str | None:
        """The text around it in a value, None when it isn't there."""
        for part in _parts(value):
            if isinstance(part, str):
                at = part.casefold().find(self.text)
                if at >= 0:
                    return _excerpt(part, at, len(self.text))
            elif self._is_number(part):
                return str(part)
        return None

    def _is_number(self, part: int | float) -> bool:
        return part in self._numbers and not isinstance(part, bool)


def _numbers(text: str) -> tuple[int | float, ...]:
    """The number that a text names, as an integer and as a fraction where it is both."""
    try:
        number = float(text)
    except ValueError:
        return ()
    if number.is_integer() and abs(number) < 2**63:
        return int(number), number
    return (number,)


def _values(event: AnyEvent) -> Iterator[tuple[str, Any]]:
    """The values that an event carries, by where they stand."""
    match event:
        case TaskFinished() | TaskReused() | OutputsChanged():
            yield from _named(event.task, event.outputs)
        case RunStarted():
            yield from _named("inputs", event.inputs)
        case RunSucceeded():
            yield from _named("outputs", event.outputs)
        case ScopeOpened():
            yield from _named(event.scope, event.inputs)
        case TaskAsked():
            yield from _named(f"{event.task}.asked", event.question)
        case TaskAnswered():
            yield from _named(f"{event.task}.answered", {"by": event.by, **event.values})
        case TaskFailed():
            yield event.task, event.failure.message
        case RunFailed():
            yield event.failure.task, event.failure.message
        case _:
            pass


def _named(where: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        yield f"{where}.{name}", value


def _parts(value: Any, depth: int = 0) -> Iterator[str | int | float]:
    """The texts and numbers in a value; those of a record without its names."""
    match value:
        case str() | int() | float():
            yield value
        case dict() if depth < DEEPEST:
            for inner in value.values():
                yield from _parts(inner, depth + 1)
        case list() | tuple() if depth < DEEPEST:
            for inner in value:
                yield from _parts(inner, depth + 1)
        case datetime.date():  # a moment is one too
            yield value.isoformat()
        case _:
            pass


def _excerpt(text: str, at: int, length: int) -> str:
    start, end = max(0, at - AROUND), at + length + AROUND
    said = " ".join(text[start:end].split())
    return f"{'…' if start else ''}{said}{'…' if end < len(text) else ''}"
