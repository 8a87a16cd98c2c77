"""Writes whose row has changed meanwhile: made one with it, refused, or kept for a person."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from agents.contract import Flows
from agents.errors import Rejected
from agents.swarm.database_sync.book import Book
from agents.swarm.database_sync.failures import Outdated
from agents.swarm.database_sync.shapes import Change, Conflict, Put
from agents.swarm.database_sync.tables import Table
from agents.swarm.database_sync.values import digest
from agents.swarm.database_sync.writing import Theirs
from graph.errors import BadInput, HeddleError
from graph.values import did_you_mean

Evaluate = Callable[[str, Mapping[str, Any]], Awaitable[Any]]
Choice = Literal["mine", "theirs", "merged"]
CHANGED = "The row has changed since."


class Conflicts:
    """Settles conflicts as their sync says. What needs a person or a flow is kept in the book.

    `merged` hears of each that a flow is to merge.
    """

    def __init__(
        self,
        book: Book,
        evaluate: Evaluate,
        flows: Flows,
        merge_later: Callable[[Table, Conflict], None],
    ) -> None:
        self._book = book
        self._evaluate = evaluate
        self._flows = flows
        self._merge_later = merge_later
        self._kept = dict[str, Conflict]()

    async def open(self) -> None:
        """Read what is kept."""
        self._kept = {one.id: one for one in await self._book.conflicts()}

    def all(self, sync: str = "") -> list[Conflict]:
        """The conflicts of a sync, or of all, the oldest first."""
        return [one for one in self._kept.values() if sync in ("", one.sync)]

    def one(self, id: str) -> Conflict:
        """A conflict. Raises BadInput when there is none of that id."""
        if id not in self._kept:
            raise BadInput(f"There is no conflict {id!r}.", cure=did_you_mean(id, self._kept))
        return self._kept[id]

    async def settle_at_once(self, table: Table, change: Change, theirs: Theirs) -> Change | None:
        """For a write whose caller waits: what can't be settled is refused, or kept to be asked."""
        match table.sync.on_conflict:
            case "last_write":
                return change
            case "merge" if table.sync.merge:
                return await self._merged(table, change, theirs)
            case "ask" | "merge":
                await self.park(table, change, theirs, CHANGED)
                return None
        raise outdated(table, change, theirs)

    async def settle_all(self, table: Table, change: Change, theirs: Theirs) -> Change | None:
        """For one of several writes that are done together or not at all: nothing is kept."""
        match table.sync.on_conflict:
            case "last_write":
                return change
            case "merge" if table.sync.merge:
                return await self._merged(table, change, theirs)
        raise outdated(table, change, theirs)

    async def settle_later(self, table: Table, change: Change, theirs: Theirs) -> Change | None:
        """For a write that was acknowledged: nothing is refused any more."""
        match table.sync.on_conflict:
            case "last_write":
                return change
            case "merge" if table.sync.merge:
                try:
                    return await self._merged(table, change, theirs)
                except HeddleError as error:
                    await self.park(table, change, theirs, str(error))
                    return None
        await self.park(table, change, theirs, CHANGED)
        return None

    async def refused(self, table: Table, change: Change, error: Rejected) -> None:
        """Keep a write that was acknowledged and that the database doesn't take."""
        await self.park(table, change, None, str(error), known=False)

    async def park(
        self, table: Table, change: Change, theirs: Theirs, reason: str, *, known: bool = True
    ) -> Conflict:
        """Keep a write until somebody decides. The same write again is the same conflict."""
        conflict = Conflict(
            id=conflict_id(table, change),
            sync=table.name,
            key=change.key,
            mine=change.values,
            theirs=None if theirs is None else dict(theirs),
            base=change.base,
            expected=change.expected,
            version=table.version(theirs) if known else None,
            reason=reason,
            at=time.time(),
        )
        await self._book.park(conflict)
        self._kept[conflict.id] = conflict
        if table.sync.on_conflict == "merge" and table.sync.merge_flow and known:
            self._merge_later(table, conflict)
        return conflict

    async def shown_anew(self, conflict: Conflict, **changes: Any) -> None:
        """Keep a conflict as it is now."""
        changed = replace(conflict, **changes)
        await self._book.park(changed)
        self._kept[changed.id] = changed

    async def resolved(self, conflict: Conflict) -> None:
        """Somebody decided, and it is done."""
        await self._book.resolved(conflict.id)
        self._kept.pop(conflict.id, None)

    async def by_flow(self, table: Table, conflict: Conflict) -> Change:
        """What a flow makes of a conflict. Raises HeddleError."""
        names = {"mine": conflict.mine, "theirs": conflict.theirs, "base": conflict.base}
        shape = await self._flows.shape(table.sync.merge_flow)
        taken = shape.takes.get("properties", names)
        run = await self._flows.begin(
            table.sync.merge_flow,
            {name: names[name] for name in names if name in taken},
            within=table.described.within,
        )
        given = await self._flows.result(run)
        if len(given) != 1 and "row" not in given:  # nothing may not mean that the row is deleted
            raise BadInput(
                "It doesn't say which of its outputs is the row.", cure="Call one `row`."
            )
        row = given["row"] if "row" in given else next(iter(given.values()))
        return self.change(table, conflict, row)

    def change(self, table: Table, conflict: Conflict, row: Any) -> Change:
        """A decision as a write that is based on the row as it was shown. Raises BadInput."""
        made = _write(table, conflict.key, row)
        return replace(made, expected=conflict.version)

    async def _merged(self, table: Table, change: Change, theirs: Theirs) -> Change:
        names = {"mine": change.values, "theirs": theirs, "base": change.base}
        try:
            row = await self._evaluate(table.sync.merge, names)
        except HeddleError as error:
            raise Rejected(
                f"{table.name}: the expression that merges fails: {error}",
                cure="Mend it in the sync's settings.",
            ) from error
        return _write(table, change.key, row)


def outdated(table: Table, change: Change, theirs: Theirs) -> Outdated:
    """The error for a write that is based on a row as it no longer is."""
    what = "is gone" if theirs is None else f"is version {table.version(theirs)!r} by now"
    return Outdated(
        f"{table.name} {change.key}: the row {what}, not {change.expected!r}.",
        cure="Read it again, and base the write on that.",
    )


def conflict_id(table: Table, change: Change) -> str:
    """The same for the same write, however often it is come to."""
    content = msgspec.to_builtins(change)
    return digest({"sync": table.name, "change": content})[:16]


def _write(table: Table, key: str, row: Any) -> Change:
    """What a merge gave, as a write: a record, or None to delete the row. Raises BadInput."""
    if row is None:
        return Change(key=key, values=None)
    if not isinstance(row, Mapping):
        raise BadInput(f"{table.name}: a merge gives a record, or null; not {row!r:.100}.")
    whole = {name: value for name, value in row.items() if name in table.columns}
    return table.change(Put(sync=table.name, row={**whole, **table.parts(key)}))
