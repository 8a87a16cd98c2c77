"""The breaker is a state machine of counts and times: every path of it, without a clock."""

from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)

from agents.resilience.breaker import Breaker, Outcome, Permit
from agents.resilience.settings import GuardSettings


class Told:
    """A breaker, and what it tells of itself."""

    def __init__(self, **wanted: object) -> None:
        self.changes: list[tuple[str, str, float]] = []
        self.breaker = Breaker(
            GuardSettings(**wanted),  # type: ignore[arg-type]
            lambda state, reason, at: self.changes.append((state, reason, at)),
        )

    def calls(self, outcomes: str, now: float = 0.0, took: float = 0.0) -> None:
        """One call after the other: `.` worked, `x` failed, `?` says nothing."""
        names: dict[str, Outcome] = {".": "worked", "x": "failed", "?": "unknown"}
        for sign in outcomes:
            permit = self.breaker.admit(now)
            assert permit is not None
            self.breaker.ended(permit, names[sign], now, took)

    @property
    def states(self) -> list[str]:
        return [state for state, _, _ in self.changes]


def test_five_failures_in_a_row_open_it_for_a_minute() -> None:
    told = Told()

    told.calls("xxxx.xxxxx", now=10.0)

    assert told.changes == [("open", "5 failures in a row", 10.0)]
    assert told.breaker.next_trial_at == 70.0
    assert told.breaker.admit(69.9) is None
    assert told.breaker.admit(70.0) is not None


def test_calls_that_say_nothing_neither_break_a_row_nor_make_it_longer() -> None:
    told = Told(failures=3)

    told.calls("x?x??")
    assert told.breaker.state == "closed"

    told.calls("x")
    assert told.breaker.state == "open"


def test_three_calls_try_it_at_once_and_all_must_work() -> None:
    told = Told()
    told.calls("xxxxx")

    trials = [told.breaker.admit(60.0) for _ in range(3)]
    assert told.breaker.admit(60.0) is None
    for trial in trials:
        assert trial is not None
        told.breaker.ended(trial, "worked", 61.0)

    assert told.states == ["open", "half_open", "closed"]
    assert told.changes[-1][1] == "3 calls that tried it worked"


def test_one_failed_trial_opens_it_for_another_minute() -> None:
    told = Told()
    told.calls("xxxxx")

    told.calls("..x", now=60.0)

    assert told.states == ["open", "half_open", "open"]
    assert told.breaker.next_trial_at == 120.0


def test_a_cancelled_trial_gives_its_place_back() -> None:
    told = Told()
    told.calls("xxxxx")

    told.calls("??????...", now=60.0)

    assert told.breaker.state == "closed"


def test_trials_left_over_keep_later_ones_from_being_more_than_three_at_once() -> None:
    told = Told()
    told.calls("xxxxx")
    left_over = [told.breaker.admit(60.0) for _ in range(3)]
    assert left_over[0] is not None
    told.breaker.ended(left_over[0], "failed", 60.0)

    (one, another) = (told.breaker.admit(120.0), told.breaker.admit(120.0))
    assert one is not None
    assert another is None
    told.breaker.ended(one, "worked", 120.0)

    assert told.breaker.admit(120.0) is not None


def test_what_began_before_it_opened_says_nothing_of_it_later() -> None:
    told = Told()
    early = [told.breaker.admit(0.0) for _ in range(20)]
    told.calls("xxxxx")

    trial = told.breaker.admit(60.0)
    for permit in early:
        assert permit is not None
        told.breaker.ended(permit, "failed", 60.0)

    assert trial is not None
    assert told.breaker.state == "half_open"


@pytest.mark.parametrize(
    ("pattern", "opened"), [("..x.....", False), (".x.x", True), ("xxx", False)]
)
def test_a_share_of_the_last_calls_opens_it_once_there_are_enough(
    pattern: str, opened: bool
) -> None:
    told = Told(failures=0, failure_rate=0.5, window_size=8, window_least=4)

    told.calls(pattern)

    assert (told.breaker.state == "open") is opened


def test_the_window_of_calls_forgets_the_oldest() -> None:
    told = Told(failures=0, failure_rate=0.6, window_size=4, window_least=4)

    told.calls("xx....x.x")
    assert told.breaker.state == "closed"

    told.calls("x")
    assert told.changes[-1][:2] == ("open", "3 of 4 calls failed")


def test_the_window_of_time_forgets_what_is_past() -> None:
    told = Told(failures=0, failure_rate=0.5, window="seconds", window_size=10, window_least=4)

    told.calls("xxx", now=100.0)
    told.calls("...", now=112.0)
    assert told.breaker.state == "closed"

    told.calls("xxx", now=115.0)
    assert told.changes[-1][:2] == ("open", "3 of 6 calls failed")


def test_calls_that_work_but_are_slow_open_it_and_keep_it_open() -> None:
    told = Told(slow_rate=0.5, slow_seconds=2.0, window_least=4)

    told.calls("....", took=3.0)
    assert told.changes[-1][:2] == ("open", "4 of 4 calls took longer than 2 s")

    told.calls(".", now=60.0, took=3.0)
    assert told.changes[-1][:2] == ("open", "a call that tried it was slow")


