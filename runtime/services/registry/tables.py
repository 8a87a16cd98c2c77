"""Running services in a table of PostgreSQL, for several machines; its clock is the one."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from agents.tables import Tables, ask
from runtime.ownership import is_gone
from runtime.services.registry.shapes import GONE, Process, Seen

if TYPE_CHECKING:
    import sqlalchemy as sa

_TABLE = (
    "CREATE TABLE IF NOT EXISTS heddle_services "
    "(owner TEXT PRIMARY KEY, process TEXT NOT NULL, beat DOUBLE PRECISION NOT NULL)"
)
_NOW = "extract(epoch from clock_timestamp())"
_NOTE = (
    f"INSERT INTO heddle_services (owner, process, beat) VALUES (:owner, :process, {_NOW}) "
    f"ON CONFLICT (owner) DO UPDATE SET process = excluded.process, beat = excluded.beat"
)
_SEEN = f"SELECT process, {_NOW} - beat FROM heddle_services ORDER BY owner"
_LEAVE = "DELETE FROM heddle_services WHERE owner = :owner"
_FORGET = f"DELETE FROM heddle_services WHERE beat < {_NOW} - {GONE}"


class TableBoard:
    """One row for each process."""

    def __init__(self, database_url: str) -> None:
        self._tables = Tables(Path(), database_url, [_TABLE])

    async def note(self, process: Process) -> None:
        said = msgspec.json.encode(process).decode()
        await self._tables.do(
            lambda connection: ask(connection, _NOTE, owner=process.owner, process=said)
        )

    async def seen(self) -> Sequence[Seen]:
        found = await self._tables.do(_seen)
        for seen in found:
            if is_gone(seen.process.owner):
                await self.leave(seen.process.owner)
        return [seen for seen in found if not is_gone(seen.process.owner)]

    async def leave(self, owner: str) -> None:
        await self._tables.do(lambda connection: ask(connection, _LEAVE, owner=owner))

    def close(self) -> None:
        self._tables.close()


def _seen(connection: "sa.Connection") -> list[Seen]:
    ask(connection, _FORGET)
    found: Any = ask(connection, _SEEN)
    return [Seen(msgspec.json.decode(said, type=Process), float(ago)) for said, ago in found]
