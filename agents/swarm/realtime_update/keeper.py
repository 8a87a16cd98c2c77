"""Gives events their place: those wanted at the same time together, then delivered in order."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

from agents.errors import Unavailable
from agents.swarm.realtime_update.clerk import Clerk
from agents.swarm.realtime_update.log import Due, Kept, Log
from agents.swarm.realtime_update.shapes import Wanted

LOOK_SECONDS = 0.2
"""How often it is looked whether another process of this home has said something."""


class _Ask(NamedTuple):
    wanted: Sequence[Wanted]
    kept: asyncio.Future[list[Kept]]


class Keeper:
    """Stands before the log. `deliver` is called on the loop for all events, in their order.

    An event is delivered once it is kept, so that no client ever knows of an offset which a
    crash gives to another event.
    """

    def __init__(self, log: Log, deliver: Callable[[Sequence[Due]], None]) -> None:
        self._log = log
        self._deliver = deliver
        self._clerk = Clerk()
        self._asked = list[_Ask]()
        self._something = asyncio.Event()
        self._tasks = list[asyncio.Task[None]]()
        self._offset = 0
        self._turn = asyncio.Lock()
        self._ending = False

    def begin(self, offset: int) -> None:
        """Start, after what had been said up to that offset."""
        self._offset = offset
        self._clerk.begin()
        self._tasks = [asyncio.create_task(self._keep()), asyncio.create_task(self._look())]

    async def keep(self, wanted: Sequence[Wanted]) -> list[Kept]:
        """Keep events for good and deliver them. Raises AgentError."""
        if self._ending:
            raise Unavailable("The house is closing.", cure="Say it again once it is back.")
        kept: asyncio.Future[list[Kept]] = asyncio.get_running_loop().create_future()
        self._asked.append(_Ask(wanted, kept))
        self._something.set()
        return await kept

    async def close(self) -> None:
        """Keep what was asked for, and stop."""
        self._ending = True
        self._something.set()
        for task in self._tasks[1:]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._clerk.close()

    async def _keep(self) -> None:
        while self._asked or not self._ending:
            await self._something.wait()
            self._something.clear()
            async with self._turn:
                asked, self._asked = self._asked, []
                if asked:
                    await self._keep_together(asked)

    async def _keep_together(self, asked: Sequence[_Ask]) -> None:
        wanted = [one for ask in asked for one in ask.wanted]
        try:
            kept = await self._clerk.do(lambda: self._log.append(wanted))
            await self._deliver_kept(kept, wanted)
        except Exception as error:  # noqa: BLE001 - whoever asked is told, and the next are kept
            for ask in asked:
                if not ask.kept.done():
                    ask.kept.set_exception(error)
            return
        for ask in asked:
            mine, kept = kept[: len(ask.wanted)], kept[len(ask.wanted) :]
            if not ask.kept.done():
                ask.kept.set_result(mine)

    async def _deliver_kept(self, kept: Sequence[Kept], wanted: Sequence[Wanted]) -> None:
        both = zip(kept, wanted, strict=True)
        new = [Due(one.event, asked.except_socket) for one, asked in both if not one.known]
        if new and new[0].event.offset != self._offset + 1:  # another process said something
            new = await self._later()
        self._deliver_these(new)

    def _later(self) -> "asyncio.Future[list[Due]]":
        offset = self._offset
        return self._clerk.do(lambda: self._log.after(offset))

    def _deliver_these(self, due: Sequence[Due]) -> None:
        if due:
            self._offset = due[-1].event.offset
            self._deliver(due)

    async def _look(self) -> None:
        """Deliver what other processes said, such as a flow that runs in a studio."""
        version = await self._clerk.do(self._log.version)
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            with contextlib.suppress(Exception):  # it is said by whoever wants something kept
                found = await self._clerk.do(self._log.version)
                if found == version:
                    continue
                async with self._turn:
                    self._deliver_these(await self._later())
                version = found
