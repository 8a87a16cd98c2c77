"""Which tasks the run waited for, one after another, and where its time went."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from typing import NamedTuple

from graph.compile.plan import Plan
from runtime.events import block_of
from runtime.projections.timeline import Timeline, loop_of, scope_of

Depends = Mapping[str, Sequence[str]]
"""By address of a block: those it gets values from."""


class Step(NamedTuple):
    """A task on the critical path, and from when to when the run waited for it alone."""

    task: int
    since: float
    until: float


class Share(NamedTuple):
    """What a block took of a run, in seconds.

    `took` is the time of its tasks in sum, `critical` how long the run waited for it, `lost`
    what its tasks spent on failed attempts and on waiting between them, `held` what they stood
    while somebody debugged them.
    """

    block: str
    tasks: int
    took: float
    critical: float
    lost: float
    held: float = 0.0


class Went(NamedTuple):
    """Where the time of a run went: `whole` is its length, `idle` what no block accounts for."""

    whole: float
    idle: float
    shares: Sequence[Share]


def depends_of(plan: Plan, prefix: str = "") -> dict[str, list[str]]:
    """Which blocks those of a plan and of its bodies get values from, by address."""
    found: dict[str, list[str]] = {f"{prefix}{id}": [] for id in plan.ids}
    for source, id in enumerate(plan.ids):
        for target in plan.dependents[source]:
            found[f"{prefix}{plan.ids[target]}"].append(f"{prefix}{id}")
    for task, bodies in plan.bodies.items():
        for body in bodies.values():
            found |= depends_of(body, f"{prefix}{plan.ids[task]}/")
    return found


def critical_path(line: Timeline, depends: Depends) -> list[Step]:
    """From the task that ended last back to the first, each after the one it had to wait for.

    Of a task with rounds those that ended last come after it, as steps of their own.
    """
    steps = list[Step]()
    after = line.seen
    for task in _backwards(line, depends):
        until = min(line.end_of(task), after)
        since = min(line.starts[task], until)
        if not _has_rounds(line, task):
            after = since
        steps.append(Step(task, since, until))
    return steps[::-1]


def where_it_went(line: Timeline, path: Sequence[Step]) -> Went:
    """The blocks for which the run waited longest first, then those that took longest."""
    blocks = len(line.blocks)
    tasks, took, critical = [0] * blocks, [0.0] * blocks, [0.0] * blocks
    lost, held = [0.0] * blocks, [0.0] * blocks
    for task, block in enumerate(line.block_of):
        tasks[block] += 1
        took[block] += max(0.0, line.end_of(task) - line.starts[task])
    for part in line.parts:
        until = line.seen if isnan(part.until) else part.until
        stood = held if part.kind == "held" else lost
        stood[line.block_of[part.task]] += until - part.since
    for step in path:
        if not _has_rounds(line, step.task):
            critical[line.block_of[step.task]] += step.until - step.since
    whole = line.seen - line.began
    shares = map(Share._make, zip(line.blocks, tasks, took, critical, lost, held, strict=True))
    ordered = sorted(shares, key=lambda share: (-share.critical, -share.took))
    return Went(whole, max(0.0, whole - sum(critical)), ordered)


def waited_for(line: Timeline, depends: Depends, task: int) -> int | None:
    """The task that had to end before this one could begin: the last of those it depends on."""
    name = line.tasks[task]
    scope = scope_of(name)
    inside = len(block_of(scope))
    sources = (scope + source[inside:] for source in depends.get(block_of(name), ()))
    numbers = (line.numbers.get(source) for source in sources)
    ended = [n for n in numbers if n is not None and line.ends[n] <= line.starts[task]]
    if ended:
        return max(ended, key=lambda number: line.ends[number])
    return _before_round(line, depends, scope) if scope else None


def _backwards(line: Timeline, depends: Depends) -> Iterator[int]:
    """The critical path from its end on."""
    task, seen = line.last_in.get(""), set[int]()
    while task is not None and task not in seen:
        seen.add(task)
        yield task
        last = _last_round(line, task, line.end_of(task))
        task = waited_for(line, depends, task) if last is None else last


def _before_round(line: Timeline, depends: Depends, scope: str) -> int | None:
    """What a round began after: the one that ended before it, or what its loop waited for."""
    loop = line.numbers.get(loop_of(scope))
    if loop is None:
        return None
    before = _last_round(line, loop, line.opened.get(scope, line.starts[loop]))
    return waited_for(line, depends, loop) if before is None else before


def _last_round(line: Timeline, loop: int, by: float) -> int | None:
    """The task that ended last in the last round of a loop that was over by then."""
    times, scopes = line.closed.get(line.tasks[loop], ((), ()))
    for place in range(bisect_right(times, by) - 1, -1, -1):
        if (last := line.last_in.get(scopes[place])) is not None:
            return last
    return None


def _has_rounds(line: Timeline, task: int) -> bool:
    return line.tasks[task] in line.closed
