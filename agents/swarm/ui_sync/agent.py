"""Keeps the components of user interfaces, and tells everybody who looks at them what changes."""

import asyncio
import contextlib
import uuid
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from agents.contract import Grants, Health, Means, Receive, Scope, Send
from agents.swarm.own_tables import OwnTables
from agents.swarm.ui_sync.board import Board
from agents.swarm.ui_sync.face import Face
from agents.swarm.ui_sync.hub import Watcher
from agents.swarm.ui_sync.shapes import (
    Applied,
    Component,
    Listed,
    Listing,
    Mutation,
    Stored,
    mutation_of,
    whole,
)
from agents.swarm.ui_sync.store import STATEMENTS
from agents.worker import Worker, capability

MOST = 500
"""Components on one page."""
LONGEST_WAIT = 300.0


class UiSyncAgent(Worker):
    """Has the last word on every component. Every method raises BadInput and AgentError."""

    kind: ClassVar[str] = "ui_sync"
    title: ClassVar[str] = "UI sync"
    for_all: ClassVar[bool] = True

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self._tables = OwnTables(means, self.kind, "components.db", STATEMENTS)
        self._board = Board(self._tables)
        self._face = Face(self._board, self.mutate)

    async def close(self) -> None:
        """Hang up on everybody, and let go of the database."""
        await self._face.close()
        await self._board.close()
        await asyncio.to_thread(self._tables.close)

    async def health(self, *, deep: bool = False) -> Health:
        """Deep: whether the components can be read."""
        return await self._tables.health(deep=deep)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What comes over HTTP and WebSocket."""
        await self._face(scope, receive, send)

    @capability("read")
    async def get(self, component: str) -> Component:
        """What a component is by now; version 0 if nobody has set it."""
        return _told(component, await self._board.stored(component))

    @capability("write")
    async def set(
        self, component: str, value: Any, *, id: str = "", base: int | None = None
    ) -> Applied:
        """Give a component a value; with `base`, only if it is still of that version."""
        return await self._mutated(component, mutation_of(whole(value), id, base))

    @capability("write")
    async def mutate(self, component: str, mutation: Mutation) -> Applied:
        """Change a component by a JSON Patch or a merge patch: once for each id."""
        return await self._mutated(component, mutation)

    @capability("write")
    async def remove(self, component: str, *, id: str = "") -> Applied:
        """Take a component off the list; whoever still looks at it sees null. Once for each id."""
        empty = mutation_of(whole(None), id, None)
        return await self._mutated(component, empty, removes=True)

    @capability("read")
    async def wait(self, component: str, *, after: int, within: float = 30.0) -> Component:
        """What a component is once it is newer than a version, or after so many seconds."""
        watcher = Watcher()
        live = await self._board.watch(component, watcher, after)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(within, LONGEST_WAIT)):
                    while live.version <= after:
                        watcher.stirred.clear()
                        await watcher.stirred.wait()
            return _told(component, live.stored)
        finally:
            self._board.unwatch(component, watcher)

    @capability("read")
    async def components(self, *, find: str = "", limit: int = 100, offset: int = 0) -> Listing:
        """Components whose names have these letters, and how many look at each of them here."""
        rows = [row for row in await self._board.rows() if find in row.name]
        shown = rows[max(0, offset) :][: min(max(0, limit), MOST)]
        return Listing(
            [
                Listed(row.name, row.version, self._board.subscribers(row.name), row.size, row.at)
                for row in shown
            ],
            len(rows),
        )

    async def _mutated(
        self, component: str, mutation: Mutation, *, removes: bool = False
    ) -> Applied:
        named = mutation if mutation.id else replace(mutation, id=uuid.uuid4().hex)
        done = await self._board.mutate(component, named, removes=removes)
        return Applied(component, named.id, done.version, done.is_repeated)


def _told(component: str, stored: Stored) -> Component:
    return Component(component, stored.version, msgspec.json.decode(stored.value), stored.at)
