"""The fold: events come in by the batch, tallies of seconds come out."""

from collections.abc import Iterable, Iterator, Mapping
from math import log
from typing import Any, NamedTuple, TypeVar

from runtime.events import (
    AnyEvent,
    FaultInjected,
    RunCancelled,
    RunFailed,
    RunInterrupted,
    RunRecovered,
    RunRewound,
    RunStarted,
    RunSucceeded,
    ScopeClosed,
    TaskFailed,
    TaskFinished,
    TaskHeld,
    TaskRetried,
    TaskReused,
    TaskSkipped,
    TaskSpent,
    TaskStarted,
    block_of,
)
from runtime.projections.metrics.sketch import LEAST, SCALE, SHIFT, Sketch, bin_of
from runtime.projections.metrics.tally import EVERYTHING, Point, Series, Tally

MOST_BLOCKS = 1000
"""A flow with more blocks than this is not measured block by block: nobody could look at that."""

BREAKER = "BreakerOpen"
"""The type of a failure by which an open circuit breaker turns an attempt away."""

UNKNOWN = "unknown"
"""The agent of a block that isn't in its flow."""


class Known(NamedTuple):
    """What must be known of a flow: its name, and which kind of agent does each block.

    A block in a body goes by its address, `each/post`.
    """

    name: str
    agents: Mapping[str, str]


class _Leaf:
    """What one block adds to, or a run as such: its own series, and those `around` it.

    `bins` are the durations of tasks that finished in the step that goes on.
    """

    __slots__ = ("around", "bins", "own", "tallies")

    def __init__(self, own: Series | None, around: tuple[Series, ...]) -> None:
        self.own = own
        self.around = around
        self.bins: Sketch = {}
        self.tallies: dict[int, Tally] = {}

    def at(self, step: int) -> Tally:
        tally = self.tallies.get(step)
        if tally is None:
            tally = self.tallies[step] = Tally({}, {}, {})
        return tally

    def settle(self, step: int) -> None:
        """Put what finished in a step where it belongs."""
        if self.bins:
            tally = self.at(step)
            tally.count("tasks", sum(self.bins.values()))
            for bin, times in self.bins.items():
                tally.time("task", bin, times)
            self.bins = {}


class _Flow:
    """The leaves of a flow, made as its tasks come up."""

    def __init__(self, known: Known) -> None:
        self.itself = _Leaf(None, (Series(known.name), EVERYTHING))
        self.leaves: dict[str, _Leaf] = {}
        """By block, which is the same as by task outside of loops."""
        self._agents: dict[str, _Leaf] = {}
        self._around: dict[str, tuple[Series, ...]] = {}
        self._known = known
        self._one_by_one = len(known.agents) <= MOST_BLOCKS

    def leaf(self, task: str) -> _Leaf:
        """The leaf of a task that isn't among the leaves by that name."""
        block = block_of(task) if "[" in task else task
        leaf = self.leaves.get(block)
        if leaf is None:
            leaf = self.leaves[block] = self._make(block)
        return leaf

    def _make(self, block: str) -> _Leaf:
        name, agent = self._known.name, self._known.agents.get(block, UNKNOWN)
        around = self._around.setdefault(agent, (Series(agent=agent), Series(name), EVERYTHING))
        if self._one_by_one:
            return _Leaf(Series(name, block), around)
        return self._agents.setdefault(agent, _Leaf(None, around))


class _Run:
    """A run that goes on. `seq` is the last of its events that was taken in."""

    __slots__ = ("flow", "leaves", "seq", "under_way")

    def __init__(self, flow: _Flow) -> None:
        self.flow = flow
        self.leaves = flow.leaves
        self.under_way: dict[str, _Leaf] = {}
        self.seq = 0


