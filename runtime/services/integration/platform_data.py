"""The table that takes what platforms send to the backend, kept in step with the cache."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.tables import Tables

if TYPE_CHECKING:
    import sqlalchemy as sa

SYNC = "platform_data"
"""The table and the sync over it: a row for each subject, its data as JSON."""

_TABLE = (
    "CREATE TABLE IF NOT EXISTS platform_data "
    "(subject VARCHAR(200) PRIMARY KEY, data TEXT NOT NULL)"
)

DEFINITION: dict[str, Any] = {"name": SYNC, "table": SYNC, "key": ["subject"]}


def table_in(folder: Path, database_url: str) -> Tables:
    """The table, in the database that database sync keeps: made when it is first used."""
    scheme, _, rest = database_url.partition("://")
    own = Path(folder) / "agents" / "database_sync" / "data.db"
    file = Path(rest.removeprefix("/")) if scheme.startswith("sqlite") else own
    return Tables(file, database_url, [_TABLE])


def nothing(_: "sa.Connection") -> None:
    """What is done where only the table has to be there."""
