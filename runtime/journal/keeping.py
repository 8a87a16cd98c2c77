"""What a journal can keep: values looked at, weighed, and built of what its format knows."""

import datetime
from itertools import chain
from typing import Any

import msgspec

from graph.sharing import repeats

Ext = msgspec.msgpack.Ext

DEEPEST = 200
"""Levels of lists and records in one value. Packers are recursive; cycles have no end."""

LARGEST = 64 * 2**20
"""Characters and bytes in all values of one event, a part counted as several."""

PART = 8
"""What a part weighs, in bytes: a number takes up to nine."""

DATE, DATETIME = 2, 3
"""Codes of the format (1 is a value set aside): never given another meaning."""

_SCALARS = frozenset({type(None), bool, int, float, str, bytes})
_PLAIN = _SCALARS | {list, tuple, dict}
_KEYS = frozenset({str, int, float, bool, type(None)})


class Refused(Exception):
    """A value can't be kept. `place` leads to it: `outputs.rows[3].tags`."""

    def __init__(self, place: str, reason: str, cure: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason
        self.cure = cure


def plain(level: list[Any]) -> bool:
    """Whether encoding these values keeps each what it is, and is soon done.

    The encoder takes sets for lists and dates for text without a word. So the types in all
    values are looked at, a level at a time and in C: about 0.1 µs an event. A small value may be
    endless when written out, for its parts may be shared, or be that value itself: what has many
    equal parts, or much text, isn't plain either.
    """
    characters = 0
    for _ in range(DEEPEST):
        kinds = set(map(type, level))
        if not kinds <= _PLAIN:
            return False
        if str in kinds or bytes in kinds:
            characters += sum(len(v) for v in level if type(v) is str or type(v) is bytes)
            if characters > LARGEST:
                return False
        if kinds <= _SCALARS:
            return True
        records = [value for value in level if type(value) is dict]
        if not set(map(type, chain.from_iterable(records))) <= _KEYS:
            return False
        lists = [value for value in level if type(value) is list or type(value) is tuple]
        if repeats(records, lists):
            return False
        level = list(chain(chain.from_iterable(map(dict.values, records)), *lists))
    return False


class Keeper:
    """Builds the values of events of what the format knows, a shared part but once.

    Bounded are the values of each event, and what all of them repeat. The values must live as
    long as it does: it knows them by where they are.
    """

    def __init__(self) -> None:
        self._left = self._repeats_left = LARGEST
        self._done: dict[int, tuple[Any, int]] = {}

    def begin(self) -> None:
        """The next event begins."""
        self._left = LARGEST

    def kept(self, value: Any, place: str, depth: int = 1) -> Any:
        """The value, built of what the format knows. Raises Refused."""
        match value:
            case None | bool():
                return value
            case int():
                return _integer(value, place)
            case float():
                return float(value)
            case str():
                self._weigh(len(value), place)
                return _text(value, place)
            case bytes():
                self._weigh(len(value), place)
                return bytes(value)
            case datetime.datetime():
                return Ext(DATETIME, value.isoformat().encode())
            case datetime.date():
                return Ext(DATE, value.isoformat().encode())
            case list() | tuple() | dict():
                return self._built(value, place, depth)
        cure = _CURES.get(type(value), "Turn it into text, numbers, lists or records first.")
        raise Refused(place, f"a value of type {type(value).__name__}", cure)

    def _built(self, value: Any, place: str, depth: int) -> Any:
        if depth > DEEPEST:
            raise Refused(
                _shortened(place),
                f"a value nested more than {DEEPEST} levels deep, or that contains itself",
                "Flatten it.",
            )
        if id(value) in self._done:
            made, weight = self._done[id(value)]
            self._repeats_left -= weight
            self._weigh(weight, place)
            return made
        before = self._left
        self._weigh(PART * (len(value) + 1), place)
        if isinstance(value, dict):
            made = {
                _key(name, place): self.kept(item, f"{place}.{name}", depth + 1)
                for name, item in value.items()
            }
        else:
            made = [self.kept(item, f"{place}[{i}]", depth + 1) for i, item in enumerate(value)]
        self._done[id(value)] = made, before - self._left
        return made

    def _weigh(self, weight: int, place: str) -> None:
        self._left -= weight
        if self._left < 0 or self._repeats_left < 0:
            raise Refused(
                _shortened(place),
                f"a value of more than {LARGEST >> 20} MB",
                "Write it to a file and pass its path on.",
            )


_CURES: dict[type, str] = {
    set: "Turn it into a list first.",
    frozenset: "Turn it into a list first.",
    bytearray: "Turn it into bytes first.",
}


def _integer(value: int, place: str) -> int:
    if -(2**63) <= value < 2**64:
        return int(value)
    raise Refused(place, "an integer of more than 64 bits", "Turn it into text or a float first.")


def _text(value: str, place: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Refused(
            place, "text with half a character in it (a lone surrogate)", "Decode it properly."
        ) from None
    return str(value)


def _key(name: Any, place: str) -> Any:
    if isinstance(name, str):
        return _text(name, place)
    if type(name) not in _KEYS:
        raise Refused(place, f"a record with a key of type {type(name).__name__}", "Use text.")
    return _integer(name, place) if type(name) is int else name


def _shortened(place: str, most: int = 60) -> str:
    return place if len(place) <= most else place[:most] + "…"
