"""Which charts there are to pick: a metric each, its percentiles together; found and grouped."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec

from runtime.metrics.series import Line, Offer
from runtime.projections.metrics.tally import Series


class Chart(NamedTuple):
    """One chart: the metrics it shows as lines when it is of one thing, and which of several."""

    id: str
    title: str
    group: str
    unit: str
    about: str
    of: str
    metrics: tuple[str, ...]
    labels: tuple[str, ...] = ("",)

    @property
    def main(self) -> int:
        """The metric that is shown where there is a line for each thing: p90 of percentiles."""
        return len(self.metrics) // 2


class Scope(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of what charts are: `by` says what has a line of its own; a name narrows it to that one.

    `follows` is what of the studio it goes with: the flow in front, or the selected block.
    """

    by: str = "everything"
    flow: str = ""
    block: str = ""
    agent: str = ""
    follows: str = ""


EVERYTHING = Scope()

Called = Callable[[str, str], str]
"""What people call a block of a flow, which is known by its address."""

PICKED = ("runs_active", "task_rate", "task_time", "task_success", "memory", "cpu")
"""The charts that are shown at first."""


def charts_of(offers: Iterable[Offer]) -> list[Chart]:
    """The charts for the metrics that a runtime offers, in its order."""
    found: dict[str, Chart] = {}
    for offer in offers:
        stem = re.fullmatch(r"(\w+)_p(\d+)", offer.name)
        id, label = (stem[1], f"p{stem[2]}") if stem else (offer.name, "")
        if id in found:
            chart = found[id]
            found[id] = chart._replace(
                metrics=(*chart.metrics, offer.name), labels=(*chart.labels, label)
            )
            continue
        title = offer.title.rpartition(", p")[0] if stem else offer.title
        about = "Percentiles, within 2 %." if stem else offer.about
        found[id] = Chart(
            id, title, offer.group, offer.unit, about, offer.of, (offer.name,), (label,)
        )
    return list(found.values())


def matching(charts: Iterable[Chart], words: str) -> list[Chart]:
    """The charts whose title, group or description has all of the words."""
    wanted = words.lower().split()
    return [
        chart
        for chart in charts
        if all(word in f"{chart.title} {chart.group} {chart.about}".lower() for word in wanted)
    ]


def scope_for(chart: Chart, scope: Scope) -> Scope:
    """The nearest scope that the chart can be of: runs have no agent, memory has no flow."""
    match chart.of:
        case "everything":
            return EVERYTHING
        case "runs" if scope.by == "agent":
            return EVERYTHING
        case "runs" if scope.by == "block":
            return Scope("flow", flow=scope.flow)
    return scope


def is_single(scope: Scope) -> bool:
    """Whether it is one thing, rather than a line for each."""
    return scope.by == "everything" or bool(
        {"flow": scope.flow, "agent": scope.agent, "block": scope.block}[scope.by]
    )


def metrics_shown(chart: Chart, scope: Scope) -> tuple[str, ...]:
    """The metrics of a chart that have lines in a scope."""
    return chart.metrics if is_single(scope) else (chart.metrics[chart.main],)


def title_of(chart: Chart, scope: Scope) -> str:
    """What stands above a chart."""
    label = "" if is_single(scope) else chart.labels[chart.main]
    return f"{chart.title}, {label}" if label else chart.title


def address_of(_: str, block: str) -> str:
    """What a block of a flow is called where nobody knows better: its address."""
    return block


def words_of(scope: Scope, called: Called = address_of) -> str:
    """The scope in a few words."""
    match scope:
        case Scope(follows="flow"):
            return "Blocks of this flow" if scope.by == "block" else "This flow"
        case Scope(follows="block"):
            return "The selected block"
        case Scope(by="flow"):
            return scope.flow or "Each flow"
        case Scope(by="agent"):
            return f"Agent {scope.agent}" if scope.agent else "Each kind of agent"
        case Scope(by="block"):
            if scope.block:
                return f"{called(scope.flow, scope.block)} in {scope.flow}"
            return f"Each block of {scope.flow}" if scope.flow else "Each block"
    return "Everything"


def name_of(line: Line, chart: Chart, scope: Scope, called: Called = address_of) -> str:
    """What the legend calls a line: the percentile, or the thing that it is of."""
    if is_single(scope):
        at = chart.metrics.index(line.name) if line.name in chart.metrics else 0
        return chart.labels[at]
    return thing(line.series, scope, called)


def thing(series: Series, scope: Scope, called: Called = address_of) -> str:
    """A thing that is measured, as little of its name as the scope needs."""
    if series.block:
        block = called(series.flow, series.block)
        return block if scope.flow else f"{series.flow} · {block}"
    return series.flow or series.agent or "Everything"


def lines_for(chart: Chart, scope: Scope, answer: Sequence[Line]) -> list[Line]:
    """The lines of an answer that a chart shows, those of most first."""
    shown = metrics_shown(chart, scope)
    mine = [line for line in answer if line.name in shown]
    if len(shown) > 1:
        return mine
    return sorted(mine, key=lambda line: -sum(abs(value or 0) for value in line.values))
