"""The guards of one runtime: one for each system, by its name."""

from collections.abc import Callable

from agents.resilience.clock import Clock, SteadyClock
from agents.resilience.guard import SystemGuard
from agents.resilience.rate import Counts
from agents.resilience.settings import GuardRules
from agents.resilience.status import BreakerChanged, GuardStatus

MOST = 1_000
"""A flow may ask any number of hosts; the guards of those that are well and idle can go."""


class Guards:
    """Makes each guard when it is first asked for, as `rules` say (see GuardRules).

    `listener` hears of every change of a breaker, at once, and must not raise. `redis_url` is
    where rates are counted together with other processes, "" for each on its own.
    """

    def __init__(
        self,
        rules: GuardRules | None = None,
        *,
        listener: Callable[[BreakerChanged], None] | None = None,
        clock: Clock | None = None,
        redis_url: str = "",
    ) -> None:
        self._rules = rules or GuardRules()
        self._listener = listener or _nobody
        self._clock = clock or SteadyClock()
        self._counts = Counts(self._clock, redis_url)
        self._guards = dict[str, SystemGuard]()

    def of(self, name: str) -> SystemGuard:
        """The guard of that name, such as `http:api.github.com`."""
        found = self._guards.get(name)
        if found is None:
            if len(self._guards) >= MOST:
                self._tidy()
            found = self._guards[name] = SystemGuard(
                name,
                self._rules.of(name),
                clock=self._clock,
                counts=self._counts,
                tell=self._listener,
            )
        return found

    def snapshot(self) -> tuple[GuardStatus, ...]:
        """How every system is that was asked, by name."""
        return tuple(self._guards[name].status() for name in sorted(self._guards))

    async def close(self) -> None:
        """Let go of the connections to the Redis, if there are any."""
        await self._counts.close()

    def _tidy(self) -> None:
        self._guards = {name: guard for name, guard in self._guards.items() if not guard.idle}


def _nobody(_: BreakerChanged) -> None:
    """Who listens when nobody does."""
