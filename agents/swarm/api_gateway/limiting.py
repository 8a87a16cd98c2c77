"""How often endpoints are called: counted in Redis for all servers, or here while that is away."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

from agents.contract import Guard
from agents.errors import AgentError, Unreachable
from agents.resilience.clock import Clock, SteadyClock
from agents.swarm.api_gateway.shapes import Rate

T = TypeVar("T")

PATIENCE = 0.4
"""Seconds within which a Redis has to answer; callers wait no longer for it."""

SILENCE = 1.0
"""Seconds between two looks whether a Redis that is away is back."""


class Left(NamedTuple):
    """Whether a call may be answered, how many more, and in how many seconds there are new ones."""

    may: bool
    remaining: int
    reset: float


class Limiter:
    """Counts calls. `changed` hears when the Redis goes away and comes back."""

    def __init__(
        self,
        guard: Guard,
        redis_url: str = "",
        *,
        changed: Callable[[str], None] = lambda _: None,
        clock: Clock | None = None,
    ) -> None:
        self._clock = clock or SteadyClock()
        self._guard = guard
        self._url = redis_url
        self._changed = changed
        self._here: _Here | None = None
        self._shared: _InRedis | None = None
        self._waiting: asyncio.Task[None] | None = None
        self.trouble = ""
        """Why calls are not counted in Redis though they should be, "" when all is well."""

    @property
    def is_shared(self) -> bool:
        """Whether calls are counted together with those of other servers."""
        return bool(self._url) and not self.trouble

    async def take(self, name: str, rate: Rate) -> Left:
        """Count a call under a name, if the rate leaves room for it. Never raises."""
        if self.is_shared:
            try:
                return await self._through(lambda: self._in_redis().take(name, rate))
            except AgentError as error:
                self._lost(error)
        return self._in_memory().take(name, rate)

    async def look(self) -> None:
        """Ask the Redis whether it is there; what is known of it is true afterwards."""
        if not self._url:
            return
        try:
            await self._through(self._in_redis().look)
        except AgentError as error:
            self._lost(error)
        else:
            self._back()

    async def close(self) -> None:
        """Let go of the Redis."""
        if self._waiting is not None:
            self._waiting.cancel()
            await asyncio.gather(self._waiting, return_exceptions=True)
        if self._shared is not None:
            shared, self._shared = self._shared, None
            await shared.close()

    async def _through(self, work: Callable[[], Awaitable[T]]) -> T:
        return await self._guard.call(lambda: self._bounded(work), again=False)

    async def _bounded(self, work: Callable[[], Awaitable[T]]) -> T:
        from redis.exceptions import ConnectionError, RedisError  # noqa: PLC0415 - see _Here

        try:
            async with asyncio.timeout(PATIENCE):
                try:
                    return await work()
                except ConnectionError:  # one that was kept, and is gone since the Redis began anew
                    return await work()
        except (RedisError, OSError) as error:  # among them that it took too long
            raise Unreachable(
                f"The Redis that counts calls can't be reached: {type(error).__name__}."
                " Each server counts for itself meanwhile.",
                cure="Start it, or look at REDIS_URL; it is used again once it answers.",
            ) from None

    def _lost(self, error: AgentError) -> None:
        if not self.trouble:
            self.trouble = str(error)
            self._changed(self.trouble)
        if self._waiting is None or self._waiting.done():
            self._waiting = asyncio.create_task(self._wait_for_it())

    def _back(self) -> None:
        if self.trouble:
            self.trouble = ""
            self._changed("")

    async def _wait_for_it(self) -> None:
        while self.trouble:
            await self._clock.sleep(SILENCE)
            await self.look()

    def _in_memory(self) -> "_Here":
        if self._here is None:
            self._here = _Here(self._clock)
        return self._here

    def _in_redis(self) -> "_InRedis":
        if self._shared is None:
            self._shared = _InRedis(self._url)
        return self._shared


class _Here:
    """Counts in memory. `limits` and `redis` are imported only by rates in use."""

    def __init__(self, clock: Clock) -> None:
        from agents.resilience.ledger import Ledger  # noqa: PLC0415 - see above

        self._ledger = Ledger(clock)
        self._clock = clock

    def take(self, name: str, rate: Rate) -> Left:
        key = _key(name, rate)
        if rate.window == "fixed":
            count, ends = self._ledger.counted(key, rate.seconds)
            return _left(count <= rate.calls, count, rate, ends - self._clock.now())
        may, begun, count = self._ledger.entered(key, rate.calls, rate.seconds)
        return _left(may, count, rate, begun + rate.seconds - self._clock.now())


class _InRedis:
    """Counts for all servers."""

    def __init__(self, url: str) -> None:
        from limits.aio.storage import RedisStorage  # noqa: PLC0415 - see _Here

        self._storage: Any = RedisStorage(
            f"async+{url}", implementation="redispy", key_prefix="heddle:gateway"
        )

    async def take(self, name: str, rate: Rate) -> Left:
        key = _key(name, rate)
        if rate.window == "fixed":
            count = await self._storage.incr(key, rate.seconds)
            ends = await self._storage.get_expiry(key)
            return _left(count <= rate.calls, count, rate, ends - time.time())
        may = await self._storage.acquire_entry(key, rate.calls, rate.seconds)
        begun, count = await self._storage.get_moving_window(key, rate.calls, rate.seconds)
        return _left(may, count, rate, begun + rate.seconds - time.time())

    async def look(self) -> None:
        """Raises what keeps it from being asked."""
        await self._client.ping()

    async def close(self) -> None:
        await self._client.aclose()

    @property
    def _client(self) -> Any:
        return self._storage.bridge.storage


def _key(name: str, rate: Rate) -> str:
    return f"{name}/{rate.window}/{rate.calls}/{rate.seconds}"


def _left(may: bool, count: int, rate: Rate, seconds: float) -> Left:
    return Left(may, max(0, rate.calls - count), max(0.0, seconds))
