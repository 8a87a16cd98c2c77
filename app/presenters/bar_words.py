"""A bar of the timeline in words: its task, its times, its attempts, and why it waited."""

import re
from collections.abc import Callable, Iterator, Mapping
from math import isnan

from app.presenters.run_words import duration
from app.presenters.time_scale import exact
from runtime.projections.critical_path import Depends, waited_for
from runtime.projections.timeline import STATES, Kind, State, Timeline

SAID: Mapping[State, str] = {
    "running": "Running", "finished": "Done", "reused": "Reused from the run before",
    "skipped": "Skipped: no value came to it", "failed": "Failed",
    "caught": "Failed, and the flow went on", "cancelled": "Cancelled",
    "doubted": "Waits for your word",
}  # fmt: skip

LOST: Mapping[Kind, str] = {
    "tried": "Spent {} on attempts that failed.", "wait": "Waited {} between attempts.",
    "doubt": "Waited {} for a person's word.", "asked": "Waited {} for an answer.",
    "held": "Was held for {} while debugging.",
    "gone": "Nobody drove the run for {} of it.",
}  # fmt: skip

AT_ONCE = 0.001
"""Seconds between two tasks that are not worth telling."""

Title = Callable[[str], str]
"""What a block is called, by its address or that of a task."""


def bar_words(line: Timeline, depends: Depends, task: int, title: Title, critical: bool) -> str:
    """What is told of a bar, line by line."""
    return "\n".join(_lines(line, depends, task, title, critical))


def _lines(
    line: Timeline, depends: Depends, task: int, title: Title, critical: bool
) -> Iterator[str]:
    yield _heading(line.tasks[task], title)
    yield _times(line, task)
    if (began := _why_then(line, depends, task, title)) is not None:
        yield began
    if (attempts := line.attempts[task]) > 1:
        yield f"It took {attempts} attempts."
    yield from _lost(line, task)
    if (failure := line.failures.get(task)) is not None:
        yield failure.message
    if critical:
        yield "The run waited for it: it is on the critical path."


def _heading(name: str, title: Title) -> str:
    rounds = [_counted(round) for round in re.findall(r"\[([^]]*)\]", name)]
    return f"{title(name)} · round {', '.join(rounds)}" if rounds else title(name)


def _counted(round: str) -> str:
    """Rounds are counted from 1 where people see them."""
    return f"{int(round) + 1:,}" if round.isdigit() else round


def _times(line: Timeline, task: int) -> str:
    since = line.starts[task] - line.began
    state, took = STATES[line.states[task]], line.end_of(task) - line.starts[task]
    if state in ("reused", "skipped"):
        return f"{SAID[state]}, {_after(since, AT_ONCE)} after the start"
    part = took / 10
    began = _after(since, part)
    if isnan(line.ends[task]):
        return f"{SAID[state]} · {duration(took)} so far, from {began}"
    return f"{SAID[state]} · {duration(took)}, from {began} to {_after(since + took, part)}"


def _after(seconds: float, to: float) -> str:
    return "the start" if seconds < AT_ONCE else exact(seconds, to)


def _why_then(line: Timeline, depends: Depends, task: int, title: Title) -> str | None:
    before = waited_for(line, depends, task)
    if before is None:
        return None
    waited = line.starts[task] - line.ends[before]
    later = f" {duration(waited)} after" if waited >= AT_ONCE else " as soon as"
    return f"Began{later} “{_heading(line.tasks[before], title)}” had ended."


def _lost(line: Timeline, task: int) -> Iterator[str]:
    spent = dict[Kind, float]()
    for part in line.parts:
        if part.task == task:
            until = line.seen if isnan(part.until) else part.until
            spent[part.kind] = spent.get(part.kind, 0.0) + until - part.since
    for kind, seconds in spent.items():
        yield LOST[kind].format(duration(seconds))
