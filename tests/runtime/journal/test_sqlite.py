"""A journal in a SQLite file: what it survives, and what it says when the disk gives trouble."""
# ruff: noqa: ASYNC240 - a test may wait for its disk

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from runtime.events import AnyEvent, RunStarted, RunSucceeded, TaskFinished
from runtime.journal.contract import JournalError, JournalFull, JournalGone
from runtime.journal.sqlite import SQLiteJournal

ROOT = Path(__file__).parents[3]


def started(run: str) -> RunStarted:
    return RunStarted(run, 1, 1.0, "hash", "Triage")


def finished(run: str, seq: int, value: object = None) -> TaskFinished:
    return TaskFinished(run, seq, 1.0, "parse", 1.0, {"value": value})


def run_of(size: int, run: str = "a") -> list[AnyEvent]:
    """The first events of a run, together about that many bytes."""
    return [started(run), *(finished(run, seq, "x" * 1000) for seq in range(2, size // 1000 + 2))]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
async def journal(path: Path) -> AsyncIterator[SQLiteJournal]:
    journal = SQLiteJournal(path, patience=0.05)
    await journal.open()
    yield journal
    await journal.close()


def python(script: str, *words: object, **options: object) -> subprocess.Popen[str]:
    """A Python process of its own, at the root of the repository."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, words)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        **options,  # type: ignore[call-overload]
    )


async def test_the_folder_of_a_new_journal_is_made(tmp_path: Path) -> None:
    journal = SQLiteJournal(tmp_path / "some" / "where" / "journal.sqlite")

    await journal.open()
    await journal.close()

    assert journal.path.is_file()


async def test_opening_a_journal_that_is_up_to_date_is_quick(
    journal: SQLiteJournal, path: Path
) -> None:
    assert await journal.runs() == []
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        again = SQLiteJournal(path)
        await again.open()
        times.append(time.perf_counter() - begun)
        await again.close()

    assert min(times) < 0.03


APPENDS_ONLY = """
import asyncio, sys
from runtime.events import RunStarted, RunSucceeded
from runtime.journal.places import open_journal

async def main():
    journal = await open_journal(sys.argv[1])
    await journal.keep_flow("hash", "Triage", "{}")
    journal.append([RunStarted("b", 1, 1.0, "hash", owner="desk")])
    await journal.claim("b", "desk", 10.0)
    await journal.renew("desk", 10.0)
    journal.append([RunSucceeded("b", 2, 2.0, {}, 1.0)])
    await journal.close()
    print({"sqlalchemy", "alembic", "psycopg"} & set(sys.modules))

asyncio.run(main())
"""


async def test_a_run_that_only_writes_spends_no_time_on_sqlalchemy(
    journal: SQLiteJournal, path: Path
) -> None:
    printed, _ = python(APPENDS_ONLY, path).communicate()

    assert printed.strip() == "set()"
    assert (await journal.run("b")).state == "succeeded"


APPENDS_FOREVER = """
import asyncio, sys
from runtime.events import RunStarted, TaskFinished
from runtime.journal.sqlite import SQLiteJournal

async def main():
    journal = SQLiteJournal(sys.argv[1], sys.argv[2])
    await journal.open()
    journal.append([RunStarted("a", 1, 1.0, "hash")])
    for first in range(2, 10**9, 10):
        numbers = range(first, first + 10)
        journal.append([TaskFinished("a", n, 1.0, f"t{n}", 1.0, {"n": n}) for n in numbers])
        print(first + 9, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("durability", ["normal", "full"])
async def test_what_was_appended_survives_a_killed_process(path: Path, durability: str) -> None:
    process = python(APPENDS_FOREVER, path, durability)
    assert process.stdout is not None
    seen = [process.stdout.readline() for _ in range(50)]
    process.send_signal(signal.SIGKILL)
    seen += process.stdout.readlines()
    process.wait()
    process.stdout.close()
    last = max(int(line) for line in seen if line.endswith("\n"))

    journal = SQLiteJournal(path)
    await journal.open()
    events = await journal.read("a")
    await journal.close()

    assert len(events) >= last
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


APPENDS_MANY = """
import asyncio, sys
from runtime.events import RunStarted, RunSucceeded, TaskFinished
from runtime.journal.sqlite import SQLiteJournal

async def main():
    journal = SQLiteJournal(sys.argv[1])
    await journal.open()
    for i in range(100):
        run = f"{sys.argv[2]}-{i}"
        journal.append([RunStarted(run, 1, 1.0, "hash")])
        journal.append([TaskFinished(run, 2, 1.0, "t", 1.0, {"n": i})])
        journal.append([RunSucceeded(run, 3, 2.0, {}, 1.0)])
    await journal.close()

asyncio.run(main())
"""


async def test_several_processes_write_and_one_reads_meanwhile(
    journal: SQLiteJournal, path: Path
) -> None:
    processes = [python(APPENDS_MANY, path, name) for name in ("one", "two", "three")]

    while any(process.poll() is None for process in processes):
        for row in await journal.runs(limit=5):
            assert len(await journal.read(row.run)) >= row.events

    assert [process.communicate()[0] for process in processes] == [""] * 3
    rows = await journal.runs(limit=1000)
    assert len(rows) == 300
    assert {(row.state, row.events) for row in rows} == {("succeeded", 3)}


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a user's own folder is closed")
async def test_what_is_recorded_is_for_its_owners_eyes(path: Path) -> None:
    journal = SQLiteJournal(path)
    await journal.open()
    journal.append(run_of(2))

    modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.glob(f"{path.name}*")}
    await journal.close()

    assert modes == {0o600}


# Room


class CrampedJournal(SQLiteJournal):
    """One on a disk of 400 kB, as SQLite sees it."""

    def _new_connection(self, mode: str) -> sqlite3.Connection:
        connection = super()._new_connection(mode)  # type: ignore[arg-type]
        connection.execute("PRAGMA max_page_count = 100")
        return connection


async def test_when_there_is_no_room_nothing_is_written_and_pruning_helps(path: Path) -> None:
    journal = CrampedJournal(path)
    await journal.open()
    journal.append([*run_of(200_000), RunSucceeded("a", 202, 3.0, {}, 1.0)])
    with pytest.raises(JournalFull, match=r"No room left .*journal.sqlite.*prune"):
        journal.append(run_of(400_000, "b"))
    with pytest.raises(JournalFull):
        journal.append(run_of(400_000, "b"))
    assert [row.run for row in await journal.runs()] == ["a"]

    await journal.prune(before=2.0)
    journal.append(run_of(200_000, "b"))

    assert len(await journal.read("b")) == 201
    await journal.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("Only root may make a small disk; a cramped database stands in above.")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


async def test_a_full_disk_is_told_and_room_on_it_is_used(small_disk: Path) -> None:
    journal = SQLiteJournal(small_disk / "journal.sqlite")
    await journal.open()
    journal.append([started("a")])
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space"):
        ballast.write_bytes(b"\0" * 4 * 2**20)

    for batch in (run_of(200_000, "b"), [finished("a", 2)]):
        with pytest.raises(JournalFull, match="Free some disk space"):
            journal.append(batch)
    ballast.unlink()
    journal.append([finished("a", 2)])

    assert await journal.read("a") == [started("a"), finished("a", 2)]
    assert [row.run for row in await journal.runs()] == ["a"]
    await journal.close()


async def test_pruning_gives_room_back_to_the_disk(journal: SQLiteJournal, path: Path) -> None:
    journal.append([*run_of(2_000_000), RunSucceeded("a", 2002, 3.0, {}, 1.0)])
    full = await journal.size()

    await journal.prune(before=2.0)

    empty = await journal.size()
    assert full.disk > full.bytes > 2_000_000
    assert empty.bytes == 0
    assert empty.disk < 200_000
    assert path.stat().st_size == empty.disk


# Trouble


async def test_a_database_that_another_program_locks_is_gone_until_it_lets_go(
    journal: SQLiteJournal, path: Path
) -> None:
    journal.append([started("a")])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    for batch in ([finished("a", 2)], [started("b")]):
        with pytest.raises(JournalGone, match="locked"):
            journal.append(batch)
    other.close()
    journal.append([finished("a", 2)])

    assert len(await journal.read("a")) == 2


async def test_a_writer_waits_while_another_commits(path: Path) -> None:
    journal = SQLiteJournal(path)
    await journal.open()
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.2, other.execute, ["COMMIT"])
    timer.start()

    journal.append([started("a")])

    timer.join()
    other.close()
    assert len(await journal.read("a")) == 1
    await journal.close()


async def test_a_file_that_was_deleted_is_not_written_to_for_ever(
    journal: SQLiteJournal, path: Path
) -> None:
    journal.append([started("a")])
    saved = path.with_name("moved")
    path.rename(saved)

    with pytest.raises(JournalGone, match="moved or deleted"):
        await journal.renew("desk", 10.0)
    with pytest.raises(JournalGone, match="can't be opened"):
        journal.append([finished("a", 2)])
    saved.rename(path)
    journal.append([finished("a", 2)])

    assert len(await journal.read("a")) == 2


async def test_a_file_that_is_no_database_is_left_alone(path: Path) -> None:
    path.write_text("a shopping list, quite long " * 100)

    with pytest.raises(JournalError, match=r"damaged or no journal.*move it away"):
        await SQLiteJournal(path).open()

    assert path.read_text().startswith("a shopping list")


async def test_a_damaged_file_is_reported_for_what_it_is(path: Path) -> None:
    journal = SQLiteJournal(path)
    await journal.open()
    journal.append(run_of(500_000))
    await journal.close()
    with path.open("r+b") as file:
        file.seek(8 * 4096)
        file.write(os.urandom(60 * 4096))

    await journal.open()
    with pytest.raises(JournalError, match="damaged"):
        await journal.read("a")
    await journal.close()


async def test_a_folder_that_can_not_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(JournalGone, match=r"folder .*file.* can't be made"):
        await SQLiteJournal(tmp_path / "file" / "journal.sqlite").open()


async def test_a_path_that_is_a_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(JournalGone, match=r"can't be opened.*its folder"):
        await SQLiteJournal(tmp_path).open()


WRITES_AS_NOBODY = """
import asyncio, os, sys
from runtime.events import RunStarted, TaskFinished
from runtime.journal.contract import JournalError
from runtime.journal.sqlite import SQLiteJournal

async def main():
    journal = SQLiteJournal(sys.argv[1])
    if os.geteuid() == 0:
        await journal.open()  # imports what nobody may not import
        await journal.close()
        os.setuid(65534)
    try:
        await journal.open()
        journal.append([RunStarted("b", 1, 1.0, "hash")])
    except JournalError as error:
        print(type(error).__name__, error)

asyncio.run(main())
"""


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="Windows keeps other rules")
async def test_a_file_that_may_only_be_read_is_reported(journal: SQLiteJournal, path: Path) -> None:
    journal.append([started("a")])
    await journal.close()
    for parent in path.parents:
        parent.chmod(0o755)
        if parent.name.startswith("pytest-of-"):  # here begins what pytest made
            break
    path.chmod(0o444)
    path.parent.chmod(0o555)

    printed, _ = python(WRITES_AS_NOBODY, path).communicate()

    path.parent.chmod(0o755)
    assert "may only be read. Allow writing" in printed