class Fold:
    """Counts what happens, by flow, block and kind of agent, in steps of time.

    `step` is in seconds; steps are numbered from `origin` on. Runs must be introduced by `meet`
    before their events count.
    """

    def __init__(self, step: float = 1.0, origin: float = 0.0) -> None:
        self.runs: dict[str, _Run] = {}
        self._flows: dict[str, _Flow] = {}
        self.unmet: dict[str, list[AnyEvent]] = {}
        """Events of runs that nobody introduced; they are to be given again."""
        self.gone: dict[str, int | None] = {}
        """Runs that are counted no more: None when they have ended, or else up to which event."""
        self._runtime = _Leaf(None, (EVERYTHING,))
        self._touched: set[_Leaf] = set()
        self._seconds = step
        self._per_second = 1 / step
        self._origin = origin
        self._step_now = 0
        self._now = (0.0, 0.0)
        """From when to when that step goes."""

    def knows(self, flow: str) -> bool:
        """Whether runs of a flow can be introduced without saying more of it."""
        return flow in self._flows

    def meet(self, run: str, flow: str, known: Known | None, seq: int = 0) -> None:
        """Introduce a run of a flow (its hash), counted up to that event."""
        if known is not None and flow not in self._flows:
            if len(self._flows) >= 64:
                del self._flows[next(iter(self._flows))]
            self._flows[flow] = _Flow(known)
        self.runs[run] = met = _Run(self._flows[flow])
        met.seq = seq

    def take(self, events: Iterable[AnyEvent]) -> None:
        """Fold events in, those of each run in order.

        Most tell of a task that finished just now: the path of those is kept short, since the
        engine has to pay for it. All that follows from one is worked out when it is drained.
        """
        runs, touched, unmet = self.runs, self._touched, self.unmet
        low, high = self._now
        id, run, seq = "", None, 0
        leaves: dict[str, _Leaf] = {}
        under_way = leaves
        for event in events:
            if event.run is not id:  # the events of a run mostly share the text of its id
                if run is not None:
                    run.seq = seq
                id = event.run
                run = runs.get(id) or self._begun(event)
                if run is not None:
                    seq, leaves, under_way = run.seq, run.leaves, run.under_way
            if run is None:
                unmet.setdefault(id, []).append(event)
            elif type(event) is not TaskFinished:
                run.seq = seq
                self._other(run, event)
                id, run = "", None  # it may have ended
            elif event.seq > seq:
                seq = event.seq
                task, at = event.task, event.at
                leaf = leaves.get(task) or run.flow.leaf(task)
                if under_way:
                    under_way.pop(task, None)
                if not low <= at < high:
                    low, high = self._turn(at)
                bins = leaf.bins
                if not bins:
                    touched.add(leaf)
                took = at - event.started
                bin = int(log(took) * SCALE + SHIFT) if took > LEAST else 0
                bins[bin] = bins.get(bin, 0) + 1
        if run is not None:
            run.seq = seq

    def tick(self, at: float) -> None:
        """Take note of what is under way at a moment; to be called once a step.

        It is counted in seconds of runs and tasks: those can be added, over time and over
        runtimes, and divided by the length of any stretch give how many there were.
        """
        for run in self.runs.values():
            self._count(run.flow.itself, at, "runs_active", self._seconds)
            for leaf in run.under_way.values():
                self._count(leaf, at, "tasks_under_way", self._seconds)

    def see(self, at: float, **levels: float) -> None:
        """Take note of levels of the runtime as a whole."""
        tally = self._runtime.at(self._step(at))
        for name, value in levels.items():
            tally.see(name, value)
        self._touched.add(self._runtime)

    def drain(self) -> list[Point]:
        """What was counted since the last time.

        Blocks are first added up by what is around them, of which there is little.
        """
        found: dict[tuple[Series, int], Tally] = {}
        around: dict[tuple[tuple[Series, ...], int], Tally] = {}
        for leaf in self._touched:
            leaf.settle(self._step_now)
            for step, tally in leaf.tallies.items():
                _added(around, (leaf.around, step), tally)
                if leaf.own is not None and (own := (leaf.own, step)) in found:
                    found[own].add(tally)  # a flow that was forgotten, and came up again
                elif leaf.own is not None:
                    found[own] = tally
            leaf.tallies = {}
        self._touched.clear()
        for (names, step), tally in around.items():
            for series in names:
                _added(found, (series, step), tally)
        return [Point(series, step, tally) for (series, step), tally in found.items()]

    def _begun(self, event: AnyEvent) -> _Run | None:
        """A run of a flow that is known introduces itself by its beginning."""
        if isinstance(event, RunStarted) and event.flow in self._flows:
            self.meet(event.run, event.flow, None)
        return self.runs.get(event.run)

    def _turn(self, at: float) -> tuple[float, float]:
        """Another step goes on from now: that of this moment."""
        for leaf in self._touched:
            leaf.settle(self._step_now)
        self._step_now = self._step(at)
        begin = self._origin + self._step_now / self._per_second
        self._now = begin, begin + 1 / self._per_second
        return self._now

    def _other(self, run: _Run, event: Any) -> None:
        """Anything but a finished task. Events that are shown only bear numbers of others."""
        if isinstance(event, RunInterrupted):
            del self.runs[event.run]
            self.gone[event.run] = run.seq
            return
        if event.seq <= run.seq:
            return
        match event:
            case TaskStarted():
                run.seq = event.seq
                run.under_way[event.task] = run.leaves.get(event.task) or run.flow.leaf(event.task)
            case _:
                run.seq = event.seq
                self._rare(run, event)

    def _rare(self, run: _Run, event: Any) -> None:
        match event:
            case TaskFailed() | TaskRetried():
                self._settle(run, event)
                if event.failure.type == BREAKER:
                    self._count(self._leaf(run, event.task), event.at, "breaker_open")
            case TaskReused() | TaskSkipped() | TaskHeld():
                self._settle(run, event)
            case TaskSpent():
                leaf = self._leaf(run, event.task)
                self._count(leaf, event.at, "tokens", event.tokens)
                self._count(leaf, event.at, "cost", event.cost)
            case FaultInjected():
                self._count(self._leaf(run, event.task), event.at, "faults")
            case ScopeClosed() if event.failure is not None:
                run.under_way = dict(_outside(run.under_way, f"{event.scope}/"))
            case RunRewound() | RunRecovered():
                run.under_way = {}
            case RunStarted():
                self._count(run.flow.itself, event.at, "runs_started")
            case RunSucceeded() | RunFailed() | RunCancelled():
                self._end(run, event)

    def _settle(self, run: _Run, event: Any) -> None:
        """A task isn't under way any more."""
        run.under_way.pop(event.task, None)
        self._count(self._leaf(run, event.task), event.at, _OUTCOMES[type(event)])

    def _end(self, run: _Run, event: RunSucceeded | RunFailed | RunCancelled) -> None:
        self._count(run.flow.itself, event.at, _OUTCOMES[type(event)])
        run.flow.itself.at(self._step(event.at)).time("run", bin_of(event.took))
        self.gone[event.run] = None
        del self.runs[event.run]

    def _leaf(self, run: _Run, task: str) -> _Leaf:
        return run.leaves.get(task) or run.flow.leaf(task)

    def _count(self, leaf: _Leaf, at: float, name: str, by: float = 1) -> None:
        leaf.at(self._step(at)).count(name, by)
        self._touched.add(leaf)

    def _step(self, at: float) -> int:
        return int((at - self._origin) * self._per_second)


