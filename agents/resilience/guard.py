"""A guard: what stands around every call to one system, in its order, and what it knows of it."""

import datetime
import random
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Literal, TypeVar

from agents.errors import AgentError, BreakerOpen, Busy, Throttled
from agents.resilience.breaker import BY_HAND, LET_GO, Breaker, Outcome, Permit, State
from agents.resilience.bulkhead import Bulkhead
from agents.resilience.clock import Clock
from agents.resilience.hedging import hedged
from agents.resilience.outcome import brief_of, outcome_of
from agents.resilience.pace import Pace
from agents.resilience.rate import Counts, RateLimit
from agents.resilience.recent import Recent
from agents.resilience.retry import try_again, worthwhile
from agents.resilience.settings import GuardSettings
from agents.resilience.status import BreakerChanged, GuardStatus
from agents.resilience.time_limit import limited

T = TypeVar("T")


class SystemGuard:
    """The guard of one system: retry → breaker → rate → bulkhead → time limit → the call.

    The time limit is that of an attempt, and time spent waiting for a turn has a bound of its
    own; all attempts together are bounded by `total`. `settings` says how; see GuardSettings.
    """

    def __init__(
        self,
        name: str,
        settings: GuardSettings,
        *,
        clock: Clock,
        counts: Counts,
        tell: Callable[[BreakerChanged], None],
        roll: Callable[[], float] = random.random,
    ) -> None:
        self.name = name
        self.system = name.partition(":")[2] or name
        self.settings = settings
        self.bulkhead = Bulkhead(
            settings.concurrent,
            waiting=settings.waiting,
            seconds=settings.waiting_seconds,
            clock=clock,
            system=self.system,
        )
        self._clock = clock
        self._tell = tell
        self._roll = roll
        self._breaker = Breaker(settings, self._changed)
        self._rate = RateLimit(name, settings, clock, counts) if settings.rate else None
        self._pace = Pace()
        self._recent = Recent()
        self._calls = self._failures = self._refused = self._quiet = 0
        self._last_error = ""

    async def call(
        self, work: Callable[[], Awaitable[T]], *, within: float | None = None, again: bool = True
    ) -> T:
        """See `agents.contract.Guard`."""
        began = self._clock.now()
        seconds = self.settings.seconds if within is None else within
        try:
            return await self._attempt(work, seconds)
        except AgentError as error:
            if not again or not worthwhile(error):
                raise
            failed = error
        return await try_again(
            lambda: self._attempt(work, seconds),
            failed,
            self.settings,
            began=began,
            clock=self._clock,
            roll=self._roll,
        )

    async def hedged(self, work: Callable[[], Awaitable[T]]) -> T:
        """See `agents.contract.Guard`."""
        share = self.settings.hedge
        if not share:
            return await work()
        return await hedged(work, after=self._recent.quantile(share), clock=self._clock)

    def entered(self) -> "Entered":
        """See `agents.contract.Guard`."""
        return Entered(self)

    async def enter(self) -> tuple[Permit, float]:
        """Leave for one attempt, and its beginning, both for `leave`. Raises BreakerOpen, Busy."""
        now = self._clock.now()
        if self._rate is None and now >= self._pace.quiet_until and self.bulkhead.take():
            return self._admitted(now), now
        return await self._queued()

    def leave(self, permit: Permit, began: float, error: BaseException | None) -> None:
        """The attempt is over: what it raised, None when it worked."""
        now = self._clock.now()
        outcome: Outcome = "worked"
        if error is not None:
            outcome = self._noticed(error, now)
        elif self._pace.slow:
            self._pace.worked()
            self.bulkhead.cap = self._pace.at_once
        self._calls += 1
        if outcome != "unknown":
            self._recent.add(now, now - began, outcome == "failed")
        # Before the place is given to the next: it is to meet the breaker as this call leaves it.
        self._breaker.ended(permit, outcome, now, now - began)
        self.bulkhead.leave()

    def hold(self, state: Literal["closed", "open"]) -> None:
        """Set the breaker by hand, for as long as until `let_go`."""
        self._breaker.hold(state, self._clock.now())

    def let_go(self) -> None:
        """Close the breaker, and have it decide by itself again."""
        self._breaker.let_go(self._clock.now())

    @property
    def idle(self) -> bool:
        """Whether it would be the same if it was made anew, but for its figures."""
        breaker, under_way = self._breaker, self.bulkhead.under_way
        return breaker.state == "closed" and not (breaker.held or under_way or self._waiting)

    def status(self) -> GuardStatus:
        """What is known of the system just now."""
        figures = self._recent.figures(self._clock.now())
        return GuardStatus(
            guard=self.name,
            state=self._breaker.state,
            held=self._breaker.held,
            reason=self._breaker.reason,
            calls=self._calls,
            failures=self._failures,
            refused=self._refused,
            per_second=figures.per_second,
            rate=figures.failed,
            p50=figures.p50,
            p95=figures.p95,
            in_flight=self.bulkhead.under_way,
            waiting=self._waiting,
            limit=self.bulkhead.limit,
            opened_at=self._breaker.opened_at,
            next_trial_at=self._breaker.next_trial_at,
            last_error=self._last_error,
        )

    @property
    def _waiting(self) -> int:
        rated = self._rate.waiting if self._rate is not None else 0
        return self.bulkhead.waiting + rated + self._quiet

    async def _attempt(self, work: Callable[[], Awaitable[T]], seconds: float) -> T:
        permit, began = await self.enter()
        try:
            if seconds:
                result = await limited(work, seconds, clock=self._clock, system=self.system)
            else:
                result = await work()
        except BaseException as error:
            self.leave(permit, began, error)
            raise
        self.leave(permit, began, None)
        return result

    async def _queued(self) -> tuple[Permit, float]:
        """Leave for an attempt that may have to wait for its turn."""
        try:
            while True:
                now = self._clock.now()
                if not self._breaker.passes(now):
                    raise self._open(now)
                await self._quieted(now)
                if self._rate is not None:
                    await self._rate.take()
                await self.bulkhead.wait()
                now = self._clock.now()
                if now >= self._pace.quiet_until:
                    return self._admitted(now), now
                self.bulkhead.leave()
        except Busy:
            self._refused += 1
            raise

    def _admitted(self, now: float) -> Permit:
        """The breaker's leave for what has a place. Raises BreakerOpen, and gives that back."""
        permit = self._breaker.admit(now)
        if permit is None:
            self.bulkhead.leave()
            raise self._open(now)
        return permit

    async def _quieted(self, now: float) -> None:
        """Wait for the time that the other side named. Raises Throttled when that is too long."""
        wait = self._pace.quiet_until - now
        if wait <= 0:
            return
        if wait > max(self.settings.total, self.settings.waiting_seconds):
            until = _time_of_day(self._pace.quiet_until)
            raise Throttled(f"{self.system} wants no calls until {until}.", wait=wait)
        self._quiet += 1
        try:
            await self._clock.sleep(wait)
        finally:
            self._quiet -= 1

    def _noticed(self, error: BaseException, now: float) -> Outcome:
        """What an error says of the system, once it is taken into account."""
        outcome = outcome_of(error, throttled_counts=self.settings.throttled_counts)
        if outcome == "failed" or isinstance(error, Throttled):
            self._last_error = brief_of(error)
        self._failures += outcome == "failed"
        if isinstance(error, Throttled) and error.wait is not None and self.settings.heed:
            self._pace.throttled(now, error.wait, self.bulkhead.under_way)
            self.bulkhead.cap = self._pace.at_once
        return outcome

    def _open(self, now: float) -> BreakerOpen:
        """Why it isn't asked: since when, and when it will be asked again."""
        self._refused += 1
        breaker = self._breaker
        if breaker.state == "half_open":
            since = f"{self.system} failed, and {self.settings.trials:,} calls are trying it again."
            return BreakerOpen(since, cure=_SOON)
        opened = _time_of_day(breaker.opened_at or now)
        if breaker.next_trial_at is None:
            message = f"{self.system} isn't asked since {opened}: somebody keeps its breaker open."
            return BreakerOpen(message, cure="Let the breaker go to have it asked again.")
        wait = max(0.0, breaker.next_trial_at - now)
        again = f"It is tried again at {_time_of_day(breaker.next_trial_at)}, in {wait:.0f} s."
        last = f" The last: {self._last_error}" if self._last_error else ""
        return BreakerOpen(
            f"{self.system} isn't asked since {opened}: {breaker.reason}.{last} {again}",
            cure="Run it again then.",
            wait=wait,
        )

    def _changed(self, state: State, reason: str, at: float) -> None:
        by_hand = reason in (BY_HAND, LET_GO)
        named = state == "open" and self._last_error and not by_hand
        last = f", the last: {self._last_error}" if named else "."
        self._tell(BreakerChanged(self.name, state, f"{reason}{last}", at, by_hand))


class Entered:
    """One attempt as an `async with`: what is raised inside is what the attempt failed with."""

    def __init__(self, guard: SystemGuard) -> None:
        self._guard = guard
        self._leave: tuple[Permit, float] | None = None

    async def __aenter__(self) -> None:
        self._leave = await self._guard.enter()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._leave is not None, "entered before it is left"
        self._guard.leave(*self._leave, error)


_SOON = "Run it again in a moment."


def _time_of_day(at: float) -> str:
    return f"{datetime.datetime.fromtimestamp(at, datetime.UTC):%H:%M:%S} UTC"
