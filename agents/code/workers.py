"""The interpreters that run sandboxed code: processes kept warm, lent for one call at a time."""

import asyncio
import contextlib
import os
import weakref
from typing import Any, cast

import msgspec
from pydantic_monty import AsyncMonty, AsyncMontySession, MontyError, OSPolicy, ResourceLimits

from agents.code.ending import let_threads_leave
from agents.code.errors import SandboxError, WorkerLost
from agents.code.prelude import prelude
from agents.code.wrapping import Function

FEEDS_PER_SESSION = 10_000
"""A session keeps some 400 bytes of everything it is fed; after so much it is replaced."""

FUNCTIONS_PER_SESSION = 1_000
"""Functions can't be taken out of a session again; after so many it is replaced."""

SESSIONS_PER_PROCESS = 1_000
"""A process is replaced after so many sessions, whatever it may have gathered."""

GRACE = 0.5
"""Seconds a process may be late in noticing its time limit before it is killed."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one call may take; all of them are hard.

    `seconds` of work, and as many again of sleep; `memory_bytes` of objects; `output_bytes`
    printed; `value_bytes` of a value given back, as JSON; `recursion`: calls inside calls.
    """

    seconds: float = 5.0
    memory_bytes: int = 256_000_000
    output_bytes: int = 1_000_000
    value_bytes: int = 32_000_000
    recursion: int = 500


class Session:
    """The memory of one interpreter, with the functions it knows. Runs one call at a time."""

    def __init__(self, monty: AsyncMontySession) -> None:
        self._monty = monty
        self._fed = 0
        self._known: set[str] = set()
        self._running: asyncio.Future[Any] | None = None

    async def open(self, code: str) -> None:
        """Take a process and feed it the prelude. Raises MontyError when it is lost meanwhile."""
        await self._monty.__aenter__()
        await self.feed(code)

    async def close(self) -> None:
        """Wipe the process for the next session, or give it up if it is still at work."""
        with contextlib.suppress(MontyError, RuntimeError):  # lost already
            await self._monty.__aexit__(None, None, None)

    @property
    def worn(self) -> bool:
        return self._fed >= FEEDS_PER_SESSION or len(self._known) >= FUNCTIONS_PER_SESSION

    def knows(self, function: Function) -> bool:
        return function.name in self._known

    async def define(self, function: Function) -> None:
        """Make the function known. Raises MontyError for what only the interpreter refuses."""
        await self.feed(function.definition)
        self._known.add(function.name)

    def feed(self, code: str, **options: Any) -> "asyncio.Future[Any]":
        """Run some code in this session; the options are those of `feed_run`."""
        self._fed += 1
        self._running = running = cast("asyncio.Future[Any]", self._monty.feed_run(code, **options))
        return running

    def stop(self) -> None:
        """Cancel what is running, if anything is."""
        if self._running:
            self._running.cancel()

    async def item(self) -> int | None:
        """The index of the item that the last call was at; None if the session is lost."""
        try:
            index: int = await self.feed("_at[0]")
        except (MontyError, RuntimeError):
            return None
        return index if index >= 0 else None


class Workers:
    """Up to `count` interpreters, lent in the order in which they are asked for.

    What is not given back whole is never lent again: it is closed in the background. Belongs
    to the event loop that first lends from it.
    """

    def __init__(self, limits: Limits, count: int | None = None) -> None:
        self.count = count or max(2, os.cpu_count() or 2)
        self.closed = False
        self._limits = ResourceLimits(
            max_feed_duration_secs=limits.seconds,
            max_total_sleep_secs=limits.seconds,
            max_memory=limits.memory_bytes,
            max_recursion_depth=limits.recursion,
        )
        self._prelude = prelude(limits.value_bytes)
        self._turns = asyncio.Semaphore(self.count)
        self._starting = asyncio.Lock()
        self._pools: list[AsyncMonty] = []
        self._idle: list[Session] = []
        self._held: set[Session] = set()
        self._closing: set[asyncio.Task[None]] = set()
        # A session still open when Python ends would abort the process.
        weakref.finalize(self, _forget, self._pools, self._idle, self._held)

    async def lend(self, policy: OSPolicy | None = None) -> Session:
        """A session for one call: a warm one, or with a policy one of its own.

        Raises WorkerLost when no process can be started, SandboxError after `close`.
        """
        await self._turns.acquire()
        try:
            if self.closed:
                raise SandboxError("The sandbox is closed.")
            if policy is None and self._idle:
                return self._idle.pop()
            return await self._open(policy)
        except BaseException:
            self._turns.release()
            raise

    def give_back(self, session: Session, *, whole: bool) -> None:
        """End a loan. `whole`: the session holds nothing of the call and may be lent again."""
        if whole and not session.worn and not self.closed:
            self._idle.append(session)
        else:
            self._discard(session)
        self._turns.release()

    async def close(self) -> None:
        """End every process; a call that is running is cancelled."""
        self.closed = True
        for session in self._held:
            session.stop()
        for session in self._idle:
            self._discard(session)
        self._idle.clear()
        await asyncio.gather(*self._closing)
        for pool in self._pools:
            await pool.__aexit__(None, None, None)
        self._pools.clear()

    async def _open(self, policy: OSPolicy | None) -> Session:
        pool = await self._pool()
        if len(self._held) >= self.count and self._idle:
            self._discard(self._idle.pop())
        session = Session(pool.checkout(limits=self._limits, os_policy=policy))
        self._held.add(session)
        try:
            await session.open(self._prelude)
        except BaseException as error:
            self._discard(session)
            if isinstance(error, MontyError | OSError | RuntimeError):
                raise _cannot_start(error) from error
            raise
        return session

    async def _pool(self) -> AsyncMonty:
        async with self._starting:
            if not self._pools:
                try:
                    pool = AsyncMonty(
                        max_processes=self.count,
                        max_checkouts_per_worker=SESSIONS_PER_PROCESS,
                        feed_duration_limit_grace=GRACE,
                    )
                    await pool.__aenter__()
                except (MontyError, OSError, RuntimeError) as error:
                    raise _cannot_start(error) from error
                self._pools.append(pool)
            return self._pools[0]

    def _discard(self, session: Session) -> None:
        self._held.discard(session)
        task = asyncio.get_running_loop().create_task(session.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


# At the end of the program, after the finalizers of all pools: the last made is called first.
weakref.finalize(Workers, let_threads_leave)


def _cannot_start(error: Exception) -> WorkerLost:
    message = f"The sandbox can't start: {error}."
    return WorkerLost(message, cure="Install Heddle again; its `monty` program is missing.")


def _forget(*kept: "list[AsyncMonty] | list[Session] | set[Session]") -> None:
    for some in kept:
        some.clear()
