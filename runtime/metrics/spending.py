"""What the runs of a flow used up of late, as the metrics have it."""

from runtime.budgets import MONTH, Ledger, Spending
from runtime.metrics.meter import Meter
from runtime.metrics.series import Question

HOUR = 3600


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
