"""A journal on a PostgreSQL server: what happens while the server is away."""

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import AsyncIterator

import psycopg
import pytest

from runtime.events import RunStarted, TaskFinished
from runtime.journal.contract import JournalError, JournalFull, JournalGone
from runtime.journal.postgres import PostgresJournal
from tests.servers.postgres import PostgresServer


def started(run: str) -> RunStarted:
    return RunStarted(run, 1, 1.0, "hash", "Triage")


def finished(run: str, seq: int, value: object = None) -> TaskFinished:
    return TaskFinished(run, seq, 1.0, "parse", 1.0, {"value": value})


@pytest.fixture
async def journal(own_postgres: PostgresServer) -> AsyncIterator[PostgresJournal]:
    journal = PostgresJournal(own_postgres.url())
    await journal.open()
    yield journal
    await journal.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["stopped", "crashed"])
async def test_while_the_server_is_away_the_journal_is_gone_and_then_goes_on(
    journal: PostgresJournal, own_postgres: PostgresServer, how: signal.Signals
) -> None:
    await journal.append([started("a")])
    await journal.read("a")

    own_postgres.stop(how)
    for attempt in (journal.append([finished("a", 2)]), journal.read("a"), journal.renew("x", 1)):
        with pytest.raises(JournalGone, match=r"postgres at 127.0.0.1:\d+ doesn't answer"):
            await attempt
    own_postgres.start()
    await journal.append([finished("a", 2)])

    assert await journal.read("a") == [started("a"), finished("a", 2)]


async def test_a_restart_of_the_server_goes_unnoticed(
    journal: PostgresJournal, own_postgres: PostgresServer
) -> None:
    await journal.append([started("a")])
    await journal.read("a")

    own_postgres.stop()
    own_postgres.start()
    await journal.append([finished("a", 2)])

    assert len(await journal.read("a")) == 2


async def test_an_append_cut_off_midway_left_nothing_and_may_be_repeated(
    journal: PostgresJournal, own_postgres: PostgresServer
) -> None:
    batch = [started(f"run{i}") for i in range(50)]
    other = psycopg.connect(own_postgres.url())
    other.execute("LOCK TABLE run_events IN ACCESS EXCLUSIVE MODE")
    appending = journal.append(batch)
    await asyncio.sleep(0.05)

    own_postgres.stop(signal.SIGQUIT)
    with pytest.raises(JournalGone):
        await appending
    own_postgres.start()
    before = await journal.runs()
    await journal.append(batch)

    assert before == []
    assert len(await journal.runs()) == 50
    other.close()


class DeafLine:
    """A line to the server that breaks, once, when a certain answer comes back."""

    def __init__(self, port: int) -> None:
        self._server = port
        self.deaf_to = b"nothing"
        self.broke = 0

    def __enter__(self) -> "DeafLine":
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._threads = [threading.Thread(target=self._connect)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._door.close()

    def _connect(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._door.accept()
                far = socket.create_connection(("127.0.0.1", self._server))
                for ends in ((near, far, False), (far, near, True)):
                    self._threads.append(threading.Thread(target=self._pass_on, args=ends))
                    self._threads[-1].start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        with source, contextlib.suppress(OSError):
            while said := source.recv(65536):
                if answers and self.deaf_to in said:
                    self.deaf_to = b"nothing"
                    self.broke += 1
                    break
                sink.sendall(said)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(("size", "answer"), [(1, b"INSERT 0 1"), (50, b"COMMIT")])
async def test_an_append_whose_answer_is_lost_is_recorded_once(
    own_postgres: PostgresServer, size: int, answer: bytes
) -> None:
    port = psycopg.conninfo.conninfo_to_dict(own_postgres.url())["port"]
    with DeafLine(int(port)) as line:
        journal = PostgresJournal(own_postgres.url().replace(f":{port}/", f":{line.port}/"))
        await journal.open()
        await journal.append([started(f"run{i}") for i in range(size)])
        line.deaf_to = answer

        await journal.append([finished(f"run{i}", 2) for i in range(size)])

        assert line.broke == 1
        assert [row.events for row in await journal.runs()] == [2] * size
        assert len(await journal.read("run0")) == 2
        await journal.close()


async def test_the_loop_goes_on_while_the_server_takes_its_time(
    journal: PostgresJournal, own_postgres: PostgresServer
) -> None:
    with psycopg.connect(own_postgres.url()) as other:
        other.execute("LOCK TABLE run_events IN ACCESS EXCLUSIVE MODE")
        appending = journal.append([started("a")])

        await asyncio.sleep(0.05)

        assert appending is not None
        assert not appending.done()
    await appending


async def test_a_disk_that_is_full_is_told_from_other_trouble(
    journal: PostgresJournal, own_postgres: PostgresServer
) -> None:
    with psycopg.connect(own_postgres.url(), autocommit=True) as other:
        other.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END$$"
        )
        other.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON run_events "
            "FOR EACH ROW EXECUTE FUNCTION full_disk()"
        )
        with pytest.raises(JournalFull, match="No room left"):
            await journal.append([started("a")])
        other.execute("DROP TRIGGER full_disk ON run_events")

    await journal.append([started("a")])

    assert len(await journal.runs()) == 1


async def test_a_database_that_may_only_be_read_is_reported(
    journal: PostgresJournal, own_postgres: PostgresServer
) -> None:
    with psycopg.connect(own_postgres.url(), autocommit=True) as other:
        other.execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
        other.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest")
    address = own_postgres.url().split("@")[1]
    guest = PostgresJournal(f"postgresql://guest:guest@{address}")
    await guest.open()

    with pytest.raises(JournalError, match=r"may not be written.*Give its user the right"):
        await guest.append([started("a")])

    await guest.close()


async def test_a_wrong_password_is_told_without_being_shown(own_postgres: PostgresServer) -> None:
    address = own_postgres.url().split("@")[1]
    journal = PostgresJournal(f"postgresql://postgres:hunter2@{address}")

    with pytest.raises(JournalGone, match="password authentication failed") as gone:
        await journal.open()

    assert "hunter2" not in str(gone.value)
