"""A run as it was after each of its events, without folding it from the beginning."""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import Any, Generic, TypeVar, cast

from app.presenters.live_run import MOST_ROUNDS, LiveRun, Round, in_studio_words
from runtime.events import (
    AnyEvent,
    OutputsChanged,
    ScopeClosed,
    ScopeOpened,
    TaskFinished,
    TaskReused,
    TaskSkipped,
    TaskStarted,
    block_of,
)
from runtime.projections.block_view import BlockView
from runtime.projections.run_view import RunView

T = TypeVar("T")

FEW = 2000
"""Changes between two moments of which it is told which blocks they are about."""

_GIVING = frozenset({TaskFinished, TaskReused})
_COMMON = frozenset({TaskStarted, TaskFinished, TaskReused, TaskSkipped, ScopeOpened, ScopeClosed})
"""What changes nothing of the run but its blocks, and that a stalled one goes on."""


class _Track:
    """What became of one block: places in the run, and how it stood from each of them on."""

    __slots__ = (
        "_by_task", "_indexed", "changed", "closed", "gave", "opened", "ports",
        "rewritten", "views",
    )  # fmt: skip

    def __init__(self) -> None:
        self.changed = array("I")
        self.views: list[BlockView] = []
        self.gave = array("I")
        self.ports: dict[str, array[int]] = {}
        self.opened = array("I")
        self.closed = array("I")
        self.rewritten = array("I")
        """Where somebody gave other outputs to a task that had given some."""
        self._by_task: dict[str, int] = {}
        self._indexed = 0

    def given_by(self, task: str, place: int, events: Sequence[AnyEvent]) -> int:
        """The place from which on it has the outputs that it has then, 0 when it has none."""
        for at in reversed(self.rewritten[: bisect_right(self.rewritten, place)]):
            if events[at - 1].task == task:  # type: ignore[union-attr]
                return at
        for at in self.gave[self._indexed :]:
            self._by_task.setdefault(events[at - 1].task, at)  # type: ignore[union-attr]
        self._indexed = len(self.gave)
        given = self._by_task.get(task, 0)
        return given if given <= place else 0


class Moments:
    """`take` the recorded events of a run, then ask what it was like `at` a place.

    A place counts events: at 0 nothing has happened, at `last` all has. Whatever an event
    changes is kept beside its place, so that a moment is found by bisection, and only for the
    blocks that somebody looks at.
    """

    def __init__(self, run: str = "") -> None:
        self.run = run
        self.events: list[AnyEvent] = []
        self.times = array("d")
        """When each event happened, never before the one ahead of it."""
        self.tracks: dict[str, _Track] = {}
        self.came_up = array("I")
        """By block: the first place at which it is known."""
        self._fold = RunView()
        self._turns = array("I", [0])
        self._views: list[RunView] = [RunView()]
        """The run without its blocks from each turn on."""
        self._changes = array("I")
        self._changed: list[str] = []

    @property
    def last(self) -> int:
        """The place after the last event."""
        return len(self.events)

    def take(self, events: Iterable[AnyEvent]) -> None:
        """Go on with what happened next."""
        for told in events:
            event = in_studio_words(told)
            news = self._about(event)
            self._fold.after(event)
            self.events.append(event)
            self.times.append(max(event.at, self.times[-1]) if self.times else event.at)
            place = len(self.events)
            for block in news:
                self._keep(block, place, event)
            if type(event) not in _COMMON or self._fold.state != self._views[-1].state:
                self._turns.append(place)
                self._views.append(_without_blocks(self._fold))

    def at(self, place: int, when: float | None = None) -> "Moment":
        """The run after so many of its events, when those are all that had happened by then."""
        return Moment(self, max(0, min(place, self.last)), when)

    def place_at(self, time: float) -> int:
        """The place after the last event that had happened by then."""
        return bisect_right(self.times, time)

    def between(self, one: int, other: int) -> frozenset[str] | None:
        """The blocks that differ between two places; None when that may be any."""
        first, past = sorted((one, other))
        lo, hi = bisect_right(self._changes, first), bisect_right(self._changes, past)
        return frozenset(self._changed[lo:hi]) if hi - lo <= FEW else None

    def view(self, place: int) -> RunView:
        """The run at a place, without its blocks."""
        found = _without_blocks(self._views[bisect_right(self._turns, place) - 1])
        found.events = place
        found.seen = self.events[place - 1].at if place else 0.0
        return found

    def _about(self, event: AnyEvent) -> Sequence[str]:
        """The blocks that the event changes."""
        task: str = getattr(event, "task", "")
        scope: str = getattr(event, "scope", "")
        about = task or scope.rpartition("[")[0]
        block = block_of(about) if "[" in about else about
        if task or (scope and getattr(event, "failure", None) is None):
            return (block,)
        ended = {way.block.block for way in self._fold.under_way.values()}
        return tuple(ended | {block} if block else ended)

    def _keep(self, block: str, place: int, event: AnyEvent) -> None:
        view = self._fold.blocks.get(block)
        if view is None:
            return
        track = self.tracks.get(block)
        if track is None:
            track = self.tracks[block] = _Track()
            self.came_up.append(place)
        track.changed.append(place)
        track.views.append(copy(view))
        self._changes.append(place)
        self._changed.append(block)
        kind = type(event)
        if kind in _GIVING:
            track.gave.append(place)
            for port in event.outputs:  # type: ignore[union-attr]
                if port not in track.ports:
                    track.ports[port] = array("I")
                track.ports[port].append(place)
        elif kind is OutputsChanged:
            track.gave.append(place)
            track.rewritten.append(place)
        elif kind is ScopeOpened:
            track.opened.append(place)
        elif kind is ScopeClosed and block_of(event.scope) == block:  # type: ignore[union-attr]
            track.closed.append(place)


