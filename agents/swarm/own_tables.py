"""The tables of an agent of the swarm: what their database is asked, and how it is."""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from agents.contract import Health, Means
from agents.errors import AgentError, BreakerOpen, Unavailable, Unreachable
from agents.tables import Tables

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8
PATIENCE = 0.8
"""Seconds in which a deep look has to be answered."""


class OwnTables(Tables):
    """On a server they are asked through its guard. That it is gone, or back, is reported."""

    def __init__(self, means: Means, kind: str, file: str, statements: Sequence[str]) -> None:
        super().__init__(means.folder / file, means.outside.database_url, statements, outlives=True)
        self._guard = means.guards.of(f"{kind}:{self.place}") if self.is_served else None
        self._report = means.report
        self._threads = ThreadPoolExecutor(THREADS, f"{kind}-tables")
        self._wrong = ""

    async def done(self, work: Callable[P, T], *args: P.args, **given: P.kwargs) -> T:
        """The result of work that blocks, such as a transaction, in a thread.

        Raises AgentError, and what the work raises.
        """

        def attempt() -> Awaitable[T]:
            return self._apart(functools.partial(work, *args, **given))

        try:
            result = await (attempt() if self._guard is None else self._guard.call(attempt))
        except (Unreachable, Unavailable) as error:
            self._notice(error)
            raise
        self._notice(None)
        return result

    async def health(self, *, deep: bool) -> Health:
        """From what is known; the database is asked where that is wanted, or it had trouble."""
        if deep or self._wrong:
            self._wrong = await self._asked()
        return self._health()

    async def _asked(self) -> str:
        """What is wrong with the database, "" for nothing. What its breaker holds up is wrong."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._looked()
        except TimeoutError:
            return f"{self.place} doesn't answer."
        except BreakerOpen as error:  # what opened it says more
            return self._wrong or str(error)
        except AgentError as error:
            return str(error)
        return ""

    async def _looked(self) -> None:
        if self._guard is None:
            await self._apart(self._look)
        else:
            await self._guard.call(lambda: self._apart(self._look), within=0, again=False)

    def _look(self) -> None:
        self.read_now(lambda connection: connection.exec_driver_sql("SELECT 1"))

    def _apart(self, work: Callable[[], T]) -> Awaitable[T]:
        """Threads of its own: a server that hangs is not to stop who has nothing to do with it."""
        try:
            return asyncio.get_running_loop().run_in_executor(self._threads, work)
        except RuntimeError:
            raise Unavailable(f"{self.place} was let go of.") from None

    def close(self) -> None:
        """Let go of the database. What is under way there is waited for only where it is quick."""
        self._threads.shutdown(wait=not self.is_served, cancel_futures=True)
        super().close()

    def _notice(self, error: AgentError | None) -> None:
        if (error is None) != (not self._wrong):
            self._wrong = "" if error is None else str(error)
            self._report(self._health())

    def _health(self) -> Health:
        """A server may come back by itself, so without it the agent only does less."""
        if not self._wrong:
            return Health("ok")
        return Health("degraded" if self.is_served else "down", self._wrong)
