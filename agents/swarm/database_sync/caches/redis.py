"""Redis as a cache: one round trip for a read, scripts where nobody may come between."""

import contextlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import RedisError

from agents.swarm.database_sync.caches.contract import Swap
from agents.swarm.database_sync.failures import of_redis

PREFIX = "heddle:sync"
ANSWER_SECONDS = 1.0

_SWAP = """
local told = {}
for n, key in ipairs(KEYS) do
  local at = (n - 1) * 4
  local there = redis.call('GET', key)
  local same = there == ARGV[at + 1]
  if same and ARGV[at + 2] ~= '' then
    redis.call('SET', key, ARGV[at + 2], 'PX', ARGV[at + 3])
  elseif same or (there and ARGV[at + 4] == '1') then
    redis.call('DEL', key)
  end
  told[n] = same and 1 or 0
end
return told
"""
_WRITE = """
for n, key in ipairs(KEYS) do redis.call('SET', key, ARGV[n + 1], 'PX', ARGV[1]) end
"""


class RedisCache:
    """See Cache. All keys of a space carry a hash tag, so that a cluster keeps them together."""

    shared = True

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.shown = f"redis://{parts.hostname}:{parts.port or 6379}"
        # One more try, at once: for a connection that was idle when the server went and came back.
        self._redis: Any = Redis.from_url(
            url,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 1),
            retry_on_error=[NoConnection],
        )
        self._swap = self._redis.register_script(_SWAP)
        self._write = self._redis.register_script(_WRITE)

    async def read(
        self, space: str, keys: Sequence[str]
    ) -> tuple[bytes | None, list[bytes | None]]:
        """See Cache."""
        start = f"{PREFIX}:{{{space}}}"
        with _said():
            found = await self._redis.mget([start, *[f"{start}:{key}" for key in keys]])
        return found[0], found[1:]

    async def lease(self, space: str, key: str, token: bytes, seconds: float) -> bool:
        """See Cache."""
        with _said():
            return bool(
                await self._redis.set(_key(space, key), token, nx=True, px=_milliseconds(seconds))
            )

    async def write(self, space: str, items: Sequence[tuple[str, bytes]], seconds: float) -> None:
        """See Cache."""
        if items:
            keys = [_key(space, key) for key, _ in items]
            with _said():
                await self._write(keys, [_milliseconds(seconds), *[value for _, value in items]])

    async def swap(self, space: str, swaps: Sequence[Swap]) -> list[bool]:
        """See Cache."""
        if not swaps:
            return []
        arguments = [
            word
            for one in swaps
            for word in (one.old, one.new or b"", _milliseconds(one.seconds), int(one.strict))
        ]
        with _said():
            told = await self._swap([_key(space, one.key) for one in swaps], arguments)
        return [bool(same) for same in told]

    async def drop(self, space: str, keys: Sequence[str]) -> None:
        """See Cache."""
        if keys:
            with _said():
                await self._redis.unlink(*[_key(space, key) for key in keys])

    async def renew(self, space: str, epoch: bytes, *, only_first: bool = False) -> bytes:
        """See Cache."""
        with _said():
            name = f"{PREFIX}:{{{space}}}"
            if await self._redis.set(name, epoch, nx=only_first):
                return epoch
            return await self._redis.get(name) or epoch

    async def ping(self) -> None:
        """See Cache."""
        with _said():
            await self._redis.ping()

    async def close(self) -> None:
        """See Cache."""
        with contextlib.suppress(RedisError, OSError):
            await self._redis.aclose()


def _key(space: str, key: str) -> str:
    return f"{PREFIX}:{{{space}}}:{key}"


def _milliseconds(seconds: float) -> int:
    return max(1, int(seconds * 1000))


@contextlib.contextmanager
def _said() -> Any:
    """What Redis raises, as what it means."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise of_redis(error) from error