def test_held_open_it_lets_nothing_through_until_it_is_let_go() -> None:
    told = Told()

    told.breaker.hold("open", 5.0)
    assert told.breaker.admit(1e9) is None
    assert told.breaker.next_trial_at is None

    told.breaker.let_go(6.0)
    assert told.breaker.admit(6.0) is not None


def test_held_closed_it_lets_everything_through() -> None:
    told = Told()
    told.calls("xxxxx")

    told.breaker.hold("closed", 1.0)
    told.calls("x" * 50, now=1.0)

    assert told.states == ["open", "closed"]


class AnyBreaker(RuleBasedStateMachine):
    """Whatever is asked of a breaker, in whatever order, these things hold."""

    under_way = Bundle("under_way")

    @initialize(
        failures=st.integers(1, 4),
        trials=st.integers(1, 4),
        rate=st.sampled_from([0.0, 0.5, 1.0]),
        slow=st.sampled_from([0.0, 0.5]),
        window=st.sampled_from(["calls", "seconds"]),
    )
    def make(self, failures: int, trials: int, rate: float, slow: float, window: str) -> None:
        self.trials, self.recovery, self.failures = trials, 60.0, failures
        self.told = Told(
            failures=failures, trials=trials, recovery=self.recovery, failure_rate=rate,
            slow_rate=slow, slow_seconds=1.0, window=window, window_size=6, window_least=3,
        )  # fmt: skip
        self.breaker = self.told.breaker
        self.now = 1_000.0
        self.trying: list[Permit] = []
        self.worked_since_half_open = 0

    @rule(seconds=st.sampled_from([0.0, 0.5, 30.0, 59.9, 60.0]))
    def time_goes_by(self, seconds: float) -> None:
        self.now += seconds

    @rule(target=under_way)
    def call(self) -> tuple[Permit, str] | None:
        before, opened_at, passes = (
            self.breaker.state, self.breaker.opened_at, self.breaker.passes(self.now),
        )  # fmt: skip
        permit = self.breaker.admit(self.now)

        assert (permit is not None) is passes
        if before == "open" and permit is not None:
            assert opened_at is not None
            assert not self.breaker.held
            assert self.now >= opened_at + self.recovery
            self.worked_since_half_open = 0
        if before == "closed":
            assert permit is not None
        if permit is not None and permit.trial:
            self.trying.append(permit)
        return None if permit is None else (permit, self.breaker.state)

    @rule(
        call=consumes(under_way),
        outcome=st.sampled_from(["worked", "failed", "unknown"]),
        took=st.sampled_from([0.1, 2.0]),
    )
    def end(self, call: tuple[Permit, str] | None, outcome: Outcome, took: float) -> None:
        if call is None:
            return
        permit, _ = call
        before, told = self.breaker.state, len(self.told.changes)
        current = permit is self.breaker._permit
        self.breaker.ended(permit, outcome, self.now, took)

        if permit.trial:
            self.trying.remove(permit)
        if not current:
            assert self.told.changes[told:] == [], "a call of an earlier state changed a later one"
        elif before == "half_open" and not self.breaker.held:
            self._check_trial(outcome)

    def _check_trial(self, outcome: Outcome) -> None:
        if outcome == "failed":
            assert self.breaker.state == "open"
        elif outcome == "unknown":
            assert self.breaker.state == "half_open"
        elif self.breaker.state != "open":  # which it is after a slow one
            self.worked_since_half_open += 1
            whole = self.worked_since_half_open == self.trials
            assert (self.breaker.state == "closed") is whole

    @rule(state=st.sampled_from(["open", "closed"]))
    def hold(self, state: str) -> None:
        self.breaker.hold(state, self.now)  # type: ignore[arg-type]
        assert self.breaker.state == state

    @precondition(lambda self: self.breaker.held)
    @rule()
    def let_go(self) -> None:
        self.breaker.let_go(self.now)
        assert self.breaker.state == "closed"

    @invariant()
    def never_more_trials_at_once_than_were_allowed(self) -> None:
        if hasattr(self, "breaker"):
            assert len(self.trying) <= self.trials

    @invariant()
    def it_is_never_stuck(self) -> None:
        """Once every call has ended, an open or half-open breaker passes one when it is due."""
        if hasattr(self, "breaker") and not self.breaker.held and not self.trying:
            assert self.breaker.passes(self.now + self.recovery)

    @invariant()
    def changes_lead_where_they_may(self) -> None:
        if hasattr(self, "told"):
            states = ["closed", *self.told.states]
            for (before, after), (_, reason, _) in zip(
                pairwise(states), self.told.changes, strict=True
            ):
                by_hand = reason.startswith("somebody")
                assert by_hand or (before, after) in {
                    ("closed", "open"), ("open", "half_open"),
                    ("half_open", "open"), ("half_open", "closed"),
                }  # fmt: skip


TestAnyBreaker = AnyBreaker.TestCase
TestAnyBreaker.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
