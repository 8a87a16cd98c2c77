"""Metrics in the SQLite file of the journal."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from runtime.journal.cursor import Cursor
from runtime.metrics.sql import SqlMetricStore
from runtime.metrics.store import MetricsGone

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds to wait while somebody else writes."""


class SQLiteMetricStore(SqlMetricStore):
    """Its transactions take a millisecond or two, so that the journal hardly ever waits for one."""

    def __init__(self, path: Path | str) -> None:
        super().__init__()
        self.path = Path(path).absolute()
        self._connection: sqlite3.Connection | None = None

    def _transact(self, work: Callable[[Cursor], T], *, writes: bool) -> T:
        try:
            connection = self._connected()
            connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
            try:
                result = work(connection.cursor())
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            self._disconnect()
            raise MetricsGone(
                f"The metrics in {self.path} can't be reached: {error}.",
                cure="See that the file is there and you may read and write it.",
            ) from error
        return result

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(
                f"{self.path.as_uri()}?mode=rw", uri=True, timeout=PATIENCE, isolation_level=None
            )
            # Metrics may lose their last second with the machine: no disk is waited for.
            self._connection.execute("PRAGMA synchronous = NORMAL")
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
