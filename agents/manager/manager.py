"""The manager of a runtime's agents: has them made when they are needed, and looks after them."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import msgspec

from agents.contract import Agent, Capability, Grants, Means, Task
from agents.errors import Unavailable
from agents.manager.channel import Channel
from agents.manager.front import Front
from agents.manager.known import Known
from agents.manager.member import PATIENCE, Member
from agents.manager.pool import Pool
from agents.manager.status import (
    WORST,
    AgentChanged,
    AgentsStatus,
    AgentStatus,
    Happening,
    State,
    quantile,
)
from agents.policy import Policy, RoundRobin
from agents.resilience.clock import Clock, SteadyClock
from agents.resilience.guard import SystemGuard
from agents.resilience.guards import Guards
from agents.resilience.settings import GuardRules
from agents.resilience.status import BreakerChanged
from graph.context import Context
from graph.errors import HeddleError
from graph.values import did_you_mean

T = TypeVar("T")

Make = Callable[[Grants, Means], Any]
"""Makes an agent of one kind; the class itself where nothing else is said."""

RHYTHM = 5.0
"""Seconds between two times of asking agents how they are."""

RECENT = 60
"""Durations of calls that are told of an agent."""


class NoSuchAgent(HeddleError):
    """There is no agent of that name."""


class Drained(Unavailable):
    """Somebody took the agent out of work, until they start it again."""


class Kept(NamedTuple):
    """An agent for one set of grants: what is handed out, and who does the work."""

    front: Any
    house: Member | Pool

    @property
    def members(self) -> tuple[Member, ...]:
        return self.house.members if isinstance(self.house, Pool) else (self.house,)


class Manager:
    """Has one agent for each kind and set of grants, or a pool of them where the kind says so.

    `known` are the agents that are listed before they are needed, by their kind. `one_for_all`
    says how agents are made that are the same for every set of grants; `lend` adds to the means
    of each what the house has. Use it from one event loop.
    """

    def __init__(
        self,
        folder: Path,
        *,
        rules: GuardRules | None = None,
        redis_url: str = "",
        known: Mapping[str, Known] | None = None,
        lend: Callable[[Means], Means] = lambda means: means,
        one_for_all: Mapping[type[Any], Callable[[], Any]] | None = None,
        policy: Callable[[], Policy] = RoundRobin,
        clock: Clock | None = None,
    ) -> None:
        self._folder = folder
        self._clock = clock or SteadyClock()
        self._known = dict(known or {})
        self._lend = lend
        self._one_for_all = dict(one_for_all or {})
        self._policy = policy
        self.happenings = Channel()
        self.guards = Guards(
            rules, listener=self.happenings.tell, clock=self._clock, redis_url=redis_url
        )
        self._kept: dict[tuple[type[Any], Grants], Kept] = {}
        self._kinds: dict[str, type[Any]] = {}
        self._drained: dict[str, float] = {}
        self._told: dict[str, tuple[State, str]] = {}
        self._since: dict[str, float] = {}
        self._watching: asyncio.Task[None] | None = None
        self._opened = 0
        self.happenings.listeners.append(self._count)

    @property
    def known(self) -> Mapping[str, Known]:
        """The agents that are listed before they are needed, by their kind."""
        return self._known

    # For whoever has work.

    async def agent(self, kind: type[T], grants: Grants) -> T:
        """The agent of a kind for what a run was granted, connected. Raises AgentError."""
        name = cast(type[Agent], kind).kind
        if name in self._drained:
            raise Drained(
                f"The agent {self._title(name)!r} was taken out of work.",
                cure=f"Start it again in the Agents dock, or by `heddle agents --restart {name}`.",
            )
        kept = self._kept_for(kind, grants)
        if isinstance(kept.house, Member):
            return cast(T, await kept.house.ready())
        return cast(T, kept.front)

    async def perform(
        self, kind: type[Any], grants: Grants, task: Task, context: Context | None = None
    ) -> Any:
        """Have a task done by an agent of a kind. Raises AgentError, BadInput."""
        agent: Agent = await self.agent(kind, grants)
        return await agent.perform(task, context)

    async def named(self, name: str, grants: Grants) -> Any:
        """The agent of a name, connected. Raises NoSuchAgent, AgentError."""
        return await self.agent(self._kind(name), grants)

    async def perform_named(
        self, name: str, grants: Grants, task: Task, context: Context | None = None
    ) -> Any:
        """Have a task done by the agent of a name. Raises NoSuchAgent, AgentError, BadInput."""
        return await self.perform(self._kind(name), grants, task, context)

    def _kind(self, name: str) -> type[Any]:
        if name in self._kinds:
            return self._kinds[name]
        if name not in self._known:
            known = {*self._known, *self._kinds}
            raise NoSuchAgent(f"There is no agent {name!r}.", cure=did_you_mean(name, known))
        return self._known[name].kind()

    # For whoever looks after them.

    def status(self) -> AgentsStatus:
        """How all agents are, those that nobody has needed yet as well."""
        names = dict.fromkeys([*self._known, *self._kinds, *self._systems()])
        return AgentsStatus(self._clock.now(), tuple(self._status(name) for name in names))

    def levels(self) -> dict[str, float]:
        """How many agents are down and breakers open, to be measured.

        And how many breakers have opened since this was last asked.
        """
        states = [self._state(name, self._members(name))[0] for name in self._kinds]
        breakers = [status.state for status in self.guards.snapshot()]
        opened, self._opened = self._opened, 0
        return {
            "agents_down": float(states.count("down")),
            "breakers_open": float(breakers.count("open")),
            "breakers_opened": float(opened),
        }

    def described(self, agent: str) -> AgentStatus:
        """How an agent is, with the schemas of what it can do. Raises NoSuchAgent."""
        self._of(agent)
        status, kind = self._status(agent), self._kinds.get(agent)
        whole = kind.capabilities() if status.capabilities and kind is not None else ()
        return msgspec.structs.replace(status, capabilities=whole)

    async def check(self, *, deep: bool = True, agent: str = "") -> AgentsStatus:
        """Ask all agents, or one, how they are. Raises NoSuchAgent."""
        await asyncio.gather(*(kept.house.check(deep=deep) for kept in self._of(agent)))
        return self.status()

    async def restart(self, agent: str) -> None:
        """Make an agent anew; what it does may end. Raises NoSuchAgent, AgentError."""
        found = self._of(agent)
        self._drained.pop(agent, None)
        await asyncio.gather(*(kept.house.restart() for kept in found))
        self._tell(agent)

    async def drain(self, agent: str) -> None:
        """Give an agent no more to do, let it end what it does, and close it.

        Raises NoSuchAgent.
        """
        found = self._of(agent)
        self._drained[agent] = self._clock.now()
        self._tell(agent)
        await asyncio.gather(*(kept.house.close() for kept in found))
        self._kept = {key: kept for key, kept in self._kept.items() if kept not in found}
        self._tell(agent)

    def reset(self, guard: str) -> None:
        """Close a breaker, and have it decide by itself from here on. Raises NoSuchAgent."""
        self._guard(guard).let_go()

    def hold(self, guard: str) -> None:
        """Keep a breaker open until it is `reset`. Raises NoSuchAgent."""
        self._guard(guard).hold("open")

    async def close(self, within: float = PATIENCE) -> None:
        """Let all calls end, for so long, and close all agents. Never raises."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
            self._watching = None
        kept, self._kept = list(self._kept.values()), {}
        await asyncio.gather(*(one.house.close(within=within) for one in kept))
        self.happenings.end()
        await self.guards.close()

    def _guard(self, name: str) -> SystemGuard:
        """The guard of what has been asked. Raises NoSuchAgent."""
        known = [status.guard for status in self.guards.snapshot()]
        if name not in known:
            raise NoSuchAgent(
                f"Nothing called {name!r} was asked yet.", cure=did_you_mean(name, known)
            )
        return self.guards.of(name)

    def _count(self, happening: Happening) -> None:
        self._opened += isinstance(happening, BreakerChanged) and happening.state == "open"

    # How agents are made.

    def _kept_for(self, kind: type[Any], grants: Grants) -> Kept:
        once = next((one for one in self._one_for_all if issubclass(kind, one)), None)
        for_all = once is not None or getattr(kind, "for_all", False)
        key = (once or kind, _NO_GRANTS if for_all else grants)
        if key not in self._kept:
            self._kept[key] = self._made(*key)
            self._kinds.setdefault(kind.kind, kind)
            if self._watching is None or self._watching.done():
                self._watching = asyncio.create_task(self._watch())
        return self._kept[key]

    def _made(self, kind: type[Any], grants: Grants) -> Kept:
        def make(member: Member) -> Agent:
            if (special := self._one_for_all.get(kind)) is not None:
                return cast(Agent, special())
            folder = self._folder / kind.kind
            means = self._lend(Means(self.guards, folder, member.report))
            return cast(Agent, kind(grants, means))

        def member() -> Member:
            return Member(make, self._clock, lambda _: self._tell(kind.kind))

        size = getattr(kind, "pool", None)
        if size is None:
            return Kept(None, member())
        pool = Pool(
            kind.kind,
            size,
            member,
            policy=self._policy(),
            clock=self._clock,
            tell=self.happenings.tell,
        )
        return Kept(Front(kind, pool), pool)

    async def _watch(self) -> None:
        """Ask every agent now and then how it is; those that are down are made anew in time."""
        while True:
            await self._clock.sleep(RHYTHM)
            await asyncio.gather(*(kept.house.check() for kept in self._kept.values()))

    # What is told of them.

    def _of(self, agent: str) -> list[Kept]:
        """What there is of an agent, or of all. Raises NoSuchAgent."""
        known = dict.fromkeys([*self._known, *self._kinds])
        if agent and agent not in known:
            raise NoSuchAgent(f"There is no agent {agent!r}.", cure=did_you_mean(agent, known))
        return [kept for (kind, _), kept in self._kept.items() if agent in ("", kind.kind)]

    def _systems(self) -> Iterable[str]:
        """The agents whose guards were used."""
        return (status.guard.partition(":")[0] for status in self.guards.snapshot())

    def _title(self, name: str) -> str:
        kind = self._kinds.get(name)
        known = self._known.get(name)
        return known.title if known else getattr(kind, "title", "") or name

    def _state(self, name: str, members: Iterable[Member]) -> tuple[State, str]:
        living = [member for member in members if member.state != "idle"]
        if name in self._drained:
            busy = any(member.figures().in_flight for member in living)
            return ("draining", "It finishes what it is doing.") if busy else ("stopped", _STOPPED)
        if not living:
            return "idle", "It starts when it is first needed."
        worst = min(living, key=lambda member: WORST.index(member.state))
        return worst.state, worst.detail

    def _members(self, name: str) -> list[Member]:
        return [member for kept in self._of(name) for member in kept.members]

    def _tell(self, name: str) -> None:
        """Tell of an agent's state if it is another one than was told last."""
        state, detail = self._state(name, self._members(name))
        told = self._told.get(name)
        if told == (state, detail):
            return
        now = self._clock.now()
        if told is None or told[0] != state:
            self._since[name] = now
        self._told[name] = state, detail
        self.happenings.tell(AgentChanged(name, state, detail, now))

    def _status(self, name: str) -> AgentStatus:
        kept = [kept for (kind, _), kept in self._kept.items() if kind.kind == name]
        members = [member for one in kept for member in one.members]
        pools = [one.house for one in kept if isinstance(one.house, Pool)]
        figures = [member.figures() for member in members]
        recent = tuple(seconds for one in figures for seconds in one.recent)[-RECENT:]
        state, detail = self._state(name, members)
        return AgentStatus(
            agent=name,
            title=self._title(name),
            state=state,
            detail=detail,
            since=self._since.get(name, 0.0),
            capabilities=_brief(self._kinds.get(name)),
            instances=sum(not member.is_gone for member in members),
            least=sum(pool.size.least for pool in pools),
            most=sum(pool.size.most for pool in pools),
            in_flight=sum(one.in_flight for one in figures),
            queue=sum(pool.queue for pool in pools),
            calls=sum(one.calls for one in figures),
            failures=sum(one.failures for one in figures),
            restarts=sum(member.restarts for member in members),
            p50=quantile(recent, 0.5),
            p95=quantile(recent, 0.95),
            recent=recent,
            last_failure=next((one.last_failure for one in figures if one.last_failure), ""),
            guards=tuple(
                status
                for status in self.guards.snapshot()
                if status.guard.partition(":")[0] == name
            ),
            happenings=self.happenings.lately(name),
        )


_NO_GRANTS = Grants(folder="/")

_STOPPED = "It was taken out of work; start it again to have it back."


def _brief(kind: type[Any] | None) -> tuple[Capability, ...]:
    """What a kind can do, without the schemas; a pack's may not keep to the contract."""
    if kind is None:
        return ()
    with contextlib.suppress(Exception):
        return tuple(Capability(c.name, c.summary, c.effect) for c in kind.capabilities())
    return ()
