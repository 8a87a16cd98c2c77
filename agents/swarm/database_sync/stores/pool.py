"""A few connections to PostgreSQL, opened when needed and used again, the newest first."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import psycopg

from agents.swarm.database_sync.failures import of_postgres

MOST = 8
CONNECT_SECONDS = 2
STATEMENT_SECONDS = 30
"""How long a statement may take before the server ends it."""

_LIMIT = f"SET statement_timeout = {STATEMENT_SECONDS * 1000}".encode()

Connection = psycopg.AsyncConnection[tuple[object, ...]]

_PATIENT: Mapping[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


class Pool:
    """At most MOST connections; whoever wants one more waits for one to be given back."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle = list[Connection]()
        self._places = asyncio.Semaphore(MOST)
        self._closed = False

    async def opened(self) -> Connection:
        """A connection of one's own, to be closed. Raises AgentError."""
        try:
            connection = await psycopg.AsyncConnection.connect(
                self._url, autocommit=True, application_name="heddle database sync", **_PATIENT
            )
        except psycopg.Error as error:
            raise of_postgres(error) from error
        try:
            await connection.execute(_LIMIT)
        except BaseException as error:
            connection.pgconn.finish()
            if isinstance(error, psycopg.Error):
                raise of_postgres(error) from error
            raise
        return connection

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection for a moment. Raises AgentError, for what happens on it, too."""
        async with self._places:
            connection = self._idle.pop() if self._idle else await self.opened()
            try:
                yield connection
            except psycopg.Error as error:
                raise of_postgres(error) from error
            finally:
                await self._back(connection)

    def forget(self) -> None:
        """Close those that are idle: the server they lead to is gone."""
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.pgconn.finish()

    async def close(self) -> None:
        """Close those that are idle, and others as soon as they are given back."""
        self._closed = True
        self.forget()

    async def _back(self, connection: Connection) -> None:
        at_rest = connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        if at_rest and not connection.closed and not self._closed:
            self._idle.append(connection)
        else:
            await connection.close()