class Moment(LiveRun):
    """A run as it was at a place, read like one that is watched. Nothing can be taken in.

    What comes live only, the items of a stream and how far a task is, isn't in it. Neither is
    what was under way: nobody can say in the past what becomes of it.
    """

    def __init__(self, moments: Moments, place: int, when: float | None = None) -> None:
        super().__init__(moments.run)
        self._moments = moments
        self._when = when
        self.place = place
        self.seq = moments.events[place - 1].seq if place else 0
        self.view = moments.view(place)

        def as_of(pick: Callable[[_Track, int], T | None]) -> dict[str, T]:
            # Read like the dictionaries of a run that goes on; nobody but that run writes them.
            return cast("dict[str, T]", _AsOf(moments, place, pick))

        self.view.blocks = as_of(_view)
        self.values = as_of(self._outputs)
        self.counts = as_of(_counts)
        self.rounds = as_of(self._rounds)
        self.scopes = as_of(self._scopes)

    @property
    def now(self) -> float | None:
        return self.view.seen if self._when is None else self._when

    def outputs(self, address: str, round: str = "") -> Mapping[str, Any]:
        """What came out of a block: last, or in a round of a loop around it (`each[3]`)."""
        if not round or not address.startswith(f"{block_of(round)}/"):
            return self.values.get(address, {})
        task = round + address[len(block_of(round)) :]
        track, events = self._moments.tracks.get(address), self._moments.events
        if track and (given := track.given_by(task, self.place, events)):
            return events[given - 1].outputs  # type: ignore[union-attr]
        return super().outputs(address, round)

    def _outputs(self, track: _Track, place: int) -> Mapping[str, Any] | None:
        found = bisect_right(track.gave, place)
        if not found:
            return None
        return self._moments.events[track.gave[found - 1] - 1].outputs  # type: ignore[union-attr]

    def _rounds(self, track: _Track, place: int) -> dict[str, Mapping[str, Any]] | None:
        events = self._moments.events
        gave = (events[at - 1] for at in _last(track.gave, place))
        return {e.task: e.outputs for e in gave if "[" in e.task} or None  # type: ignore[union-attr]

    def _scopes(self, track: _Track, place: int) -> dict[str, Round] | None:
        events = self._moments.events
        found = dict[str, Round]()
        for at in sorted((*_last(track.opened, place), *_last(track.closed, place))):
            event = events[at - 1]
            if isinstance(event, ScopeOpened):
                found[event.scope] = Round(event.inputs, event.body)
            elif isinstance(event, ScopeClosed) and event.scope in found:
                round = found[event.scope]
                round.is_over, round.failure = True, event.failure
        return found or None


class _AsOf(Mapping[str, T], Generic[T]):
    """By block, what `pick` finds of it at a place; what was asked for once is kept."""

    def __init__(
        self, moments: Moments, place: int, pick: Callable[[_Track, int], T | None]
    ) -> None:
        self._moments = moments
        self._place = place
        self._pick = pick
        self._found: dict[str, T | None] = {}

    def get(self, key: str, default: Any = None) -> Any:
        if key not in self._found:
            track = self._moments.tracks.get(key)
            self._found[key] = self._pick(track, self._place) if track else None
        found = self._found[key]
        return default if found is None else found

    def __getitem__(self, key: str) -> T:
        found: T | None = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[str]:
        known = bisect_right(self._moments.came_up, self._place)
        for count, block in enumerate(self._moments.tracks):
            if count == known:
                return
            if self.get(block) is not None:
                yield block

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _view(track: _Track, place: int) -> BlockView | None:
    found = bisect_right(track.changed, place)
    return track.views[found - 1] if found else None


def _counts(track: _Track, place: int) -> dict[str, int] | None:
    counts = {port: bisect_right(places, place) for port, places in track.ports.items()}
    return {port: count for port, count in counts.items() if count} or None


def _last(places: "array[int]", place: int) -> "array[int]":
    """Those up to a place, as many as a run that goes on keeps."""
    past = bisect_right(places, place)
    return places[max(0, past - MOST_ROUNDS) : past]


def _without_blocks(view: RunView) -> RunView:
    found = copy(view)
    found.blocks, found.under_way, found.held = {}, {}, dict(view.held)
    return found
