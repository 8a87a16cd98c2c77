"""A run as a trace that other tools show: what took how long, and no value that passed."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from runtime.events import (
    ENDINGS,
    AnyEvent,
    RunStarted,
    TaskFailed,
    TaskFinished,
    TaskRetried,
    TaskReused,
    TaskSkipped,
    TaskStarted,
    block_of,
)


def trace_of(events: Sequence[AnyEvent]) -> bytes:
    """The run in Chrome's trace event format, which Perfetto and browsers open.

    It says of failures their kind, never their words: these may hold anything.
    """
    spans = list(_spans(events))
    return msgspec.json.encode({"displayTimeUnit": "ms", "traceEvents": spans})


def _spans(events: Sequence[AnyEvent]) -> Iterator[dict[str, Any]]:
    first, last = events[0], events[-1]
    name = first.name if isinstance(first, RunStarted) else ""
    state = type(last).__struct_config__.tag if isinstance(last, ENDINGS) else "unfinished"
    yield _span(name or "Run", first.at, last.at, 0, {"run": first.run, "state": state})
    lanes: dict[str, int] = {}
    for task, began, at, facts in _tasks(events):
        lane = lanes.setdefault(block_of(task), len(lanes) + 1)
        yield _span(task, began, at, lane, facts)


def _tasks(events: Iterable[AnyEvent]) -> Iterator[tuple[str, float, float, dict[str, Any]]]:
    began: dict[str, float] = {}
    for event in events:
        match event:
            case TaskStarted():
                began[event.task] = event.at
            case TaskFinished():
                start = min(event.started, began.pop(event.task, event.started))
                yield event.task, start, event.at, {"state": "done", "attempt": event.attempt}
            case TaskFailed() | TaskRetried():
                state = "failed" if isinstance(event, TaskFailed) else "retried"
                facts = {"state": state, "attempt": event.attempt, "error": event.failure.type}
                yield event.task, began.pop(event.task, event.at), event.at, facts
            case TaskReused() | TaskSkipped():
                state = "reused" if isinstance(event, TaskReused) else "skipped"
                yield event.task, event.at, event.at, {"state": state}
            case _:
                pass


def _span(name: str, began: float, at: float, lane: int, facts: dict[str, Any]) -> dict[str, Any]:
    """Microseconds, as the format has it."""
    took = max(0, round((at - began) * 1e6))
    return {"name": name, "ph": "X", "ts": round(began * 1e6), "dur": took,
            "pid": 1, "tid": lane, "args": facts}  # fmt: skip
