"""Metrics on the PostgreSQL server of the journal."""

from collections.abc import Callable
from typing import TypeVar

import psycopg

from runtime.journal.cursor import Cursor
from runtime.journal.postgres import OPTIONS, PostgresCursor, address_of, place_of
from runtime.metrics.sql import SqlMetricStore
from runtime.metrics.store import MetricsGone

T = TypeVar("T")

_ADDING = 0x4EDD1E03
"""Number of the advisory lock of whoever writes; the journal has its own."""


class PostgresMetricStore(SqlMetricStore):
    """Several machines may add to the same tables: one at a time does."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._address = address_of(url)
        self._connection: psycopg.Connection | None = None

    def _transact(self, work: Callable[[Cursor], T], *, writes: bool) -> T:
        try:
            connection = self._connected()
            with connection.transaction(), connection.cursor() as cursor:
                if writes:
                    cursor.execute(f"SELECT pg_advisory_xact_lock({_ADDING})")
                else:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                return work(PostgresCursor(cursor))
        except psycopg.Error as error:
            self._disconnect()
            said = str(error).strip().split("\n")[0]
            raise MetricsGone(
                f"The metrics in {place_of(self._address)} can't be reached: {said}.",
                cure="See that the server runs and the address and password are right.",
            ) from error

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = psycopg.connect(self._address, autocommit=True, **OPTIONS)
            # Metrics may lose their last second with the machine: no disk is waited for.
            self._connection.execute("SET synchronous_commit TO off")
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
