"""Every metric there is: its name and unit, and how it follows from tallies."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Literal, NamedTuple

from runtime.projections.metrics.sketch import quantile
from runtime.projections.metrics.tally import Tally

Unit = Literal["count", "per second", "seconds", "share", "tokens", "US dollars", "bytes"]

Of = Literal["everything", "runs", "tasks"]
"""What a metric can be asked about: only all together, flows as well, or blocks and agents too."""


class Metric(NamedTuple):
    """One metric. `value` works it out for a tally of so many seconds, None when nothing tells."""

    name: str
    title: str
    group: str
    unit: Unit
    about: str
    value: Callable[[Tally, float], float | None]
    of: Of = "tasks"


def _rate(name: str, tally: Tally, seconds: float) -> float | None:
    return tally.counts.get(name, 0) / seconds


def _count(name: str, tally: Tally, seconds: float) -> float | None:
    return tally.counts.get(name, 0)


def _share(good: str, bad: str, tally: Tally, seconds: float) -> float | None:
    done = tally.counts.get(good, 0)
    whole = done + tally.counts.get(bad, 0)
    return done / whole if whole else None


def _percentile(name: str, share: float, tally: Tally, seconds: float) -> float | None:
    return quantile(tally.times.get(name, {}), share)


def _mean(name: str, tally: Tally, seconds: float) -> float | None:
    level = tally.levels.get(name)
    return level.total / level.seen if level else None


def _sum(name: str, tally: Tally, seconds: float) -> float | None:
    level = tally.levels.get(name)
    return level.total if level else None


def _times(name: str, whose: str, group: str, of: Of) -> Iterable[Metric]:
    for share, about in ((50, "half"), (90, "nine in ten"), (99, "all but one in a hundred")):
        yield Metric(
            f"{name}_time_p{share}", f"{whose} time, p{share}", group, "seconds",
            f"How long {about} of the {whose.lower()}s took at the most, within 2 %.",
            partial(_percentile, name, share / 100), of,
        )  # fmt: skip


CATALOGUE: tuple[Metric, ...] = (
    Metric("runs_active", "Runs under way", "Runs", "count",
           "Runs that have begun and not ended.", partial(_rate, "runs_active"), "runs"),
    Metric("runs_started", "Runs started", "Runs", "count",
           "Runs that began.", partial(_count, "runs_started"), "runs"),
    Metric("runs_succeeded", "Runs succeeded", "Runs", "count",
           "Runs that came to their end.", partial(_count, "runs_succeeded"), "runs"),
    Metric("runs_failed", "Runs failed", "Runs", "count",
           "Runs that a failed task ended.", partial(_count, "runs_failed"), "runs"),
    Metric("runs_cancelled", "Runs cancelled", "Runs", "count",
           "Runs that somebody ended.", partial(_count, "runs_cancelled"), "runs"),
    Metric("run_success", "Success rate of runs", "Runs", "share",
           "Of the runs that succeeded or failed, the share that succeeded.",
           partial(_share, "runs_succeeded", "runs_failed"), "runs"),
    *_times("run", "Run", "Runs", "runs"),
    Metric("task_rate", "Tasks a second", "Tasks", "per second",
           "Tasks that finished.", partial(_rate, "tasks")),
    *_times("task", "Task", "Tasks", "tasks"),
    Metric("task_success", "Success rate of tasks", "Tasks", "share",
           "Of the tasks that finished or failed for good, the share that finished.",
           partial(_share, "tasks", "tasks_failed")),
    Metric("tasks_failed", "Tasks failed", "Tasks", "count",
           "Tasks that failed for good, caught or not.", partial(_count, "tasks_failed")),
    Metric("tasks_retried", "Retries", "Tasks", "count",
           "Attempts that failed and were followed by another.",
           partial(_count, "tasks_retried")),
    Metric("tasks_reused", "Tasks reused", "Tasks", "count",
           "Tasks of replays that were answered from a recording.",
           partial(_count, "tasks_reused")),
    Metric("tasks_skipped", "Tasks skipped", "Tasks", "count",
           "Tasks that no value came to.", partial(_count, "tasks_skipped")),
    Metric("breaker_open", "Turned away by a breaker", "Tasks", "count",
           "Attempts that weren't made since a circuit breaker was open.",
           partial(_count, "breaker_open")),
    Metric("tasks_held", "Tasks held", "Tasks", "count",
           "Tasks that stopped for a person, at a breakpoint or after a step.",
           partial(_count, "tasks_held")),
    Metric("faults", "Faults injected", "Tasks", "count",
           "Things that went wrong on purpose, while debugging.", partial(_count, "faults")),
    Metric("tasks_under_way", "Tasks under way", "Queue", "count",
           "Tasks that have begun and wait for the world outside.",
           partial(_rate, "tasks_under_way")),
    Metric("tasks_ready", "Tasks ready", "Queue", "count",
           "Tasks that could begin and wait for their turn.", partial(_mean, "tasks_ready"),
           "everything"),
    Metric("tokens", "Tokens", "Spending", "tokens",
           "Tokens that models were sent and gave.", partial(_count, "tokens")),
    Metric("cost", "Cost", "Spending", "US dollars",
           "What the models cost.", partial(_count, "cost")),
    Metric("agents_down", "Agents down", "Agents", "count",
           "Agents that couldn't do their work.", partial(_mean, "agents_down"), "everything"),
    Metric("breakers_open", "Breakers open", "Agents", "count",
           "Hosts, providers and servers that failed so often that they weren't asked.",
           partial(_mean, "breakers_open"), "everything"),
    Metric("breakers_opened", "Breakers opened", "Agents", "count",
           "How often one of them was no longer asked, because it failed or somebody said so.",
           partial(_sum, "breakers_opened"), "everything"),
    Metric("memory", "Memory", "Runtime", "bytes",
           "Main memory of the runtime's process.", partial(_mean, "memory"), "everything"),
    Metric("cpu", "Processor", "Runtime", "share",
           "How busy the runtime's process keeps the processor: 100 % is one whole core.",
           partial(_mean, "cpu"), "everything"),
)  # fmt: skip
"""In the order in which they are listed; those of a group stand together."""

METRICS: Mapping[str, Metric] = {metric.name: metric for metric in CATALOGUE}
