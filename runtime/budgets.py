"""What a flow may still use up of its budget: in this run, and in all its runs of late."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
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


class Aside:
    """What is set aside for calls under way, and who waits for some of it to be given back."""

    def __init__(self) -> None:
        self._kept: dict[object, Bound] = {}
        self._waiting: set[asyncio.Future[None]] = set()

    def take(self, whose: object, most: Bound) -> None:
        """Set so much aside; `whose` tells it from others."""
        self._kept[whose] = most

    def give_back(self, whose: object) -> None:
        """What was set aside is over, whatever became of it."""
        del self._kept[whose]
        for one in self._waiting:
            if not one.done():
                one.set_result(None)

    def beside(self, whose: object) -> Bound:
        """What others have set aside. Added up anew each time, so that no rounding stays."""
        others = [most for by, most in self._kept.items() if by is not whose]
        return Bound(sum(m.tokens or 0 for m in others), sum(m.cost or 0.0 for m in others))

    async def given_back(self) -> None:
        """Wait until some of it is given back."""
        mine = asyncio.get_running_loop().create_future()
        self._waiting.add(mine)
        try:
            await mine
        finally:
            self._waiting.discard(mine)


class Ledger:
    """What all runs of one flow used up of late, as far as it is known here."""

    def __init__(self) -> None:
        self._past: list[Spending] = []
        self._entries: deque[Spending] = deque()
        self.aside = Aside()

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
        self._aside = Aside()

    def spend(self, entry: Spending) -> None:
        """Note what the run has just used up."""
        if looks_back(self.budget):
            self._ledger.add(entry)

    def left(self, now: float, own: Bound, whose: object = None) -> Allowance:
        """What may still be used up beside what is set aside, but for `whose`; never below 0."""
        return _least(
            (bound, used, aside.beside(whose))
            for (_, bound, used), aside in zip(self._bounds(now, own), self._asides(), strict=True)
        )

    @asynccontextmanager
    async def set_aside(
        self, now: Callable[[], float], own: Callable[[], Bound], most: Bound
    ) -> AsyncIterator[Callable[[], Allowance]]:
        """See `graph.context.Context`."""
        while not _holds(self.left(now(), own()), most):
            alone = _least((bound, used, Bound()) for _, bound, used in self._bounds(now(), own()))
            if not _holds(alone, most):
                break  # it wouldn't fit either once all is given back
            await self._ledger.aside.given_back()
        mine = object()
        for aside in (self._aside, self._ledger.aside):
            aside.take(mine, most)
        try:
            yield lambda: self.left(now(), own(), mine)
        finally:
            for aside in (self._aside, self._ledger.aside):
                aside.give_back(mine)

    def _asides(self) -> Iterable[Aside]:
        """What is set aside of each of `_bounds`."""
        if self.budget.run != Bound():
            yield self._aside
        if self.budget.day != Bound():
            yield self._ledger.aside
        if self.budget.month != Bound():
            yield self._ledger.aside

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


def _least(bounds: Iterable[tuple[Bound, Bound, Bound]]) -> Allowance:
    """What is left by the tightest of some bounds, each with what is used and set aside of it."""
    tokens: list[int] = []
    cost: list[float] = []
    for bound, used, aside in bounds:
        if bound.tokens is not None:
            tokens.append(max(0, bound.tokens - (used.tokens or 0) - (aside.tokens or 0)))
        if bound.cost is not None:
            cost.append(max(0.0, bound.cost - (used.cost or 0.0) - (aside.cost or 0.0)))
    return Allowance(min(tokens, default=None), min(cost, default=None))


def _holds(left: Allowance, most: Bound) -> bool:
    """Whether so much fits."""
    enough = left.tokens is None or (most.tokens or 0) <= left.tokens
    return enough and (left.cost is None or (most.cost or 0.0) <= left.cost)


def _over(bound: Bound, used: Bound) -> str | None:
    """What was used and what may be, when that is less."""
    if bound.cost is not None and (used.cost or 0.0) > bound.cost:
        return f"${used.cost:.4g} of the ${bound.cost:g} that its budget allows"
    if bound.tokens is not None and (used.tokens or 0) > bound.tokens:
        return f"{used.tokens:,} of the {bound.tokens:,} tokens that its budget allows"
    return None
