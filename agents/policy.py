"""Which of several candidates gets a task, and why: policies."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, Protocol

import msgspec

from agents.contract import Task
from agents.errors import Rejected, Unavailable

BreakerState = Literal["closed", "half_open", "open"]


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One that may get a task: a model, an agent, or one instance of it.

    capabilities  what it can do; None when that isn't known, and it is taken at its word
    price         US dollars that this task would cost there, None when not known
    latency       seconds that tasks took there of late (their median), None before the first
    busy          tasks under way there
    """

    name: str
    capabilities: frozenset[str] | None = None
    price: float | None = None
    latency: float | None = None
    health: Literal["ok", "degraded", "down"] = "ok"
    breaker: BreakerState = "closed"
    busy: int = 0


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Who got the task, the reason in a sentence, and why each of the others did not."""

    candidate: Candidate
    reason: str
    policy: str
    passed: Mapping[str, str] = {}

    def detail(self) -> dict[str, Any]:
        """What is recorded on the task: `context.trace("choice", choice.detail())`."""
        return {
            "chosen": self.candidate.name,
            "reason": self.reason,
            "policy": self.policy,
            "passed": dict(self.passed),
        }


class Policy(Protocol):
    """Decides; what it remembers from task to task is its own."""

    name: ClassVar[str]

    def choose(self, task: Task, candidates: Sequence[Candidate]) -> Choice:
        """The candidate for a task.

        Raises Rejected when none is able to do it, Unavailable when those that are can't now.
        """
        ...


class Static:
    """The first of them that is up: their order says who is preferred, and who stands in."""

    name: ClassVar[str] = "static"

    def choose(self, task: Task, candidates: Sequence[Candidate]) -> Choice:
        usable, passed = sorted_out(task, candidates)
        chosen = usable[0]
        before = [one.name for one in candidates[: candidates.index(chosen)]]
        reason = f"It stands in for {', '.join(before)}." if before else "It comes first."
        return Choice(candidate=chosen, reason=reason, policy=self.name, passed=passed)


class RoundRobin:
    """One after the other, beginning anew after the last."""

    name: ClassVar[str] = "round_robin"

    def __init__(self) -> None:
        self._turns: dict[str, int] = {}
        self._count = 0

    def choose(self, task: Task, candidates: Sequence[Candidate]) -> Choice:
        usable, passed = sorted_out(task, candidates)
        # Who waited longest, rather than a place in the list: candidates come and go.
        chosen = min(usable, key=lambda one: self._turns.get(one.name, 0))
        self._count += 1
        self._turns[chosen.name] = self._count
        return Choice(candidate=chosen, reason="It is its turn.", policy=self.name, passed=passed)


class LeastLatency:
    """The one that was quickest of late. Who has no figure yet is tried first, to get one."""

    name: ClassVar[str] = "least_latency"

    def choose(self, task: Task, candidates: Sequence[Candidate]) -> Choice:
        usable, passed = sorted_out(task, candidates)
        # Work piles up where it is quick: what is under way there has to be done first.
        chosen = min(usable, key=lambda one: ((one.latency or 0.0) * (one.busy + 1), one.busy))
        return Choice(candidate=chosen, reason=_quickness(chosen), policy=self.name, passed=passed)


class Cheapest:
    """The one that costs least among those able to do it; of equals the quickest."""

    name: ClassVar[str] = "cheapest"

    def choose(self, task: Task, candidates: Sequence[Candidate]) -> Choice:
        usable, passed = sorted_out(task, candidates)
        chosen = min(
            usable,
            key=lambda one: (
                float("inf") if one.price is None else one.price,
                one.latency or 0.0,
                one.busy,
            ),
        )
        reason = (
            "Nobody's price is known; it is the quickest."
            if chosen.price is None
            else f"It costs least: about ${chosen.price:.6f}."
        )
        return Choice(candidate=chosen, reason=reason, policy=self.name, passed=passed)


POLICIES: Mapping[str, type[Policy]] = {
    kind.name: kind for kind in (Static, RoundRobin, LeastLatency, Cheapest)
}
"""The policies there are, by name."""


def sorted_out(
    task: Task, candidates: Sequence[Candidate]
) -> tuple[list[Candidate], dict[str, str]]:
    """Those that can do the task now, in their order, and why each of the others can't.

    A half-open breaker is no reason: it lets through as many trials as it wants, and without
    any it would never close. Raises Rejected, Unavailable.
    """
    passed = {one.name: why for one in candidates if (why := _lacks(task, one))}
    able = [one for one in candidates if one.name not in passed]
    if not able:
        told = " ".join(f"{name}: {why}" for name, why in passed.items())
        raise Rejected(
            f"Nobody can do {task.capability!r}. {told}".rstrip(), cure="Allow others as well."
        )
    away = {one.name: why for one in able if (why := _is_away(one))}
    usable = [one for one in able if one.name not in away]
    if not usable:
        told = " ".join(f"{name}: {why}" for name, why in away.items())
        raise Unavailable(f"Nobody can do {task.capability!r} at the moment. {told}")
    return usable, passed | away


def _lacks(task: Task, candidate: Candidate) -> str:
    if candidate.capabilities is None:
        return ""
    missing = sorted({task.capability, *task.wants} - candidate.capabilities)
    return f"It can't do {', '.join(missing)}." if missing else ""


def _is_away(candidate: Candidate) -> str:
    if candidate.breaker == "open":
        return "It failed so often that it isn't asked for a while."
    return "It is down." if candidate.health == "down" else ""


def _quickness(chosen: Candidate) -> str:
    if chosen.latency is None:
        return "It is tried, to learn how quick it is."
    waiting = f" with {chosen.busy} under way" if chosen.busy else ""
    return f"It is the quickest: {chosen.latency:.3g} s{waiting}."
