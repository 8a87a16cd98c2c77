"""Values as they are written, and large ones set aside as blobs."""

import datetime
import hashlib
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import msgspec

from runtime.events import (
    AnyEvent,
    InputsChanged,
    OutputsChanged,
    ReplayDiverged,
    RunStarted,
    RunSucceeded,
    ScopeOpened,
    TaskAnswered,
    TaskAsked,
    TaskFinished,
    TaskReused,
    TaskStreamed,
    TaskTraced,
)
from runtime.journal.keeping import Ext, Keeper
from runtime.journal.keeping import plain as all_plain

LARGE = 64 * 1024
"""Bytes from which a packed value is set aside as a blob."""

BLOB = 1
"""The code of the format for a value set aside; `keeping` has the others."""

_CARRIERS: dict[type, tuple[str, ...]] = {
    TaskFinished: ("outputs",),
    TaskReused: ("outputs",),
    TaskStreamed: ("items",),
    RunStarted: ("inputs", "grants"),
    RunSucceeded: ("outputs",),
    ScopeOpened: ("inputs",),
    ReplayDiverged: ("before", "after"),
    InputsChanged: ("values",),
    OutputsChanged: ("outputs",),
    TaskTraced: ("detail",),
    TaskAsked: ("question",),
    TaskAnswered: ("values",),
}
"""The fields in which an event carries values of the flow, which can be anything at all."""

encode = msgspec.msgpack.Encoder().encode


class Lightened(NamedTuple):
    """An event, and the large values taken out of it, packed, by their hash."""

    event: AnyEvent
    blobs: dict[str, bytes]


def plain(events: Iterable[AnyEvent]) -> bool:
    """Whether every value in the events can be encoded as it is (see `keeping.plain`)."""
    return all_plain(
        [
            getattr(event, field)
            for event in events
            if type(event) in _CARRIERS
            for field in _CARRIERS[type(event)]
        ]
    )


def dump(value: Any, place: str) -> bytes:
    """A value by itself, to be handed to another process. Raises Refused, calling it `place`."""
    if all_plain([value]):
        try:
            return encode(value)
        except (TypeError, ValueError, OverflowError):
            pass  # the careful way says what it is
    return encode(Keeper().kept(value, place))


def load(packed: bytes) -> Any:
    """The value that was dumped."""
    return msgspec.msgpack.decode(packed, ext_hook=_unpack_whole)


def pack(event: AnyEvent, keeper: Keeper) -> AnyEvent:
    """The event with every value in a form that is kept. Raises Refused."""
    keeper.begin()
    kept = {
        field: _each(getattr(event, field), keeper.kept, field)
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


def unpacker(blob: Callable[[str], bytes]) -> Callable[[int, memoryview], Any]:
    """What turns extensions back into values; `blob` gives the bytes of a hash."""

    def unpack(code: int, data: memoryview) -> Any:
        match code:
            case 1:  # BLOB
                return msgspec.msgpack.decode(blob(data.hex()), ext_hook=unpack)
            case 2:  # DATE
                return datetime.date.fromisoformat(str(data, "ascii"))
            case 3:  # DATETIME
                return datetime.datetime.fromisoformat(str(data, "ascii"))
        raise ValueError(f"extension {code}")

    return unpack


def _no_blob(digest: str) -> bytes:
    raise ValueError(f"blob {digest}")


_unpack_whole = unpacker(_no_blob)
