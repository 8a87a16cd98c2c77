"""Which tables a database has, and bringing them up to date."""

from typing import TYPE_CHECKING

from runtime.journal.contract import JournalError

if TYPE_CHECKING:
    import sqlalchemy as sa

REVISION = "0003"
"""The newest step in `migrations`: numbered, so that a database from the future can be told.

A change of `tables` takes a new step there, its number here, and a recording of its own
(tests/recordings/record.py); those of earlier numbers stay as they are.
"""

VERSION_TABLE = "heddle_schema"
"""Where Alembic keeps a database's revision; not under its own name, for databases are shared."""

STORED_REVISION = f"SELECT version_num FROM {VERSION_TABLE}"


def is_current(stored: str | None) -> bool:
    """Whether the tables are those we know. Raises JournalError when they are newer."""
    if stored is not None and stored > REVISION:
        raise JournalError(
            f"The database has tables of version {stored}; this Heddle knows {REVISION}.",
            cure="Update Heddle.",
        )
    return stored == REVISION


def migrate(connection: "sa.Connection") -> None:
    """Bring the tables up to date, in the transaction of the connection."""
    from runtime.journal.migrations import upgrade  # noqa: PLC0415 - 0.3 s, needed once a version

    upgrade(connection, VERSION_TABLE)
