"""What a flow may still use up of its budget: in this run, and in all its runs of late."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from graph.context import Allowance
from graph.flow import Bound, Budget
from runtime.events import Failure

DAY = 86_400.0
MONTH = 30 * DAY
"""Seconds."""


class Spending(NamedTuple):
    """So much was used up at a moment."""

    at: float
    tokens: int
    cost: float


class Ledger:
    """What all runs of one flow used up of late, as far as it is known here."""

    def __init__(self) -> None:
        self._past: list[Spending] = []
        self._entries: deque[Spending] = deque()

    def begin_anew(self, past: Iterable[Spending], until: float) -> None:
        """Take over what was kept of everything before `until`, by whatever runtime."""
        self._past = list(past)
        self._entries = deque(entry for entry in self._entries if entry.at >= until)

    def add(self, entry: Spending) -> None:
        """Note what was just used up."""
        self._entries.append(entry)

    def since(self, at: float) -> Bound:
        """What was used up from then on."""
        entries = [e for e in (*self._past, *self._entries) if e.at >= at]
        return Bound(sum(e.tokens for e in entries), sum(e.cost for e in entries))


def looks_back(budget: Budget) -> bool:
    """Whether other runs of a flow count for its budget."""
    return budget.day != Bound() or budget.month != Bound()


class Purse:
    """The budget of one run, and what its flow used up besides.

    `own` is what the run itself has used up: what it took from a recording isn't.
    """

    def __init__(self, budget: Budget, ledger: Ledger | None = None) -> None:
        self.budget = budget
        self._ledger = ledger or Ledger()

    def spend(self, entry: Spending) -> None:
        """Note what the run has just used up."""
        if looks_back(self.budget):
            self._ledger.add(entry)

    def left(self, now: float, own: Bound) -> Allowance:
        """What may still be used up, never below 0."""
        bounds = list(self._bounds(now, own))
        tokens = [max(0, b.tokens - (used.tokens or 0)) for _, b, used in bounds
                  if b.tokens is not None]  # fmt: skip
        cost = [max(0.0, b.cost - (used.cost or 0.0)) for _, b, used in bounds
                if b.cost is not None]  # fmt: skip
        return Allowance(min(tokens, default=None), min(cost, default=None))

    def exceeded(self, now: float, own: Bound, task: str) -> Failure | None:
        """Why the run must stop, None when it needn't."""
        for period, bound, used in self._bounds(now, own):
            if (over := _over(bound, used)) is not None:
                return Failure(
                    "BudgetExceeded",
                    f"{period} has used {over}.",
                    "Raise the budget in the flow's properties, then replay the run: what is "
                    "done already is taken from the recording.",
                    task,
                )
        return None

    def _bounds(self, now: float, own: Bound) -> Iterable[tuple[str, Bound, Bound]]:
        budget = self.budget
        if budget.run != Bound():
            yield "The run", budget.run, own
        if budget.day != Bound():
            yield "The flow in the last 24 hours", budget.day, self._ledger.since(now - DAY)
        if budget.month != Bound():
            yield "The flow in the last 30 days", budget.month, self._ledger.since(now - MONTH)


def _over(bound: Bound, used: Bound) -> str | None:
    """What was used and what may be, when that is less."""
    if bound.cost is not None and (used.cost or 0.0) > bound.cost:
        return f"${used.cost:.4g} of the ${bound.cost:g} that its budget allows"
    if bound.tokens is not None and (used.tokens or 0) > bound.tokens:
        return f"{used.tokens:,} of the {bound.tokens:,} tokens that its budget allows"
    return None
