"""Writes inside a transaction: what was based on another version is settled, then all are put."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from agents.errors import Rejected
from agents.swarm.database_sync.shapes import Change
from agents.swarm.database_sync.stores.contract import Writing
from agents.swarm.database_sync.tables import Table

Theirs = Mapping[str, Any] | None
Settle = Callable[[Table, Change, Theirs], Awaitable[Change | None]]
"""What a write becomes whose row has changed: one that is based on how it is now, or None when
it was put aside. Raises Outdated where it can't be."""

Refused = Callable[[Table, Change, Rejected], Awaitable[None]]
"""Puts aside a write that the database refuses."""

Done = dict[str, dict[str, Any] | None]
"""What rows are now, None for those that are gone; the key of what was put aside is missing."""


async def write(writing: Writing, table: Table, changes: Sequence[Change], settle: Settle) -> Done:
    """Do writes of different keys. Raises AgentError, and what `settle` raises."""
    checked = [change for change in changes if change.expected is not None]
    there = await writing.locked(table, [change.key for change in checked]) if checked else {}
    done: Done = {}
    settled = [await _settled(table, one, there.get(one.key), settle) for one in checked]
    ready = [change for change in changes if change.expected is None]
    ready += [change for change in settled if change is not None]
    if gone := [change.key for change in ready if change.values is None]:
        await writing.delete(table, gone)
        done |= dict.fromkeys(gone)
    for fresh, same in _alike(ready):
        done |= await writing.put(table, same, fresh=fresh)
    return done


async def write_each(
    writing: Writing,
    table: Table,
    changes: Sequence[Change],
    settle: Settle,
    refused: Refused,
) -> Done:
    """The same, but what the database refuses is put aside, and the others are done."""
    try:
        async with writing.apart():
            return await write(writing, table, changes, settle)
    except Rejected as error:
        if len(changes) == 1:
            await refused(table, changes[0], error)
            return {}
    middle = len(changes) // 2
    done = await write_each(writing, table, changes[:middle], settle, refused)
    return done | await write_each(writing, table, changes[middle:], settle, refused)


async def _settled(table: Table, change: Change, theirs: Theirs, settle: Settle) -> Change | None:
    if table.version(theirs) == change.expected:
        return change
    if _is_there(change, theirs):  # an attempt whose answer was lost, most likely
        return replace(change, expected=table.version(theirs))
    settled = await settle(table, change, theirs)
    return settled and replace(settled, expected=table.version(theirs))


def _is_there(change: Change, theirs: Theirs) -> bool:
    """Whether the row is already as the write wants it."""
    if change.values is None or theirs is None:
        return change.values is None and theirs is None
    return all(theirs.get(name) == value for name, value in change.values.items())


def _alike(changes: Sequence[Change]) -> list[tuple[bool, list[Change]]]:
    """Puts by their columns, new rows apart, each in the order of keys: so none waits in a ring."""
    found = defaultdict[tuple[bool, frozenset[str]], list[Change]](list)
    for change in changes:
        if change.values is not None:
            found[change.expected == 0, frozenset(change.values)].append(change)
    return [
        (fresh, sorted(same, key=lambda change: change.key)) for (fresh, _), same in found.items()
    ]


def combined(earlier: Change, later: Change) -> Change | None:
    """Two writes of a row as one; None where the database has to see the first by itself."""
    if later.expected is not None and later.expected != after(earlier):
        return None
    if earlier.values is None and later.values is not None:
        return None  # a new row has nothing of the one that was deleted
    values = later.values and {**(earlier.values or {}), **later.values}
    return replace(earlier, values=values, bumps=earlier.bumps + later.bumps)


def after(change: Change) -> int | None:
    """The version that a row has after a write, where that can be told beforehand."""
    return change.expected + change.bumps if isinstance(change.expected, int) else None


def rounds(changes: Sequence[Change]) -> list[list[Change]]:
    """Writes in their order as rounds with every key at most once, as few as can be."""
    made: list[dict[str, Change]] = []
    last = dict[str, int]()
    for change in changes:
        at = last.get(change.key, -1)
        whole = combined(made[at][change.key], change) if at >= 0 else None
        if whole is None:
            at += 1
            if at == len(made):
                made.append({})
        made[at][change.key] = whole or change
        last[change.key] = at
    return [list(each.values()) for each in made]
