"""What counts of a run that went back: its events without those that it left behind."""

from collections.abc import Sequence

from runtime.events import (
    AnyEvent,
    BreakpointsSet,
    FaultsSet,
    RunRecovered,
    RunRewound,
    TaskSpent,
    WheelTaken,
)

LASTING = (BreakpointsSet, FaultsSet, RunRecovered, RunRewound, TaskSpent, WheelTaken)
"""What going back doesn't undo: how the run is driven, and what it has cost."""


def effective(events: Sequence[AnyEvent]) -> Sequence[AnyEvent]:
    """The events that count, in order: what happened and was then left behind is not among them.

    Costs nothing for a run that never went back.
    """
    if not any(isinstance(event, RunRewound) for event in events):
        return events
    kept: list[AnyEvent] = []
    for event in events:
        if isinstance(event, RunRewound):
            first = next((n for n, earlier in enumerate(kept) if earlier.seq > event.to), len(kept))
            kept[first:] = [left for left in kept[first:] if isinstance(left, LASTING)]
        kept.append(event)
    return kept
