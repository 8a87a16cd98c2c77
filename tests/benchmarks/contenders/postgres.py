"""PostgreSQL as the journal: our engine on it, and rows merely copied into it."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import perf_counter

import psycopg

from runtime.journal.postgres import PostgresJournal
from tests.benchmarks.contenders.engine import laps, runtime_on
from tests.benchmarks.lane import DoLap, Lap
from tests.benchmarks.workloads import PAYLOAD, workload_of
from tests.servers.postgres import PostgresServer

BATCH = 1_000
"""Rows copied in one transaction."""


@contextmanager
def database() -> Iterator[str]:
    """The address of an empty database on a server of its own, made durable as PostgreSQL is."""
    try:
        server = PostgresServer()
    except FileNotFoundError as missing:
        raise SystemExit(str(missing)) from None
    with server:
        yield server.new_database()


@asynccontextmanager
async def ours(workload: str) -> AsyncIterator[DoLap]:
    """Our engine, every tenth block an effect."""
    with database() as url:
        async with runtime_on(PostgresJournal(url)) as runtime:
            yield await laps(runtime, workload, effects=True)


@asynccontextmanager
async def copied(workload: str) -> AsyncIterator[DoLap]:
    """As many rows as the workload has tasks, one record each, by COPY."""
    rows = workload_of(workload).tasks
    record = json.dumps(PAYLOAD).encode()
    with database() as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE records (id bigint PRIMARY KEY, record bytea)")
        connection.commit()

        async def lap() -> Lap:
            connection.execute("TRUNCATE records")
            connection.commit()
            begun = perf_counter()
            for first in range(0, rows, BATCH):
                with connection.cursor() as cursor, cursor.copy("COPY records FROM STDIN") as copy:
                    for id in range(first, min(first + BATCH, rows)):
                        copy.write_row((id, record))
                connection.commit()
            return Lap(perf_counter() - begun, rows)

        yield lap
