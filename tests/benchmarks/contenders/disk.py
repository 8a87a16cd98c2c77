"""One event made safe from a power cut: by our journal, and by a bare write and flush."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from runtime.events import RunStarted, TaskFinished
from runtime.journal.sqlite import SQLiteJournal
from tests.benchmarks.lane import DoLap, Lap
from tests.benchmarks.workloads import PAYLOAD

COMMITS = 100
PAGE = b"." * 4096
flush = os.fsync if sys.platform == "darwin" else os.fdatasync


@asynccontextmanager
async def committing() -> AsyncIterator[DoLap]:
    """An append of one event a commit, synchronous FULL."""
    with TemporaryDirectory() as folder:
        journal = SQLiteJournal(Path(folder) / "journal.sqlite", "full")
        await journal.open()
        journal.append([RunStarted("long", 1, 0.0, "flow")])
        seq = count(2)

        async def lap() -> Lap:
            begun = perf_counter()
            for _ in range(COMMITS):
                n = next(seq)
                journal.append([TaskFinished("long", n, 0.0, f"b{n}", 0.0, {"value": PAYLOAD})])
            return Lap(perf_counter() - begun, COMMITS)

        yield lap
        await journal.close()


@asynccontextmanager
async def flushing() -> AsyncIterator[DoLap]:
    """A page appended to a file, and on the disk before the next."""
    with TemporaryDirectory() as folder:
        file = os.open(Path(folder) / "pages", os.O_CREAT | os.O_WRONLY | os.O_APPEND)

        async def lap() -> Lap:
            begun = perf_counter()
            for _ in range(COMMITS):
                os.write(file, PAGE)
                flush(file)
            return Lap(perf_counter() - begun, COMMITS)

        yield lap
        os.close(file)
