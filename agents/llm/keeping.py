"""Answers kept by what was asked, so that the same question isn't paid for twice."""

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from agents.llm.shapes import Question, Reply

MOST_BYTES = 256 * 1024 * 1024
"""How much is kept; what was used longest ago goes first."""

LARGEST = 8 * 1024 * 1024
"""A larger reply isn't kept."""

_VERSION = 1
_TABLE = """
CREATE TABLE IF NOT EXISTS answers (
    key BLOB PRIMARY KEY, reply BLOB NOT NULL, size INTEGER NOT NULL, used REAL NOT NULL
) WITHOUT ROWID
"""

_decode = msgspec.json.Decoder(Reply).decode
_encode = msgspec.json.Encoder(order="sorted").encode


class Keeping:
    """Replies in a file, found by the content of their question.

    Calls block, for a millisecond or so: make them in a thread. A file that is damaged, or that
    can't be written, costs an answer that is asked anew, never a failure.
    """

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._path = folder / "answers.db"
        self._most_bytes = most_bytes

    def find(self, key: bytes) -> Reply | None:
        """The reply kept under a key (see `key_of`), None when there is none."""
        if not self._path.exists():
            return None
        try:
            with self._open() as database:
                row = database.execute("SELECT reply FROM answers WHERE key = ?", (key,)).fetchone()
                if row is None:
                    return None
                reply = _decode(row[0])
                database.execute("UPDATE answers SET used = ? WHERE key = ?", (time.time(), key))
        except (sqlite3.Error, msgspec.DecodeError, OSError):
            return None
        return reply

    def keep(self, key: bytes, reply: Reply) -> None:
        """Keep a reply that came to its own end; any other isn't worth repeating."""
        content = _encode(reply)
        if reply.ends not in ("done", "tool") or len(content) > LARGEST:
            return
        row = (key, content, len(content), time.time())
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as database:
                database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", row)
                self._forget(database)
        except (sqlite3.Error, OSError):
            return

    def _forget(self, database: sqlite3.Connection) -> None:
        """Let go of what was used longest ago, until the rest fits."""
        database.execute(
            "DELETE FROM answers WHERE key IN (SELECT key FROM ("
            "  SELECT key, SUM(size) OVER (ORDER BY used DESC, key) AS so_far FROM answers"
            ") WHERE so_far > ?)",
            (self._most_bytes,),
        )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The file, for one transaction; it is for its owner's eyes alone."""
        os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(self._path, timeout=5)) as database, database:
            database.execute(_TABLE)
            yield database


def key_of(place: str, question: Question) -> bytes:
    """The hash of all that decides an answer: where it is asked, and the question whole."""
    content = _encode((_VERSION, place, question))
    return hashlib.sha256(content).digest()
