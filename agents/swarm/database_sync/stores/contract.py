"""What a store does: describes tables, reads and writes rows, tells of changes by others."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from agents.swarm.database_sync.shapes import Change, Sync
from agents.swarm.database_sync.tables import Described, Table

Rows = dict[str, dict[str, Any]]
"""Rows by the text of their key."""

News = Callable[[str, str | None], Awaitable[None]]
"""Hears that others changed a row: of which sync and key; None for any number of them."""


class Writing(Protocol):
    """A transaction: kept at the end of its block, undone when that raises.

    Every method raises AgentError: Rejected for what the database refuses, Contended where
    others were at the same rows.
    """

    async def locked(self, table: Table, keys: Sequence[str]) -> Rows:
        """The rows of these keys, which nobody else changes until the end."""
        ...

    async def put(self, table: Table, changes: Sequence[Change], *, fresh: bool) -> Rows:
        """Put rows, all of the same columns, and give them as they are then.

        `fresh` ones are known not to be there.
        """
        ...

    async def delete(self, table: Table, keys: Sequence[str]) -> None:
        """Delete the rows of these keys; those that aren't there don't matter."""
        ...

    def apart(self) -> AbstractAsyncContextManager[None]:
        """A part that is undone by itself when it raises; the transaction goes on."""
        ...

    async def done(self, journal: str, sync: str) -> int:
        """How far a journal's writes are in the database; nobody else writes them meanwhile."""
        ...

    async def set_done(self, journal: str, sync: str, number: int) -> None:
        """Note that a journal's writes up to that number are in it, with this transaction."""
        ...


class Store(Protocol):
    """A database. Every method raises AgentError, and BadInput for tables that don't fit.

    `shown` is its address without password.
    """

    @property
    def shown(self) -> str: ...

    async def described(self, sync: Sync) -> Described:
        """The sync with what its table is like. Raises Rejected where there is none."""
        ...

    async def read(self, table: Table, keys: Sequence[str]) -> Rows:
        """The rows of these keys that there are."""
        ...

    def writing(self) -> AbstractAsyncContextManager[Writing]:
        """A transaction of several writes."""
        ...

    async def ping(self) -> None:
        """Ask it for nothing."""
        ...

    async def watch(self, ready: Callable[[], Awaitable[None]], news: News) -> None:
        """Stay connected and tell `news`; `ready` is called once changes are heard of.

        Comes back only by raising, when the connection is lost.
        """
        ...

    async def install(self, table: Table) -> None:
        """Have the database tell of changes to the table. Done again, it changes nothing."""
        ...

    async def uninstall(self, table: Table) -> None:
        """Have it tell no more."""
        ...

    async def close(self) -> None:
        """Let go of every connection. Never raises."""
        ...


def by_key(table: Table, rows: Sequence[dict[str, Any]]) -> Rows:
    """Rows by the text of their key."""
    return {table.key_of(row): row for row in rows}
