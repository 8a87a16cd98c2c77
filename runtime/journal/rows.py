"""What the events say about a run and its tasks, as rows: folds that every journal shares."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard, assert_never

from msgspec.structs import replace

from runtime.events import (
    AnyEvent,
    Failure,
    RunCancelled,
    RunContinued,
    RunFailed,
    RunPaused,
    RunRecovered,
    RunStarted,
    RunSucceeded,
    TaskDoubted,
    TaskFailed,
    TaskFinished,
    TaskRetried,
    TaskReused,
    TaskSkipped,
    TaskStarted,
    block_of,
)
from runtime.journal.contract import (
    FIRST_LEASE,
    BlockRow,
    RunRow,
    RunState,
    TaskRow,
    UnknownRun,
)

Turn = RunRecovered | RunPaused | RunContinued | RunSucceeded | RunFailed | RunCancelled
"""The events that change the row of a run that has one."""

TIMED = ("finished", "failed")
"""The states of tasks whose time says something about their block."""

ROW_EVENTS = frozenset({RunStarted, *Turn.__args__})


class Change(NamedTuple):
    """The columns of a run's row that become different; None leaves one as it is."""

    state: RunState | None = None
    ended: float | None = None
    summary: str | None = None
    owner: str | None = None
    lease_until: float | None = None

    def then(self, later: "Change") -> "Change":
        return self._replace(**later._columns())

    def apply(self, row: RunRow) -> RunRow:
        return replace(row, **self._columns())

    def _columns(self) -> dict[str, Any]:
        return {name: value for name, value in self._asdict().items() if value is not None}


def is_turn(event: AnyEvent) -> TypeGuard[Turn]:
    return type(event) in ROW_EVENTS and type(event) is not RunStarted


def first_row(event: RunStarted) -> RunRow:
    """The row of a run that just began."""
    return RunRow(
        run=event.run,
        flow=event.flow,
        name=event.name,
        state="running",
        started=event.at,
        replays=event.replays,
        owner=event.owner,
        lease_until=event.at + FIRST_LEASE if event.owner else 0.0,
        origin=event.origin,
    )


def change(event: Turn) -> Change:
    """What an event changes in the row of its run."""
    match event:
        case RunRecovered():
            return Change(owner=event.owner)
        case RunPaused():
            return Change(state="paused")
        case RunContinued():
            return Change(state="running")
        case RunSucceeded():
            return _end("succeeded", event, event.stopped)
        case RunFailed():
            return _end("failed", event, str(event.failure))
        case RunCancelled():
            return _end("cancelled", event, event.reason)
        case _:
            assert_never(event)


def _end(state: RunState, event: Turn, summary: str) -> Change:
    return Change(state, event.at, summary, owner="", lease_until=0.0)


def changes(events: Collection[AnyEvent]) -> tuple[dict[str, RunRow], dict[str, Change]]:
    """The rows of the runs that begin in these events, and how rows of others change."""
    new: dict[str, RunRow] = {}
    changed: dict[str, Change] = {}
    if ROW_EVENTS.isdisjoint(map(type, events)):  # as nearly always, on the engine's hot path
        return new, changed
    for event in events:
        if type(event) is RunStarted:
            new[event.run] = first_row(event)
        elif not is_turn(event):
            continue
        elif row := new.get(event.run):
            new[event.run] = change(event).apply(row)
        else:
            changed[event.run] = changed.get(event.run, Change()).then(change(event))
    return new, changed


def tasks_of(events: Iterable[AnyEvent]) -> list[TaskRow]:
    """The tasks of one run, in the order they came up."""
    rows: dict[str, TaskRow] = {}
    for event in events:
        if isinstance(event, RunFailed | RunCancelled):
            rows.update({k: _left(row, event.at) for k, row in rows.items()})
        elif row := _task_after(rows, event):
            rows[row.task] = row
    return list(rows.values())


def _task_after(rows: dict[str, TaskRow], event: AnyEvent) -> TaskRow | None:
    """The row of the task that an event is about, or None when it is about none."""
    match event:
        case TaskStarted():
            began = event.at if event.attempt == 1 else _row(rows, event).started or event.at
            return replace(
                _row(rows, event), state="running", attempts=event.attempt, started=began
            )
        case TaskFinished():
            row = replace(_row(rows, event), attempts=event.attempt, started=event.started)
            return _done(replace(row, state="finished", error="", message=""), event.at)
        case TaskRetried():
            return _failed(replace(_row(rows, event), attempts=event.attempt), event.failure)
        case TaskFailed():
            row = replace(_row(rows, event), state="failed", attempts=event.attempt)
            return _done(_failed(row, event.failure), event.at)
        case TaskReused():
            return _done(replace(_row(rows, event), state="reused", started=event.at), event.at)
        case TaskSkipped():
            return _done(replace(_row(rows, event), state="skipped", started=event.at), event.at)
        case TaskDoubted():
            return replace(_row(rows, event), state="doubted")
        case _:
            return None


_TaskEvent = (
    TaskStarted | TaskFinished | TaskRetried | TaskFailed | TaskReused | TaskSkipped | TaskDoubted
)


def _row(rows: dict[str, TaskRow], event: _TaskEvent) -> TaskRow:
    known = rows.get(event.task)
    return known or TaskRow(event.run, event.task, block_of(event.task), "running")


def _done(row: TaskRow, at: float) -> TaskRow:
    started = row.started or at
    return replace(row, started=started, ended=at, took=max(0.0, at - started))


def _failed(row: TaskRow, failure: Failure) -> TaskRow:
    return replace(row, error=failure.type, message=failure.message)


def _left(row: TaskRow, at: float) -> TaskRow:
    """A task that was under way when its run ended without it."""
    return _done(replace(row, state="cancelled"), at) if row.state == "running" else row


def blocks_of(flow: str, tasks: Mapping[str, Sequence[TaskRow]]) -> list[BlockRow]:
    """How the blocks of one flow did, from the tasks of its runs."""
    by_block: dict[str, list[TaskRow]] = defaultdict(list)
    for rows in tasks.values():
        for row in rows:
            by_block[row.block].append(row)
    return [_figures(flow, block, rows) for block, rows in by_block.items()]


def _figures(flow: str, block: str, rows: Sequence[TaskRow]) -> BlockRow:
    times = [row.took for row in rows if row.state in TIMED]
    return BlockRow(
        flow=flow,
        block=block,
        runs=len({row.run for row in rows}),
        tasks=len(rows),
        failed=sum(row.state == "failed" for row in rows),
        retried=sum(row.attempts > 1 for row in rows),
        mean=sum(times) / len(times) if times else 0.0,
        longest=max(times, default=0.0),
    )


def slowest_first(rows: Iterable[BlockRow], limit: int) -> list[BlockRow]:
    """The blocks that took most time in sum."""
    return sorted(rows, key=lambda row: (-row.mean * row.tasks, row.flow, row.block))[:limit]


def the_one(wanted: str, found: Sequence[RunRow]) -> RunRow:
    """The run among those whose id begins as wanted. Raises UnknownRun unless there is just one."""
    for row in found:
        if row.run == wanted:
            return row
    if not wanted or not found:
        raise unknown(wanted)
    if len(found) > 1:
        raise UnknownRun(
            f"Several runs begin with {wanted}: {found[0].run}, {found[1].run}, …",
            cure="Give more of the id.",
        )
    return found[0]


def unknown(run: str) -> UnknownRun:
    return UnknownRun(f"There is no run {run!r}.", cure="`heddle runs` lists them.")
