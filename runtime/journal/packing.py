"""Values as they are written: what can be kept, dates, and large values set aside as blobs."""

import datetime
import hashlib
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any, NamedTuple

import msgspec

from runtime.events import (
    AnyEvent,
    ReplayDiverged,
    RunStarted,
    RunSucceeded,
    ScopeOpened,
    TaskFinished,
    TaskReused,
    TaskStreamed,
)

Ext = msgspec.msgpack.Ext

LARGE = 64 * 1024
"""Bytes from which a packed value is set aside as a blob."""

DEEPEST = 200
"""Levels of lists and records in one value. Packers are recursive; cycles have no end."""

# Extension codes of the format: never given another meaning.
BLOB, DATE, DATETIME = 1, 2, 3

_CARRIERS: dict[type, tuple[str, ...]] = {
    TaskFinished: ("outputs",),
    TaskReused: ("outputs",),
    TaskStreamed: ("items",),
    RunStarted: ("inputs", "grants"),
    RunSucceeded: ("outputs",),
    ScopeOpened: ("inputs",),
    ReplayDiverged: ("before", "after"),
}
"""The fields in which an event carries values of the flow, which can be anything at all."""

_SCALARS = frozenset({type(None), bool, int, float, str, bytes})
_PLAIN = _SCALARS | {list, tuple, dict}
_KEYS = frozenset({str, int, float, bool, type(None)})

encode = msgspec.msgpack.Encoder().encode


class Refused(Exception):
    """A value can't be kept. `place` leads to it: `outputs.rows[3].tags`."""

    def __init__(self, place: str, reason: str, cure: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason
        self.cure = cure


class Lightened(NamedTuple):
    """An event, and the large values taken out of it, packed, by their hash."""

    event: AnyEvent
    blobs: dict[str, bytes]


def plain(events: Iterable[AnyEvent]) -> bool:
    """Whether encoding the events as they are keeps every value what it is.

    The encoder takes sets for lists and dates for text without a word. So the types in all
    values are looked at, a level at a time and in C: about 0.1 µs an event. To be called
    only after encoding succeeded, which rules out cycles.
    """
    return _plain(
        [
            getattr(event, field)
            for event in events
            if type(event) in _CARRIERS
            for field in _CARRIERS[type(event)]
        ]
    )


def _plain(level: list[Any]) -> bool:
    for _ in range(DEEPEST):
        kinds = set(map(type, level))
        if kinds <= _SCALARS:
            return True
        if not kinds <= _PLAIN:
            return False
        records = [value for value in level if type(value) is dict]
        if not set(map(type, chain.from_iterable(records))) <= _KEYS:
            return False
        lists = (value for value in level if type(value) is list or type(value) is tuple)
        level = list(chain(chain.from_iterable(map(dict.values, records)), *lists))
    return False


def dump(value: Any, place: str) -> bytes:
    """A value by itself, to be handed to another process. Raises Refused, calling it `place`."""
    try:
        packed = encode(value)
        if _plain([value]):
            return packed
    except (TypeError, ValueError, OverflowError, RecursionError):
        pass  # the careful way says what it is
    return encode(_kept(value, place, 1))


def load(packed: bytes) -> Any:
    """The value that was dumped."""
    return msgspec.msgpack.decode(packed, ext_hook=_unpack_whole)


def pack(event: AnyEvent) -> AnyEvent:
    """The event with every value in a form that is kept. Raises Refused."""
    kept = {
        field: _each(getattr(event, field), lambda value, place: _kept(value, place, 1), field)
        for field in _CARRIERS.get(type(event), ())
    }
    return msgspec.structs.replace(event, **kept) if kept else event


def any_large(events: Iterable[AnyEvent]) -> bool:
    """Whether there is something to set aside: asked of large batches, nearly always in vain."""
    return any(
        not _surely_small(value) and len(encode(value)) > LARGE
        for event in events
        for field in _CARRIERS.get(type(event), ())
        for value in _values(getattr(event, field))
    )


def _values(field: Any) -> Iterable[Any]:
    match field:
        case dict():
            return field.values()
        case list():
            return field
    return (field,)


def lighten(event: AnyEvent) -> Lightened:
    """The event with its large values set aside."""
    blobs: dict[str, bytes] = {}
    light = {
        field: _each(getattr(event, field), lambda value, _: _aside(value, blobs), field)
        for field in _CARRIERS.get(type(event), ())
    }
    return Lightened(msgspec.structs.replace(event, **light) if blobs else event, blobs)


def _each(field: Any, change: Callable[[Any, str], Any], place: str) -> Any:
    """The values in a field of an event, changed: those in a record or list one by one.

    For such a field may be declared to be one, and nothing can stand for it as a whole.
    """
    match field:
        case dict():
            return {name: change(value, f"{place}.{name}") for name, value in field.items()}
        case list():
            return [change(value, f"{place}[{i}]") for i, value in enumerate(field)]
    return change(field, place)


def _aside(value: Any, blobs: dict[str, bytes]) -> Any:
    """The value, or what stands for it when it is large."""
    if _surely_small(value) or len(packed := encode(value)) <= LARGE:
        return value
    digest = hashlib.sha256(packed)
    blobs[digest.hexdigest()] = packed
    return Ext(BLOB, digest.digest())


def _surely_small(value: Any) -> bool:
    if isinstance(value, str | bytes):
        return len(value) <= LARGE // 4
    return not isinstance(value, list | tuple | dict)


def _kept(value: Any, place: str, depth: int) -> Any:
    """The value built of what the format knows. Raises Refused."""
    match value:
        case None | bool():
            return value
        case int():
            return _integer(value, place)
        case float():
            return float(value)
        case str():
            return _text(value, place)
        case bytes():
            return bytes(value)
        case datetime.datetime():
            return Ext(DATETIME, value.isoformat().encode())
        case datetime.date():
            return Ext(DATE, value.isoformat().encode())
        case list() | tuple() | dict() if depth > DEEPEST:
            raise Refused(
                _shortened(place),
                f"a value nested more than {DEEPEST} levels deep, or that contains itself",
                "Flatten it.",
            )
        case list() | tuple():
            return [_kept(item, f"{place}[{i}]", depth + 1) for i, item in enumerate(value)]
        case dict():
            return {
                _key(name, place): _kept(item, f"{place}.{name}", depth + 1)
                for name, item in value.items()
            }
    raise Refused(place, f"a value of type {type(value).__name__}", _CURES.get(type(value), _CURE))


_CURE = "Turn it into text, numbers, lists or records first."
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


def unpacker(blob: Callable[[str], bytes]) -> Callable[[int, memoryview], Any]:
    """What turns extensions back into values; `blob` gives the bytes of a hash."""

    def unpack(code: int, data: memoryview) -> Any:
        match code:
            case 1:
                return msgspec.msgpack.decode(blob(data.hex()), ext_hook=unpack)
            case 2:
                return datetime.date.fromisoformat(str(data, "ascii"))
            case 3:
                return datetime.datetime.fromisoformat(str(data, "ascii"))
        raise ValueError(f"extension {code}")

    return unpack


def _no_blob(digest: str) -> bytes:
    raise ValueError(f"blob {digest}")


_unpack_whole = unpacker(_no_blob)
