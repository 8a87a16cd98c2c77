"""One agent that lives: made, connected, asked how it is, made anew, closed."""

import asyncio
import contextlib
import random
from collections.abc import Callable

from agents.contract import Agent, Figures, Health
from agents.manager.status import State
from agents.resilience.clock import Clock
from agents.worker import Capable

PATIENCE = 5.0
"""Seconds that an agent may take to close, and its calls to end before it is closed."""

CHECK_SECONDS = 10.0
"""Seconds that an agent may take to say how it is."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before an agent that is down is made anew: doubled each time it doesn't help."""


def pause(attempt: int, roll: Callable[[], float] = random.random) -> float:
    """Seconds before attempt 1, 2, … to make an agent anew, up to a quarter of it by chance."""
    doubled = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempt - 1, 30))
    return float(doubled * (1 + roll() / 4))


class Member:
    """An agent with what is known of it. `changed` hears of each change of its state."""

    def __init__(
        self,
        make: Callable[["Member"], Agent],
        clock: Clock,
        changed: Callable[["Member"], None],
    ) -> None:
        self._make = make
        self._clock = clock
        self._changed = changed
        self._connecting: asyncio.Task[Agent] | None = None
        self._again_at: float | None = None
        self._leaving = set[asyncio.Task[None]]()
        self._attempts = 0
        self.agent: Agent | None = None
        self.state: State = "idle"
        self.detail = ""
        self.since = clock.now()
        self.restarts = 0

    async def ready(self) -> Agent:
        """The agent, connected. Whoever asks meanwhile waits for the same one."""
        if self.agent is not None:
            return self.agent
        connecting = self._connecting
        if connecting is None:
            connecting = self._connecting = asyncio.create_task(self._connect())
        try:
            # Being cancelled leaves it to the others.
            return await asyncio.shield(connecting)
        finally:
            failed = connecting.done() and (connecting.cancelled() or connecting.exception())
            if failed and self._connecting is connecting:
                self._connecting = None  # whoever asks next tries again

    @property
    def is_gone(self) -> bool:
        """Whether there is nothing to look after: it was never connected, or was closed."""
        return self._connecting is None and self.agent is None

    def figures(self) -> Figures:
        """What its calls came to, as far as it says."""
        return figures_of(self.agent)

    async def check(self, *, deep: bool = False) -> None:
        """Ask it how it is; when it is down and the time has come, make it anew."""
        if self.agent is None:
            await self._look_after()
            return
        agent = self.agent
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                health = await agent.health(deep=deep)
        except TimeoutError:
            health = Health("down", f"It didn't say how it is within {CHECK_SECONDS:g} s.")
        except Exception as error:  # noqa: BLE001 - it may be a pack's
            health = Health("down", f"It can't say how it is: {error}.")
        if self.agent is agent:
            self.report(health)
        await self._look_after()

    def report(self, health: Health) -> None:
        """Take note of how it is, as it or somebody says."""
        if self.state in ("draining", "stopped") or self.agent is None:
            return
        self._become(health.state, health.detail)
        if health.state != "down":
            self._again_at = None
            self._attempts = 0
        elif self._again_at is None:
            self._wait_to_restart()

    async def restart(self) -> None:
        """Make it anew. The one there was may finish what it is doing. Raises AgentError."""
        old, self.agent, self._connecting = self.agent, None, None
        if old is not None:
            self.restarts += 1
            leaving = asyncio.create_task(closed(old))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)
        await self.ready()

    async def close(self, *, within: float = PATIENCE, finally_: State = "stopped") -> None:
        """Let its calls end, for so long, and close it. Never raises."""
        connecting, agent = self._connecting, self.agent
        if connecting is not None and not connecting.done():
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
        self._connecting = self.agent = self._again_at = None
        if agent is not None:
            if figures_of(agent).in_flight:
                self._become("draining", "It finishes what it is doing.")
            await closed(agent, within)
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=within)
        self._become(finally_, "")

    async def _look_after(self) -> None:
        due = self._again_at is not None and self._clock.now() >= self._again_at
        if self.state == "down" and due:
            with contextlib.suppress(Exception):  # its state says so
                await self.restart()

    async def _connect(self) -> Agent:
        self._become("starting", "")
        agent: Agent | None = None
        try:
            agent = self._make(self)
            await agent.connect()
        except BaseException as error:
            if agent is not None:
                await closed(agent, 0)
            self._become("down", str(error) or type(error).__name__)
            self._wait_to_restart()
            raise
        self.agent = agent
        self._again_at, self._attempts = None, 0
        self._become("ok", "")
        return agent

    def _wait_to_restart(self) -> None:
        self._attempts += 1
        self._again_at = self._clock.now() + pause(self._attempts)

    def _become(self, state: State, detail: str) -> None:
        if (state, detail) == (self.state, self.detail):
            return
        if state != self.state:
            self.since = self._clock.now()
        self.state, self.detail = state, detail
        self._changed(self)


def figures_of(agent: Agent | None) -> Figures:
    """What an agent's calls came to; a pack's may not keep to the contract."""
    if agent is None:
        return Figures()
    try:
        return agent.figures()
    except Exception:  # noqa: BLE001 - see above
        return Figures()


async def closed(agent: Agent, within: float = PATIENCE) -> None:
    """Let an agent's calls end and close it; it can neither keep nor stop us from that."""
    if isinstance(agent, Capable) and agent.work.in_flight:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await agent.work.over()
    with contextlib.suppress(Exception):
        async with asyncio.timeout(PATIENCE):
            await agent.close()
