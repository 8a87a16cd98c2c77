"""The circuit breaker: decides from counts and times alone whether a system is asked."""

from collections.abc import Callable
from typing import Literal

import msgspec

from agents.resilience.settings import GuardSettings
from agents.resilience.window import LastCalls, LastSeconds, Window

State = Literal["closed", "open", "half_open"]

Outcome = Literal["worked", "failed", "unknown"]
"""unknown: the call says nothing of the system, because it was cancelled or never got there."""

BY_HAND = "somebody keeps it so"
LET_GO = "somebody let it go"
"""Reasons of changes that a person made."""

Changed = Callable[[State, str, float], None]
"""Hears of the new state, the reason in words, and when."""


class Permit(msgspec.Struct, frozen=True, eq=False):
    """Leave for one call. It counts for the state that gave it, and for no later one."""

    trial: bool


class Breaker:
    """The state machine, without a clock or a loop: `now` is an argument, and never decreases.

    closed      everything passes; failures and slow calls are counted
    open        nothing passes for `recovery` seconds
    half_open   `trials` calls pass: when all worked it closes, at the first failure it opens

    `held` says that somebody set the state by hand; nothing counts then.
    """

    def __init__(self, settings: GuardSettings, changed: Changed) -> None:
        self._settings = settings
        self._changed = changed
        self.state: State = "closed"
        self.held = False
        self.opened_at: float | None = None
        self.reason = ""
        self._permit = Permit(trial=False)
        self._in_a_row = 0
        self._window = self._new_window()
        self._trying = 0
        self._passed = 0
        self._trials_under_way = 0

    @property
    def next_trial_at(self) -> float | None:
        """When an open breaker lets a call through again; None when it won't, or isn't open."""
        if self.state != "open" or self.held or self.opened_at is None:
            return None
        return self.opened_at + self._settings.recovery

    def passes(self, now: float) -> bool:
        """Whether a call would get leave, without taking it."""
        if self.state == "closed":
            return True
        if self._trials_under_way >= self._settings.trials or self.held:
            return False
        if self.state == "open":
            assert self.opened_at is not None
            return now >= self.opened_at + self._settings.recovery
        return self._trying + self._passed < self._settings.trials

    def admit(self, now: float) -> Permit | None:
        """Leave for a call, which is to be given back by `ended`, exactly once; None: don't."""
        if self.state == "closed":
            return self._permit
        if not self.passes(now):
            return None
        if self.state == "open":
            self._become("half_open", f"{self._settings.recovery:g} s have gone by", now)
        self._trying += 1
        self._trials_under_way += 1
        return self._permit

    def ended(self, permit: Permit, outcome: Outcome, now: float, took: float = 0.0) -> None:
        """What came of a call that had leave; `took` in seconds."""
        if permit.trial:
            self._trials_under_way -= 1
        if permit is not self._permit or self.held:
            return
        if permit.trial:
            self._tried(outcome, now, took)
        elif outcome != "unknown":
            self._counted(outcome, now, took)

    def hold(self, state: Literal["closed", "open"], now: float) -> None:
        """Keep it as somebody wants it, until `let_go`."""
        self.held = True
        self._become(state, BY_HAND, now)

    def let_go(self, now: float) -> None:
        """Close it, and have it decide by itself again."""
        self.held = False
        self._become("closed", LET_GO, now)

    def _counted(self, outcome: Outcome, now: float, took: float) -> None:
        failed = outcome == "failed"
        self._in_a_row = self._in_a_row + 1 if failed else 0
        if failed and self._in_a_row == self._settings.failures:
            self._become("open", f"{self._in_a_row} failures in a row", now)
        elif self._window is not None:
            self._weighed(self._window, now, failed=failed, slow=self._is_slow(took))

    def _weighed(self, window: Window, now: float, *, failed: bool, slow: bool) -> None:
        """Open when too large a share of the calls in the window failed or was slow."""
        tally, wanted = window.add(now, failed=failed, slow=slow), self._settings
        if tally.calls < wanted.window_least:
            return
        if wanted.failure_rate and tally.failed >= wanted.failure_rate * tally.calls:
            self._become("open", f"{tally.failed} of {tally.calls} calls failed", now)
        elif wanted.slow_rate and tally.slow >= wanted.slow_rate * tally.calls:
            longer = f"took longer than {wanted.slow_seconds:g} s"
            self._become("open", f"{tally.slow} of {tally.calls} calls {longer}", now)

    def _tried(self, outcome: Outcome, now: float, took: float) -> None:
        self._trying -= 1
        if outcome == "failed":
            self._become("open", "a call that tried it failed", now)
        elif outcome == "worked" and self._settings.slow_rate and self._is_slow(took):
            self._become("open", "a call that tried it was slow", now)
        elif outcome == "worked":
            self._passed += 1
            if self._passed == self._settings.trials:
                self._become("closed", f"{self._passed} calls that tried it worked", now)

    def _is_slow(self, took: float) -> bool:
        return took > self._settings.slow_seconds

    def _become(self, state: State, reason: str, now: float) -> None:
        # A new permit: what was begun before says nothing of the system as it is from now on.
        self._permit = Permit(trial=state == "half_open")
        self._trying = self._passed = self._in_a_row = 0
        self._window = self._new_window()
        if state != "half_open":
            self.opened_at = now if state == "open" else None
        self.state, self.reason = state, reason
        self._changed(state, reason, now)

    def _new_window(self) -> Window | None:
        wanted = self._settings
        if not wanted.failure_rate and not wanted.slow_rate:
            return None
        if wanted.window == "calls":
            return LastCalls(wanted.window_size)
        return LastSeconds(wanted.window_size)
