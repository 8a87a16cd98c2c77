"""Which journal an address means: a file, a PostgreSQL server, or this process's memory."""

import os
import sys
from pathlib import Path

from runtime.journal.contract import Durability, Journal, JournalError
from runtime.journal.memory import MemoryJournal
from runtime.journal.sqlite import SQLiteJournal

_POSTGRES = ("postgresql", "postgresql+psycopg", "postgres")


async def open_journal(place: Path | str = "", durability: Durability = "normal") -> Journal:
    """The journal at a place, opened. Raises JournalError.

    A place is `memory:`, the path of a file, `sqlite:///path`, or `postgresql://…`; none at
    all is the file in the user's own data folder. `durability` says what is survived:
    "normal" the death of the process, "full" that of the machine.
    """
    journal = journal_at(place, durability)
    await journal.open()
    return journal


def journal_at(place: Path | str = "", durability: Durability = "normal") -> Journal:
    """The journal at a place, not opened yet. Raises JournalError when there can be none."""
    scheme, colon, rest = str(place).partition(":")
    if scheme == "memory" and colon and not rest.strip("/"):
        return MemoryJournal()
    if scheme == "sqlite" and colon:
        return SQLiteJournal(_sqlite_path(rest), durability)
    if scheme in _POSTGRES and rest.startswith("//"):
        # 0.1 s that a journal in a file need not spend.
        from runtime.journal.postgres import PostgresJournal  # noqa: PLC0415 - imports psycopg

        return PostgresJournal(str(place), durability)
    if "://" in str(place):
        raise JournalError(
            f"No journal can be kept at {scheme}://.",
            cure="Use memory:, sqlite:///PATH or postgresql://….",
        )
    return SQLiteJournal(Path(place).expanduser() if place else default_file(), durability)


def _sqlite_path(rest: str) -> Path:
    """The path in `sqlite:///relative` or `sqlite:////absolute`."""
    if not rest.startswith("///") or len(rest) == 3:
        raise JournalError(
            f"sqlite:{rest} names no file.", cure="Write sqlite:///PATH, with three slashes."
        )
    return Path(rest[3:]).expanduser()


def default_file() -> Path:
    """Where the journal is kept when nobody says otherwise."""
    return _data_folder() / "Heddle" / "journal.sqlite"


def _data_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