_OUTCOMES: Mapping[type, str] = {
    TaskFailed: "tasks_failed",
    TaskRetried: "tasks_retried",
    TaskReused: "tasks_reused",
    TaskSkipped: "tasks_skipped",
    TaskHeld: "tasks_held",
    RunSucceeded: "runs_succeeded",
    RunFailed: "runs_failed",
    RunCancelled: "runs_cancelled",
}


K = TypeVar("K")


def _added(to: dict[K, Tally], key: K, tally: Tally) -> None:
    there = to.get(key)
    if there is None:
        there = to[key] = Tally({}, {}, {})
    there.add(tally)


def _outside(under_way: Mapping[str, _Leaf], prefix: str) -> Iterator[tuple[str, _Leaf]]:
    return ((task, leaf) for task, leaf in under_way.items() if not task.startswith(prefix))


def points_of(events: list[AnyEvent], known: Known, step: float) -> list[Point]:
    """The course of one run, in steps from its beginning on; what its journal has, folded anew."""
    first = events[0]
    assert isinstance(first, RunStarted), "a run's first event says how it began"
    fold = Fold(step, first.at)
    fold.meet(first.run, first.flow, known)
    due = first.at + step
    for event in events:
        while event.at >= due:
            fold.tick(due - step / 2)
            due += step
        fold.take((event,))
    return fold.drain()
