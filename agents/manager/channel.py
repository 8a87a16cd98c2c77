"""What happens to agents on its way to whoever watches, and lately by agent."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

from agents.manager.status import AgentChanged, Happening, PoolScaled, agent_of
from agents.resilience.status import BreakerChanged

KEPT = 50
"""Happenings that are remembered of each agent."""

ROOM = 1_000
"""Happenings that wait for one watcher; of more, the oldest are dropped."""

log = logging.getLogger("heddle.agents")


class Watcher:
    """Happenings from now on: `async for happening in watcher`."""

    def __init__(self) -> None:
        self._waiting = deque[Happening](maxlen=ROOM)
        self._woken = asyncio.Event()
        self._over = False

    def put(self, happening: Happening) -> None:
        self._waiting.append(happening)
        self._woken.set()

    def end(self) -> None:
        """No more will come; those that are there are still given."""
        self._over = True
        self._woken.set()

    def __aiter__(self) -> AsyncIterator[Happening]:
        return self

    async def __anext__(self) -> Happening:
        while not self._waiting:
            if self._over:
                raise StopAsyncIteration
            self._woken.clear()
            await self._woken.wait()
        return self._waiting.popleft()


class Channel:
    """Logs each happening, remembers it for a while and hands it to all who watch or listen."""

    def __init__(self) -> None:
        self._watchers = set[Watcher]()
        self._lately = dict[str, deque[Happening]]()
        self.listeners: list[Callable[[Happening], None]] = []
        """Are called at once, and don't raise."""

    def tell(self, happening: Happening) -> None:
        """Something happened."""
        _write_down(happening)
        lately = self._lately.setdefault(agent_of(happening), deque(maxlen=KEPT))
        lately.append(happening)
        for watcher in self._watchers:
            watcher.put(happening)
        for listen in self.listeners:
            listen(happening)

    def lately(self, agent: str) -> tuple[Happening, ...]:
        """What happened to an agent, the newest last."""
        return tuple(self._lately.get(agent, ()))

    @property
    def watched(self) -> bool:
        """Whether anybody watches."""
        return bool(self._watchers)

    @contextmanager
    def watch(self) -> Iterator[Watcher]:
        """Hear of what happens from now on."""
        watcher = Watcher()
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    def end(self) -> None:
        """Nothing will happen any more."""
        for watcher in self._watchers:
            watcher.end()


def _write_down(happening: Happening) -> None:
    match happening:
        case AgentChanged(agent, state, detail):
            level = logging.WARNING if state in ("down", "degraded") else logging.INFO
            log.log(level, "Agent %s: %s. %s", agent, state, detail)
        case PoolScaled(agent, before, after, reason):
            log.info("Agent %s: %d instances, were %d. %s", agent, after, before, reason)
        case BreakerChanged(guard, state, reason):
            level = logging.WARNING if state == "open" else logging.INFO
            log.log(level, "The breaker of %s is %s: %s", guard, state.replace("_", "-"), reason)
