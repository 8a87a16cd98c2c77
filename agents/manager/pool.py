"""Instances of an agent that does one thing at a time: lent, queued for, made and let go."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from agents.contract import Agent, PoolSize, Task
from agents.manager.member import PATIENCE, Member
from agents.manager.scaling import Seen, wanted
from agents.manager.status import PoolScaled, quantile
from agents.policy import Candidate, Choice, Policy
from agents.resilience.clock import Clock

EACH = 0.5
"""Part of the wished-for wait after which a pool looks at its queue again."""


class Pool:
    """Lends instances, as many as `wanted` says. What an instance remembers isn't relied on."""

    def __init__(
        self,
        kind: str,
        size: PoolSize,
        make: Callable[[], Member],
        *,
        policy: Policy,
        clock: Clock,
        tell: Callable[[PoolScaled], None],
    ) -> None:
        self.kind = kind
        self.size = size
        self._make = make
        self._policy = policy
        self._clock = clock
        self._tell = tell
        self._members: dict[str, Member] = {}
        self._free: dict[str, float] = {}
        """Since when each instance that could work has had nothing to do."""
        self._starting = set[str]()
        self._under_way = set[asyncio.Task[None]]()
        """Instances being started, and such as are let go."""
        self._queue = deque[tuple[float, asyncio.Future[None]]]()
        self._changed_at = clock.now()
        self._made = 0
        self._looking: Any = None

    @property
    def members(self) -> tuple[Member, ...]:
        return tuple(self._members.values())

    @property
    def queue(self) -> int:
        """Tasks that wait for an instance."""
        return len(self._queue)

    @contextlib.asynccontextmanager
    async def lent(self, task: Task) -> AsyncIterator[tuple[Agent, Choice]]:
        """A free instance, chosen by the policy, as long as it is needed. Raises AgentError."""
        # Whoever comes while others wait, or have just been called, comes after them.
        while not self._free or self._queue:
            await self._turn()
            if self._free:
                break
        choice = self._policy.choose(task, [self._candidate(name) for name in self._free])
        name = choice.candidate.name
        member = self._members[name]
        del self._free[name]
        if self._free:
            self._call_next()
        try:
            yield await member.ready(), choice
        finally:
            self._given_back(name)

    def look(self) -> None:
        """Make more instances, or let one go, if it is time to."""
        decision = wanted(self.size, self.seen())
        before = len(self._members)
        if decision.instances == before:
            return
        for _ in range(before, decision.instances):
            self._grow()
        for _ in range(decision.instances, before):
            self._shrink()
        after = len(self._members)
        if after != before:
            self._changed_at = self._clock.now()
            at = self._changed_at
            self._tell(PoolScaled(self.kind, before, after, decision.reason, at))

    def seen(self) -> Seen:
        """What there is to decide by."""
        now = self._clock.now()
        took = [seconds for member in self.members for seconds in member.figures().recent]
        return Seen(
            instances=len(self._members),
            starting=len(self._starting),
            waiting=len(self._queue),
            waited=now - self._queue[0][0] if self._queue else 0.0,
            latency=quantile(took, 0.5),
            idle=now - min(self._free.values()) if self._free else 0.0,
            steady=now - self._changed_at,
        )

    async def check(self, *, deep: bool = False) -> None:
        """Ask every instance how it is, and see whether there are as many as there should be."""
        await asyncio.gather(*(member.check(deep=deep) for member in self.members))
        self.look()

    async def restart(self) -> None:
        """Make every instance anew."""
        await asyncio.gather(*(member.restart() for member in self.members))

    async def close(self, *, within: float = PATIENCE) -> None:
        """Let all calls end, for so long, and close all instances. Never raises."""
        self._stop_looking()
        for _, turn in self._queue:
            turn.cancel()
        members, self._members, self._free = self.members, {}, {}
        await asyncio.gather(*(member.close(within=within) for member in members))
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _candidate(self, name: str) -> Candidate:
        member = self._members[name]
        figures = member.figures()
        health = member.state if member.state in ("degraded", "down") else "ok"
        return Candidate(
            name=name,
            latency=quantile(figures.recent, 0.5),
            health=health,
            busy=figures.in_flight,
        )

    async def _turn(self) -> None:
        """Wait until an instance may be free. Raises what kept the only one from starting."""
        turn = asyncio.get_running_loop().create_future()
        waiting = (self._clock.now(), turn)
        self._queue.append(waiting)
        self.look()
        self._look_again()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._call_next()  # the turn came, and nobody takes it any more
            raise
        finally:
            with contextlib.suppress(ValueError):
                self._queue.remove(waiting)

    def _given_back(self, name: str) -> None:
        if name in self._members:
            self._free[name] = self._clock.now()
            self._call_next()

    def _call_next(self) -> None:
        for _, turn in self._queue:
            if not turn.done():
                turn.set_result(None)
                return

    def _grow(self) -> None:
        self._made += 1
        name = f"{self.kind} {self._made}"
        self._members[name] = self._make()
        self._starting.add(name)
        self._begin(self._start(name))

    async def _start(self, name: str) -> None:
        try:
            await self._members[name].ready()
        except Exception as error:  # noqa: BLE001 - whoever waits for it is told
            self._missed(name, error)
        else:
            self._given_back(name)
        finally:
            self._starting.discard(name)

    def _missed(self, name: str, error: Exception) -> None:
        """An instance couldn't be started; who waits is told so unless there are others."""
        self._starting.discard(name)
        self._members.pop(name, None)
        self._changed_at = self._clock.now()
        for _, turn in self._queue if not self._members else ():
            if not turn.done():
                turn.set_exception(error)

    def _shrink(self) -> None:
        """Let the instance go that has been idle longest."""
        if not self._free:
            return
        name = min(self._free, key=self._free.__getitem__)
        del self._free[name]
        self._begin(self._members.pop(name).close())

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def _look_again(self) -> None:
        """While tasks wait, nothing else may happen that would have the queue looked at."""
        if self._looking is None and self._queue:
            self._looking = self._clock.later(self.size.wait * EACH, self._looked)

    def _looked(self) -> None:
        self._looking = None
        self.look()
        self._look_again()

    def _stop_looking(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
