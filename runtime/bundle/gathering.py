"""A run brought together out of a journal, without what belongs to the machine it ran on."""

from collections.abc import Iterable
from typing import Any, Protocol

import msgspec

from runtime.bundle.contents import MOST_RUNS, Bundle, NotBundled, Recording
from runtime.engine.hidden import Hidden
from runtime.events import LIVE_ONLY, AnyEvent, RunRecovered, RunStarted
from runtime.journal.contract import FlowRow, RunRow, UnknownRun


class Readable(Protocol):
    """What is asked of a journal, here or behind an address."""

    async def run(self, run: str) -> RunRow: ...
    async def read(self, run: str, after: int = 0) -> list[AnyEvent]: ...
    async def flow(self, flow: str) -> FlowRow | None: ...


async def gathered(journal: Readable, run: str, made: float, secrets: Iterable[str] = ()) -> Bundle:
    """A run, as far as it is, with its flow and the runs it repeats.

    Who ran it and what that was granted stay out, as does whatever of `secrets` is found in it:
    nothing should be, for runs are recorded without them. Raises UnknownRun, NotBundled.
    """
    hidden = Hidden()
    for secret in secrets:
        hidden.add(secret)
    wanted = (await journal.run(run)).run
    recordings: list[Recording] = []
    flows: dict[str, str] = {}
    following = wanted
    while following and len(recordings) < MOST_RUNS:
        began = await _take(journal, following, hidden, recordings, flows)
        following = began.replays if began else ""
    return Bundle(wanted, made, tuple(reversed(recordings)), flows)


async def _take(
    journal: Readable,
    run: str,
    hidden: Hidden,
    recordings: list[Recording],
    flows: dict[str, str],
) -> RunStarted | None:
    """Add a run and its flow; None when it is one that is repeated and isn't kept any more."""
    try:
        events = await journal.read(run)
    except UnknownRun:
        if recordings:
            return None
        raise
    began = events[0]
    assert isinstance(began, RunStarted), "a run's first event says how it began"
    if began.flow not in flows:
        flows[began.flow] = _text(await journal.flow(began.flow), run, hidden)
    recordings.append(Recording(run, [anonymous(_cleaned(e, hidden)) for e in events
                                      if not isinstance(e, LIVE_ONLY)]))  # fmt: skip
    return began


def _text(kept: FlowRow | None, run: str, hidden: Hidden) -> str:
    if kept is None:
        raise NotBundled(f"The flow of run {run} isn't kept any more.")
    if hidden.taken_out_of(kept.text) != kept.text:
        raise NotBundled(
            f"The flow of run {run} has the value of a secret written into it.",
            cure="Put the secret's name there instead, and run the flow again.",
        )
    return kept.text


def anonymous(event: AnyEvent) -> AnyEvent:
    """The event without who owned the run, and what that was granted there."""
    match event:
        case RunStarted():
            return msgspec.structs.replace(event, owner="", grants={}, origin="")
        case RunRecovered():
            return msgspec.structs.replace(event, owner="")
    return event


def _cleaned(value: Any, hidden: Hidden) -> Any:
    """An event, or a part of one, without the secrets."""
    match value:
        case msgspec.Struct():
            fields = {name: getattr(value, name) for name in value.__struct_fields__}
            clean = {name: _cleaned(field, hidden) for name, field in fields.items()}
            if all(clean[name] is fields[name] for name in fields):
                return value
            return msgspec.structs.replace(value, **clean)
        case list() if value and isinstance(value[0], msgspec.Struct):
            return [_cleaned(item, hidden) for item in value]
        case str() | bytes() | list() | dict():
            return hidden.taken_out_of(value)
    return value
