"""Redis as a cache: one round trip for a read, scripts where nobody may come between."""

import asyncio
import contextlib
import functools
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import RedisError

from agents.swarm.database_sync.caches.contract import Swap
from agents.swarm.database_sync.failures import of_redis

PREFIX = "heddle:sync"
ANSWER_SECONDS = 1.0

# Many rows are one argument: the driver needs more time for an argument than Redis for a row.
_SWAP = """
local told = {}
for n, one in ipairs(cmsgpack.unpack(ARGV[1])) do
  local key = KEYS[1] .. ':' .. one[1]
  local there = redis.call('GET', key)
  local same = there == one[2]
  if same and one[3] ~= '' then
    redis.call('SET', key, one[3], 'PX', one[4])
  elseif (same and one[6] == '') or (there and not same and one[5] == '1') then
    redis.call('DEL', key)
  end
  told[n] = same and '1' or '0'
end
return table.concat(told)
"""
_WRITE = """
for _, one in ipairs(cmsgpack.unpack(ARGV[1])) do
  redis.call('SET', KEYS[1] .. ':' .. one[1], one[2], 'PX', ARGV[2])
end
"""


class Lines:
    """Connections for reads: what the client does around a command costs as much as the command."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._idle = list[Any]()

    async def ask(self, command: bytes) -> Any:
        """The answer to a command. Asks once more where a line was cut while nobody used it."""
        if not self._idle:
            return await self._asked(self._make(), command)
        try:
            return await self._asked(self._idle.pop(), command)
        except NoConnection:
            await self.close()
            return await self._asked(self._make(), command)

    async def _asked(self, line: Any, command: bytes) -> Any:
        try:
            if not line.is_connected:
                await line.connect()
            await line.send_packed_command(command, check_health=False)
            answer = await line.read_response()
        except BaseException:
            await line.disconnect(nowait=True)
            raise
        self._idle.append(line)
        return answer

    async def close(self) -> None:
        """Close what is idle."""
        idle, self._idle = self._idle, []
        for line in idle:
            await line.disconnect(nowait=True)


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
        # A limit for all of it is cheaper than the driver's for each part, which is a task each.
        pool = ConnectionPool.from_url(
            url, socket_timeout=None, socket_connect_timeout=ANSWER_SECONDS
        )
        self._lines = Lines(pool.make_connection)
        self._swap = self._redis.register_script(_SWAP)
        self._write = self._redis.register_script(_WRITE)

    async def read(
        self, space: str, keys: Sequence[str]
    ) -> tuple[bytes | None, list[bytes | None]]:
        """See Cache."""
        start = f"{PREFIX}:{{{space}}}".encode()
        command = _packed(b"MGET", start, *[b"%b:%b" % (start, key.encode()) for key in keys])
        with _said():
            async with asyncio.timeout(ANSWER_SECONDS):
                found = await self._lines.ask(command)
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
            rows = _framed([_pair(key, value) for key, value in items])
            with _said():
                await self._write([f"{PREFIX}:{{{space}}}"], [rows, _milliseconds(seconds)])

    async def swap(self, space: str, swaps: Sequence[Swap]) -> list[bool]:
        """See Cache."""
        if not swaps:
            return []
        rows = _framed(list(map(_six, swaps)))
        with _said():
            told = await self._swap([f"{PREFIX}:{{{space}}}"], [rows])
        return [same == ord("1") for same in told]

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
            await self._lines.close()
            await self._redis.aclose()


def _framed(rows: Sequence[bytes]) -> bytes:
    """Rows as the MessagePack that Redis knows, which has texts and no bytes."""
    return b"\xdd%b%b" % (len(rows).to_bytes(4), b"".join(rows))


def _pair(key: str, value: bytes) -> bytes:
    """A key and what is to be there, as the script reads them."""
    return b"\x92%b%b" % (_word(key.encode()), _word(value))


def _six(swap: Swap) -> bytes:
    """A swap as the script reads it."""
    words = (_word(swap.key.encode()), _word(swap.old), _word(swap.new or b""))
    return b"\x96%b%b%b%b" % (*words, _rest(swap.seconds, swap.strict, swap.keep))


@functools.lru_cache(maxsize=1_000)
def _rest(seconds: float, strict: bool, keep: bool) -> bytes:
    """What most swaps that are done together have in common."""
    flags = (b"1" if flag else b"" for flag in (strict, keep))
    return b"".join(map(_word, (b"%d" % _milliseconds(seconds), *flags)))


def _word(word: bytes) -> bytes:
    return b"\xdb%b%b" % (len(word).to_bytes(4), word)


def _packed(*words: bytes) -> bytes:
    """A command as the protocol has it."""
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(w), w) for w in words)


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
