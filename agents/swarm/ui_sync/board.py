"""The components that are looked at here, kept equal to what is stored, whoever changes that."""

import asyncio
import contextlib
import re
import time

from agents.errors import AgentError
from agents.swarm.own_tables import OwnTables
from agents.swarm.ui_sync.hub import Live, Watcher
from agents.swarm.ui_sync.patches import look_at
from agents.swarm.ui_sync.shapes import Mutation, Stored
from agents.swarm.ui_sync.store import Committed, Row, Store
from graph.errors import BadInput

EVERY = 1.0
"""Seconds between two looks at what other processes did to components that are looked at here."""
LONGEST = 200
"""Characters of a name, and of an id."""

_NAME = re.compile(r"[A-Za-z0-9_.:-]+(/[A-Za-z0-9_.:-]+)*", re.ASCII)


class Board:
    """Every method that waits raises BadInput and AgentError."""

    def __init__(self, tables: OwnTables) -> None:
        self._tables = tables
        self._store = Store(tables)
        self._identity = ""
        self._live = dict[str, Live]()
        self._looking: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
            self._looking = None

    async def identity(self) -> str:
        """Names the store of the components; see `Store`."""
        self._identity = self._identity or await self._tables.done(self._store.identity)
        return self._identity

    async def rows(self) -> list[Row]:
        """All components, by name."""
        return await self._tables.done(self._store.rows)

    def subscribers(self, component: str) -> int:
        """How many look at a component here."""
        live = self._live.get(component)
        return len(live.watchers) if live else 0

    async def stored(self, component: str) -> Stored:
        """What a component is by now."""
        live = self._live.get(_look_at_name(component))
        if live is not None:
            return live.stored
        return (await self._tables.done(self._store.newest, component)).stored

    async def mutate(
        self, component: str, mutation: Mutation, *, removes: bool = False
    ) -> Committed:
        """Change a component, and tell whoever looks at it. Raises Declined."""
        _look_at_name(component)
        look_at(mutation)
        if len(mutation.id) > LONGEST:
            raise BadInput(f"An id has at most {LONGEST} characters.")
        live = self._live.get(component)
        committed = await self._tables.done(
            self._store.commit, component, mutation, time.time(),
            since=live.version if live else 0, removes=removes,
        )  # fmt: skip
        if (live := self._live.get(component)) is not None:
            live.take(committed.newest)
        return committed

    async def watch(self, component: str, watcher: Watcher, since: int | None) -> Live:
        """Have somebody told of a component until `unwatch`; `since` is the version they know."""
        if _look_at_name(component) not in self._live:
            newest = await self._tables.done(self._store.newest, component)
            self._live.setdefault(component, Live(component, newest)).take(newest)
        live = self._live[component]
        watcher.begin(live, since)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_often())
        return live

    def unwatch(self, component: str, watcher: Watcher) -> None:
        """Have them told no more."""
        if (live := self._live.get(component)) is not None:
            watcher.end(live)
            if not live.watchers:
                del self._live[component]

    def unwatch_all(self, watcher: Watcher) -> None:
        """Have somebody who is gone told nothing any more."""
        for component in [name for name, one in self._live.items() if watcher in one.watchers]:
            self.unwatch(component, watcher)

    async def _look_often(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            with contextlib.suppress(AgentError):  # told as the agent's health
                await self.look()

    async def look(self) -> None:
        """Take in what others did to the components that are looked at here."""
        before = {name: live.version for name, live in self._live.items()}
        if not before:
            return
        stored = await self._tables.done(self._store.versions, before)
        for name, version in before.items():
            if stored.get(name, 0) != version:
                await self._catch_up(name, version, is_older=stored.get(name, 0) < version)

    async def _catch_up(self, name: str, version: int, *, is_older: bool) -> None:
        newest = await self._tables.done(self._store.newest, name, version)
        if (live := self._live.get(name)) is not None:
            if is_older and newest.stored.version < live.version:
                live.restart(newest)
            else:
                live.take(newest)


def _look_at_name(component: str) -> str:
    """The name. Raises BadInput for what is none."""
    if len(component) > LONGEST or not _NAME.fullmatch(component):
        raise BadInput(
            f"{component!r} is no name of a component.",
            cure=f"Use up to {LONGEST} letters, digits, and _ . : - with / between parts.",
        )
    return component
