"""Series as they are asked for and answered: a metric's values, one for each step of time."""

import math
from collections.abc import Mapping

import msgspec

from graph.errors import HeddleError
from graph.values import did_you_mean
from runtime.metrics.levels import level_for
from runtime.metrics.store import By, Seen, Wanted
from runtime.projections.metrics.catalogue import METRICS
from runtime.projections.metrics.tally import EVERYTHING, Series, Tally

MOST_LINES = 50
"""Lines of one metric in an answer: of more, those of which most was counted."""


class NoSuchMetric(HeddleError):
    """Nothing of that name is measured."""


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which metrics, of what, from when to when (seconds since the epoch; 0 for now).

    `step` is in seconds; at most `points` steps are given, and longer ones if need be. With
    `flow`, `block` or `agent` only lines of that name are.
    """

    names: tuple[str, ...]
    by: By = "everything"
    flow: str = ""
    block: str = ""
    agent: str = ""
    start: float = 0.0
    end: float = 0.0
    step: int = 1
    points: int = 3600


class Line(msgspec.Struct, frozen=True):
    """One metric of one thing: a value a step, the first one's step beginning at `start`.

    None stands where there is nothing to tell, such as the success rate of no runs.
    """

    name: str
    series: Series
    start: float
    step: float
    values: list[float | None]


class Offer(msgspec.Struct, frozen=True):
    """A metric that can be asked for."""

    name: str
    title: str
    group: str
    unit: str
    about: str
    of: str


class Overview(msgspec.Struct, frozen=True):
    """What there is to ask for."""

    metrics: list[Offer]
    series: list[Seen]


def offers() -> list[Offer]:
    """All metrics, in the order in which they are listed."""
    return [Offer(m.name, m.title, m.group, m.unit, m.about, m.of) for m in METRICS.values()]


def check(question: Question) -> None:
    """Raises NoSuchMetric naming the first that there is none of."""
    for name in question.names:
        if name not in METRICS:
            raise NoSuchMetric(f"There is no metric {name!r}.", cure=did_you_mean(name, METRICS))


def wanted(question: Question) -> Wanted:
    """The series that are asked for."""
    return Wanted(question.by, question.flow, question.block, question.agent)


def stride(question: Question, start: float, end: int, now: int) -> tuple[int, int]:
    """The level to read, and the length of steps: no more of them than are wanted."""
    step = max(question.step, math.ceil((end - start) / question.points), 1)
    if step >= 10:
        step += -step % (10 if step < 60 else 60)
    level = level_for(start, now, step)
    return level, step + -step % level


def round_step(seconds: float, most: int) -> float:
    """A round number of seconds, of which a stretch has at most so many."""
    least = max(seconds / most, 1e-3)
    ten = 10.0 ** math.floor(math.log10(least))
    return next(ten * times for times in (1, 2, 5, 10) if ten * times >= least * (1 - 1e-9))


def named(question: Question) -> Series | None:
    """The one thing that is asked about, which has its line whether anything was counted or not."""
    match question:
        case Question(by="everything"):
            return EVERYTHING
        case Question(by="flow", flow=flow) if flow:
            return Series(flow)
        case Question(by="agent", agent=agent) if agent:
            return Series(agent=agent)
        case Question(by="block", flow=flow, block=block) if flow and block:
            return Series(flow, block)
    return None


def lines(
    question: Question,
    tallies: Mapping[tuple[Series, int], Tally],
    start: float,
    steps: range,
    step: float,
    end: int | None = None,
) -> list[Line]:
    """The values of metrics in these steps; the last one may have only begun by `end`."""
    one = named(question)
    by_series: dict[Series, dict[int, Tally]] = {} if one is None else {one: {}}
    for (series, at), tally in tallies.items():
        by_series.setdefault(series, {})[at] = tally
    most = sorted(by_series, key=lambda series: -len(by_series[series]))[:MOST_LINES]
    lengths = [min(step, end - at) if end else step for at in steps]
    return [
        Line(name, series, float(start), float(step), [
            METRICS[name].value(by_series[series].get(at, _NOTHING), length)
            for at, length in zip(steps, lengths, strict=True)
        ])
        for name in question.names
        for series in sorted(most)
    ]  # fmt: skip


_NOTHING = Tally()
"""Where nothing was counted rates are 0, and percentiles unknown."""
