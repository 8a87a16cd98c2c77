"""What the runs of a flow used up of late, as the metrics have it."""

from typing import Protocol

from graph.outlay import Past
from runtime.budgets import MONTH, Ledger, Spending
from runtime.metrics.meter import Meter
from runtime.metrics.series import Line, Question
from runtime.metrics.store import By

HOUR = 3600


class Measured(Protocol):
    """Whoever tells the course of metrics over time: a meter, or one elsewhere."""

    async def read(self, question: Question) -> list[Line]: ...


async def past_of(metrics: Measured, flow: str, now: float) -> Past:
    """What the runs of a flow used up in the last 30 days, block by block. Raises MetricsGone."""

    async def read(names: tuple[str, ...], by: By) -> list[Line]:
        start, points = now - MONTH, int(MONTH // HOUR) + 1
        return await metrics.read(
            Question(names, by=by, flow=flow, start=start, step=HOUR, points=points)
        )

    runs = sum(map(_sum, await read(("runs_succeeded",), "flow")))
    used: dict[str, tuple[float, float]] = {}
    for line in await read(("tokens", "cost"), "block"):
        tokens, cost = used.get(line.series.block, (0.0, 0.0))
        more = _sum(line)
        ours = (tokens + more, cost) if line.name == "tokens" else (tokens, cost + more)
        used[line.series.block] = ours
    return Past(int(runs), {block: of for block, of in used.items() if of[0]})


def _sum(line: Line) -> float:
    return sum(value or 0.0 for value in line.values)


async def spent_of_late(meter: Meter, flow: str, ledger: Ledger, now: float) -> None:
    """Have the ledger of a flow begin anew with what all runtimes kept. Raises MetricsGone."""
    hours = int(MONTH // HOUR)
    question = Question(
        ("tokens", "cost"), by="flow", flow=flow, start=now - MONTH, step=HOUR, points=hours + 1
    )
    past: dict[float, tuple[float, float]] = {}
    for line in await meter.read(question):
        for n, value in enumerate(line.values):
            at = line.start + n * line.step
            tokens, cost = past.get(at, (0.0, 0.0))
            of = value or 0.0
            past[at] = (tokens + of, cost) if line.name == "tokens" else (tokens, cost + of)
    entries = [Spending(at, int(tokens), cost) for at, (tokens, cost) in sorted(past.items())]
    ledger.begin_anew(entries, int(now))
