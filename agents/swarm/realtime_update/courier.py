"""Takes what was said to the Pusher outside: in order, at least once, as soon as it can."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Sequence

from agents.errors import AgentError, Refused, Rejected
from agents.swarm.realtime_update.log import Log, Parcel
from agents.swarm.realtime_update.outside import MOST_BATCH, Pusher
from agents.swarm.realtime_update.shapes import Wanted

LANES = 3
"""Ways that are gone at the same time, as many as a breaker tries a system again by; a channel's
events always go the same one."""

PAUSES = (0.25, 0.5, 1.0, 2.0)
"""Seconds between attempts while Pusher is away, the last again and again."""

CLAIM_SECONDS = 3.0
"""For how long it is on one process of this home to do this; others look that often."""


class Courier:
    """One task for each lane. `changed` hears, on the loop, that Pusher is away or back.

    A parcel is forgotten once Pusher has it. What it says is wrong for good is put aside, with
    the reason, so that it holds up nobody.
    """

    def __init__(self, log: Log, pusher: Pusher, changed: Callable[[], None]) -> None:
        self._log = log
        self._pusher = pusher
        self._changed = changed
        self._who = secrets.token_hex(8)
        self._something = [asyncio.Event() for _ in range(LANES)]
        self._tasks = list[asyncio.Task[None]]()
        self._on_duty = asyncio.Event()
        self._epoch = ""
        self.away = ""
        self.sent = 0

    def begin(self, epoch: str) -> None:
        """Start, with what was left before; `epoch` names the log that offsets are of."""
        self._epoch = epoch
        self._tasks = [asyncio.create_task(self._claim())]
        self._tasks += [asyncio.create_task(self._walk(lane)) for lane in range(LANES)]

    def wake(self) -> None:
        """Something is to be taken outside."""
        for something in self._something:
            something.set()

    async def close(self) -> None:
        """Stop; what is left is taken next time."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(AgentError):
            await asyncio.to_thread(self._log.release, self._who)
        await self._pusher.close()

    async def _claim(self) -> None:
        """Have it be on this process, or find out that the one whose duty it was is gone."""
        while True:
            with contextlib.suppress(AgentError):
                if await asyncio.to_thread(self._log.claim, self._who, CLAIM_SECONDS):
                    self._on_duty.set()
                else:
                    self._on_duty.clear()
            await asyncio.sleep(CLAIM_SECONDS / 3)

    async def _walk(self, lane: int) -> None:
        failures = 0
        while True:
            await self._on_duty.wait()
            self._something[lane].clear()
            try:
                asked, left = await self._step(lane)
            except AgentError as error:
                self._is_away(str(error))
                await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1
                continue
            failures = 0
            if asked:
                self._is_away("")
            if not left:
                await self._wait(lane)

    async def _step(self, lane: int) -> tuple[bool, bool]:
        """Take what is next; whether Pusher answered something, and whether more may be left.

        While it is away and there is nothing to take, one lane asks whether it is back.
        """
        if parcels := await asyncio.to_thread(self._log.parcels, lane, MOST_BATCH):
            await self._take(parcels)
            return True, True
        if self.away and lane == 0:
            await self._pusher.channels("heddle-", again=False)
            return True, False
        return False, False

    async def _wait(self, lane: int) -> None:
        """Until there is something, or for a while: another process may have put it there."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLAIM_SECONDS):
                await self._something[lane].wait()

    async def _take(self, parcels: Sequence[Parcel]) -> None:
        try:
            await self._pusher.trigger([self._wanted(one) for one in parcels], again=False)
        except Rejected as error:
            if len(parcels) > 1:  # one of them is wrong, and the others needn't wait for it
                for parcel in parcels:
                    await self._take([parcel])
                return
            await asyncio.to_thread(self._log.taken, parcels, {parcels[0].offset: str(error)})
            return
        self.sent += len(parcels)
        await asyncio.to_thread(self._log.taken, parcels, {})

    def _is_away(self, why: str) -> None:
        if bool(why) != bool(self.away):
            self.away = why
            if not why:
                self.wake()
            self._changed()
        self.away = why

    @property
    def trouble(self) -> str:
        """What follows from it being away."""
        return (
            f"Pusher is away: {self.away} Clients are served by our own server, and events wait to"
            " be taken to Pusher."
        )

    def noticed(self, error: AgentError) -> None:
        """Somebody else found that Pusher can't be reached."""
        if error.retryable or isinstance(error, Refused):
            self._is_away(str(error))
            self.wake()

    def _wanted(self, parcel: Parcel) -> Wanted:
        return Wanted(
            channel=parcel.channel,
            name=parcel.name,
            data=parcel.data,
            # A server that drops what it is told twice knows an event by its place as well.
            id=parcel.id or f"{self._epoch}-{parcel.offset}",
            except_socket=parcel.socket_id,
        )
