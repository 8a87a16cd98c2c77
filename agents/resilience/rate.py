"""The rate limit: so many calls in so much time, by this process or by all that share a Redis."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from agents.errors import Busy
from agents.resilience.clock import Clock
from agents.resilience.settings import BadGuards, GuardSettings

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.aio.storage import Storage
    from limits.aio.strategies import RateLimiter

LEAST = 0.005
"""Seconds between two looks, so that rounding keeps nobody from ever getting further."""

SILENCE = 10.0
"""Seconds for which a Redis that can't be reached isn't asked again; each counts for itself."""

PATIENCE = 1.0
"""Seconds within which a Redis has to answer."""


class RateLimit:
    """One system's rate, as its guard is set. Calls get their turn in the order they came."""

    def __init__(self, name: str, settings: GuardSettings, clock: Clock, counts: "Counts") -> None:
        self._name = name
        self._settings = settings
        self._clock = clock
        self._counts = counts
        self._turn = asyncio.Lock()
        self.waiting = 0

    async def take(self) -> None:
        """Come back when a call may begin. Raises Busy when that is too long."""
        if self.waiting >= max(1, self._settings.waiting):
            raise self._too_fast(None)
        deadline = self._clock.now() + self._settings.waiting_seconds
        self.waiting += 1
        try:
            async with self._turn:
                while wait := await self._counts.take(self._name, self._settings):
                    if self._clock.now() + wait > deadline:
                        raise self._too_fast(wait)
                    await self._clock.sleep(wait)
        finally:
            self.waiting -= 1

    def _too_fast(self, wait: float | None) -> Busy:
        system = self._name.partition(":")[2] or self._name
        rate = f"{self._settings.rate:,} calls in {self._settings.rate_seconds:,} s"
        return Busy(
            f"{system} wasn't asked: it may get {rate}, and it had them.",
            cure="Ask it less often, or raise `rate` or `waiting_seconds` of its guard.",
            wait=wait,
        )


class Counts:
    """The calls of all guards, counted here, or in the Redis at `url` ("" for none).

    A Redis that can't be reached stops nobody: meanwhile each process counts its own. Raises
    BadGuards for what is no address of one.
    """

    def __init__(self, clock: Clock, url: str = "") -> None:
        if url and not url.startswith(("redis://", "rediss://")):
            raise BadGuards(
                "The address of the Redis can't be read.",  # and not quoted: it may hold a password
                cure="Write REDIS_URL=redis://HOST:PORT, or leave it out.",
            )
        self._clock = clock
        self._url = url
        self._silent_until = 0.0
        self._here: _Book | None = None
        self._shared: _Book | None = None

    async def take(self, name: str, settings: GuardSettings) -> float:
        """Count a call if it may begin: 0.0, or else the seconds until that is worth a look."""
        if self._url and self._clock.now() >= self._silent_until:
            from redis.exceptions import RedisError  # noqa: PLC0415 - see _Book

            try:
                async with asyncio.timeout(PATIENCE):
                    return await self._asked(name, settings)
            except (RedisError, OSError):
                self._silent_until = self._clock.now() + SILENCE
        return await self._in_memory().take(name, settings)

    async def _asked(self, name: str, settings: GuardSettings) -> float:
        from redis.exceptions import ConnectionError  # noqa: PLC0415 - see _Book

        try:
            return await self._in_redis().take(name, settings)
        except ConnectionError:  # one that was kept, and is gone since the Redis began anew
            return await self._in_redis().take(name, settings)

    @property
    def shared(self) -> bool:
        """Whether calls are counted together with those of other processes."""
        return bool(self._url) and self._clock.now() >= self._silent_until

    async def close(self) -> None:
        """Let go of the connections to the Redis."""
        if self._shared is not None:
            shared, self._shared = self._shared, None
            await shared.close()

    def _in_memory(self) -> "_Book":
        if self._here is None:
            from agents.resilience.ledger import Ledger  # noqa: PLC0415 - see _Book

            self._here = _Book(Ledger(self._clock), self._clock.now)
        return self._here

    def _in_redis(self) -> "_Book":
        if self._shared is None:
            from limits.aio.storage import RedisStorage  # noqa: PLC0415 - see _Book

            storage = RedisStorage(
                f"async+{self._url}", implementation="redispy", key_prefix="heddle:rate"
            )
            self._shared = _Book(storage, time.time)
        return self._shared


class _Book:
    """Where calls are counted, and how. `limits` and `redis` are imported only by rates in use."""

    def __init__(self, storage: "Storage", now: Callable[[], float]) -> None:
        from limits.aio.strategies import (  # noqa: PLC0415 - see above
            FixedWindowRateLimiter,
            MovingWindowRateLimiter,
        )

        self._storage = storage
        self._now = now
        self._strategies: dict[str, RateLimiter] = {
            "moving": MovingWindowRateLimiter(storage),
            "fixed": FixedWindowRateLimiter(storage),
        }

    async def take(self, name: str, settings: GuardSettings) -> float:
        strategy, rate = self._strategies[settings.rate_window], _rate(settings)
        if await strategy.hit(rate, name):
            return 0.0
        stats = await strategy.get_window_stats(rate, name)
        return float(max(stats.reset_time - self._now(), LEAST))

    async def close(self) -> None:
        client = getattr(getattr(self._storage, "bridge", None), "storage", None)
        if client is not None:
            await client.aclose()


def _rate(settings: GuardSettings) -> "RateLimitItem":
    from limits import RateLimitItemPerSecond  # noqa: PLC0415 - see _Book

    return RateLimitItemPerSecond(settings.rate, settings.rate_seconds)
