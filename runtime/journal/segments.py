"""Events as they are stored: a run's share of one append, packed in one piece."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from runtime.events import VERSION, AnyEvent
from runtime.journal.contract import JournalError, Unrecordable
from runtime.journal.keeping import LARGEST, Keeper, Refused
from runtime.journal.packing import (
    LARGE,
    Lightened,
    any_large,
    encode,
    lighten,
    pack,
    plain,
    unpacker,
)

LARGEST_SEGMENT = 16 * 2**20
"""Bytes from which a segment of several events is divided."""

Facts = list[dict[str, Any]]
"""Events as plain records, the form in which old ones are upgraded."""


def only_grown(events: Facts) -> Facts:
    """What a version makes of one whose kinds of events it added to, and changed none."""
    return events


UPGRADES: Mapping[int, Callable[[Facts], Facts]] = {
    1: only_grown,
    2: only_grown,
    3: only_grown,
}
"""One function for every version but the newest: what it makes of its events is of the next.

Never edited once released; a recorded sample of each version is replayed in the tests.
"""


class Segment(NamedTuple):
    """A row of `run_events`: the events of a run from `first` to `last`, written `at` a time."""

    run: str
    first: int
    last: int
    at: float
    format: int
    payload: bytes


class Written(NamedTuple):
    """What one append leaves: segments, blobs by their hash, and which runs use which."""

    segments: list[Segment]
    blobs: dict[str, bytes]
    uses: set[tuple[str, str]]


def write(events: Sequence[AnyEvent]) -> Written:
    """Pack the events of one append. Raises Unrecordable."""
    written = Written([], {}, set())
    groups = _by_run(events)
    simple, keeper = plain(events), Keeper()
    try:
        payloads = [encode(group) if simple else b"" for group in groups]
    except (TypeError, ValueError, OverflowError, RecursionError):
        # Not every event can be encoded as it is. The careful way says which, and why.
        payloads, simple = [b""] * len(groups), False
    for group, payload in zip(groups, payloads, strict=True):
        if not simple:
            _write_light([_packed(event, keeper) for event in group], written)
        elif len(payload) > LARGEST_SEGMENT or (len(payload) > LARGE and any_large(group)):
            _write_light(group, written)
        else:
            written.segments.append(_segment(group, payload))
    return written


def _by_run(events: Sequence[AnyEvent]) -> list[Sequence[AnyEvent]]:
    run = events[0].run
    for event in events:
        if event.run is not run:
            break
    else:
        return [events]
    groups: dict[str, list[AnyEvent]] = defaultdict(list)
    for event in events:
        groups[event.run].append(event)
    return list(groups.values())


def _segment(events: Sequence[AnyEvent], payload: bytes) -> Segment:
    first, last = events[0], events[-1]
    return Segment(first.run, first.seq, last.seq, last.at, VERSION, payload)


def _write_light(events: Sequence[AnyEvent], written: Written) -> None:
    """Write the events of one run with the large values among them set aside."""
    light = []
    for event in events:
        lighter, blobs = _lightened(event)
        light.append(lighter)
        written.blobs.update(blobs)
        written.uses.update((event.run, digest) for digest in blobs)
    written.segments.extend(_divided(light))


def _packed(event: AnyEvent, keeper: Keeper) -> AnyEvent:
    try:
        packed = pack(event, keeper)
        encode(packed)
    except Refused as refused:
        reason = f"{refused.reason} can't be recorded ({refused.place})."
        raise _unrecordable(event, reason, refused.cure) from None
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise _unrecordable(event, f"an event can't be recorded: {error}.", "") from error
    return packed


def _lightened(event: AnyEvent) -> Lightened:
    lightened = lighten(event)
    _check_size(event, sum(map(len, lightened.blobs.values())))
    return lightened


def _check_size(event: AnyEvent, size: int) -> None:
    if size > LARGEST:
        raise _unrecordable(
            event,
            f"{size / 2**20:.0f} MB in one event can't be recorded; {LARGEST >> 20} MB can.",
            "Write it to a file and pass its path on.",
        )


def _unrecordable(event: AnyEvent, reason: str, cure: str) -> Unrecordable:
    task = getattr(event, "task", "") or getattr(event, "scope", "")
    place = f"{task} in run {event.run}" if task else f"Run {event.run}"
    return Unrecordable(f"{place}: {reason}", run=event.run, seq=event.seq, task=task, cure=cure)


def _divided(events: Sequence[AnyEvent]) -> Iterator[Segment]:
    payload = encode(events)
    if len(events) == 1:
        _check_size(events[0], len(payload))
        yield _segment(events, payload)
    elif len(payload) <= LARGEST_SEGMENT:
        yield _segment(events, payload)
    else:
        half = len(events) // 2
        yield from _divided(events[:half])
        yield from _divided(events[half:])


def reader(
    blob: Callable[[str], bytes],
    upgrades: Mapping[int, Callable[[Facts], Facts]] = UPGRADES,
    newest: int = VERSION,
) -> Callable[[int, bytes], list[AnyEvent]]:
    """A function from the format and payload of a segment to its events.

    `blob` gives the bytes of a hash. The function raises JournalError.
    """
    unpack = unpacker(blob)
    events = msgspec.msgpack.Decoder(list[AnyEvent], ext_hook=unpack)
    facts = msgspec.msgpack.Decoder(Facts, ext_hook=unpack)

    def read(version: int, payload: bytes) -> list[AnyEvent]:
        if version > newest:
            raise JournalError(
                f"The journal holds events of version {version}; this Heddle knows {newest}.",
                cure="Update Heddle.",
            )
        try:
            if version == newest:
                return events.decode(payload)
            old = facts.decode(payload)
            for step in range(version, newest):
                old = upgrades[step](old)
            return msgspec.convert(old, list[AnyEvent])
        except (msgspec.DecodeError, ValueError) as error:
            raise JournalError(
                f"The journal holds something that can't be read: {error}.",
                cure="The file is damaged: restore it from a backup.",
            ) from error

    return read
