"""Keeps what agents are defined by, and has them work."""

import asyncio
import contextlib
import hashlib
import re
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from agents.contract import Grants, Health, Means
from agents.defined import registry
from agents.defined.drawing import drawn, inputs_of, tool_name
from agents.defined.shapes import NAME, Defined, Definition, Used
from agents.swarm.own_tables import OwnTables
from agents.worker import Worker, capability
from graph.errors import BadInput, HeddleError
from graph.file_format import read, write
from graph.flow import Flow
from graph.values import did_you_mean

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

T = TypeVar("T")

LOOKS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds between looks whether a run is over that left an agent at work; it is in a moment."""

MOST = 200
"""Agents or versions in one list."""


class DefinedAgents(Worker):
    """Keeps agents for all flows of this home. Every method raises BadInput and AgentError."""

    kind: ClassVar[str] = "defined_agents"
    title: ClassVar[str] = "Defined agents"
    for_all: ClassVar[bool] = True

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self._flows = means.flows
        self._leaving = set[asyncio.Task[None]]()
        self._tables = OwnTables(means, self.kind, "defined.db", registry.STATEMENTS)

    async def close(self) -> None:
        """Let go of the database. Runs that nobody waits for any more stay where they are."""
        for task in self._leaving:
            task.cancel()
        await asyncio.gather(*self._leaving, return_exceptions=True)
        await asyncio.to_thread(self._tables.close)

    async def health(self, *, deep: bool = False) -> Health:
        """Deep: whether the definitions can be read."""
        return await self._tables.health(deep=deep)

    @capability("write")
    async def define(
        self, definition: Definition, *, author: str = "", dry_run: bool = False
    ) -> Defined:
        """Keep the next version of an agent. With `dry_run` it is only looked at.

        Raises FlowInvalid, whose problems say what can't be, beside what all raise.
        """
        _look_at(definition.name)
        tools = dict[str, Flow]()
        for flow in dict.fromkeys(definition.tools):
            tools[tool_name(flow, tools)] = read(await self._flows.text(flow))
        flow = await self._flows.store(write(drawn(definition, tools)))
        made = Defined(definition, 0, flow, inputs_of(definition), author, time.time())
        if dry_run:
            return made
        work, alone = (lambda one: registry.add(one, made)), f"agent {definition.name}"
        return await self._tables.done(self._tables.do_now, work, alone=alone)

    @capability("read")
    async def definitions(self, *, after: str = "", most: int = MOST) -> list[Defined]:
        """The agents there are, by name, each at its newest version."""
        return await self._read(lambda one: registry.listed(one, after, min(most, MOST)))

    @capability("read")
    async def names(self) -> list[str]:
        """The names of the agents there are."""
        return [one.definition.name for one in await self.definitions()]

    @capability("read")
    async def definition(self, name: str, *, version: int = 0) -> Defined:
        """A version of an agent, the newest when it is 0."""
        _look_at(name)
        return await self._read(lambda one: registry.one(one, name, version))

    @capability("read")
    async def versions(self, name: str, *, most: int = MOST) -> list[Defined]:
        """The versions of an agent, the newest first."""
        _look_at(name)
        return await self._read(lambda one: registry.versions(one, name, min(most, MOST)))

    @capability("write")
    async def remove(self, name: str, *, author: str = "") -> None:
        """Take an agent away. Flows that name a version of it can still use that."""
        _look_at(name)
        now = time.time()
        work, alone = (lambda one: registry.remove(one, name, author, now)), f"agent {name}"
        await self._tables.done(self._tables.do_now, work, alone=alone)

    @capability("write")
    async def use(
        self,
        name: str,
        inputs: Mapping[str, Any],
        *,
        version: int = 0,
        key: str = "",
        within: Mapping[str, Any] | None = None,
        by: str = "",
    ) -> Used:
        """Have an agent work, and wait for its answer. With one `key` it works but once.

        It may touch what this home grants, and of that only what `within` allows, if given. It
        works no longer than the run `by` that uses it, if that is named.
        """
        found = await self.definition(name, version=version)
        run = f"a{hashlib.sha256(key.encode()).hexdigest()[:24]}" if key else ""
        given = _suiting(found, inputs)
        began = await self._flows.begin(found.flow, given, run=run, within=within)
        await self._flows.go_on(began)  # nobody may drive it, as after a crash
        try:
            gave = await self._flows.result(began)
        except asyncio.CancelledError:
            if by:
                self._leave(began, by)
            raise
        return Used(gave["answer"], gave["ended"], gave["usage"], began, found.version)

    def _leave(self, run: str, by: str) -> None:
        """Nobody waits for a run any more: it is ended if the one that began it is."""
        task = asyncio.create_task(self._ended_with(run, by))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _ended_with(self, run: str, by: str) -> None:
        """End a run once the one that began it is over; one that goes on will ask for it again."""
        for pause in LOOKS:
            await asyncio.sleep(pause)
            with contextlib.suppress(HeddleError):
                course = await self._flows.course(by)
                if course is not None and (course.ended or course.state == "cancelling"):
                    await self._flows.cancel(run, "What used it has ended.")
                    return

    async def _read(self, work: "Callable[[Connection], T]") -> T:
        return await self._tables.done(self._tables.read_now, work)


def _look_at(name: str) -> None:
    if not re.fullmatch(NAME.strip("^$"), name):  # $ would let a line end after it
        cure = "It begins with a letter, then letters, digits, _ and -, at most 64 in all."
        raise BadInput(f"{name[:80]!r} is no name for an agent.", cure=cure)


def _suiting(found: Defined, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the agent takes of what is there. Raises BadInput for what is missing or unknown."""
    name = found.definition.name
    if missing := [one for one in found.takes if one not in inputs]:
        raise BadInput(f"The agent {name!r} is to be given {', '.join(missing)}.")
    if unknown := [one for one in inputs if one not in found.takes]:
        cure = did_you_mean(unknown[0], found.takes) or f"It takes {', '.join(found.takes)}."
        raise BadInput(f"The agent {name!r} takes no {unknown[0]!r}.", cure=cure)
    return inputs
