"""A bundle brought into a journal, where its run can be shown, compared and replayed."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec

from graph.file_format import read
from runtime.bundle.contents import Bundle
from runtime.bundle.gathering import anonymous
from runtime.events import ENDINGS, AnyEvent, RunCancelled, RunStarted
from runtime.journal.contract import Journal, UnknownRun
from runtime.wire import packed

CUT_OFF = "It was still going on when it was exported."
"""Why a run counts as cancelled here that had no end there: nobody is to go on with it."""


async def bring_in(journal: Journal, bundle: Bundle, new_id: Callable[[], str]) -> str:
    """Keep what a bundle holds; gives the id its run has here.

    That is its own, unless another run has that already. One that is here already is left as it
    is. All runs are marked as done elsewhere, and are over.
    """
    for hash, text in bundle.flows.items():
        await journal.keep_flow(hash, read(text).name, text)
    ids: dict[str, str] = {}
    for recording in bundle.recordings:
        events = ended(recording.events)
        known = await _known(journal, recording.run)
        if known and _same(known, events):
            ids[recording.run] = recording.run
            continue
        ids[recording.run] = new_id() if known else recording.run
        appended = journal.append(_own(events, ids, origin_of(bundle)))
        if appended is not None:
            await appended
    return ids[bundle.run]


def origin_of(bundle: Bundle) -> str:
    """What is told of where the runs of a bundle come from."""
    made = datetime.fromtimestamp(min(max(bundle.made, 0.0), 253e9), UTC)
    return f"a bundle made on {made:%Y-%m-%d} ({bundle.seal[:12]})"


def ended(events: Sequence[AnyEvent]) -> Sequence[AnyEvent]:
    """The events of a run that is over, by being cut off if need be."""
    began, last = events[0], events[-1]
    if isinstance(last, ENDINGS):
        return events
    took = max(0.0, last.at - began.at)
    return [*events, RunCancelled(last.run, last.seq + 1, last.at, CUT_OFF, took)]


async def _known(journal: Journal, run: str) -> list[AnyEvent]:
    try:
        return await journal.read(run)
    except UnknownRun:
        return []


def _same(known: Sequence[AnyEvent], events: Sequence[AnyEvent]) -> bool:
    """Whether a run that is here is the one that comes, wherever it was run."""
    one, other = (packed([anonymous(event) for event in run]) for run in (known, events))
    return one == other


def _own(events: Sequence[AnyEvent], ids: dict[str, str], origin: str) -> list[AnyEvent]:
    """The events under the id the run has here; what it was granted there counts for nothing."""
    began = events[0]
    assert isinstance(began, RunStarted), "checked when the bundle was read"
    run = ids[began.run]
    own = [msgspec.structs.replace(event, run=run) for event in map(anonymous, events)]
    own[0] = msgspec.structs.replace(
        own[0], origin=origin, replays=ids.get(began.replays, began.replays)
    )
    return own
