"""A run of 10,000 tasks, killed by kill -9 halfway, and how soon a new process moves it on."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from runtime.commands import ResumeRun
from runtime.engine.hub import Subscription
from runtime.events import TaskFinished, TaskStarted
from runtime.journal.sqlite import SQLiteJournal
from tests.benchmarks.contenders.engine import runtime_on
from tests.benchmarks.flows import flow_of
from tests.benchmarks.lane import DoLap, Lap
from tests.benchmarks.workloads import WORKLOADS

WORKLOAD = WORKLOADS["grid"]
RUN = "halfway"


@asynccontextmanager
async def ours() -> AsyncIterator[DoLap]:
    """From the start of the new process, imports and all, to the first task it moves."""

    async def lap() -> Lap:
        with TemporaryDirectory() as folder:
            killed = process("run_halfway", folder)
            assert killed.wait() == -signal.SIGKILL
            begun = perf_counter()
            with process("go_on", folder) as resumed:
                assert resumed.stdout
                said = resumed.stdout.readline().split()
                seconds = perf_counter() - begun
                resumed.kill()
            assert said, "the run was not resumed"
            return Lap(seconds, WORKLOAD.tasks, {"without_imports": float(said[0])})

    yield lap


@asynccontextmanager
async def reading() -> AsyncIterator[DoLap]:
    """A new process that merely reads what such a run has recorded."""
    with TemporaryDirectory() as folder:
        process("run_halfway", folder).wait()

        async def lap() -> Lap:
            begun = perf_counter()
            with process("read", folder) as reader:
                assert reader.wait() == 0
            return Lap(perf_counter() - begun, WORKLOAD.tasks)

        yield lap


def process(what: str, folder: str) -> "subprocess.Popen[str]":
    words = [sys.executable, "-m", __spec__.name, what, str(Path(folder) / "journal.sqlite")]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


# What the processes do.


async def run_halfway(journal: str) -> None:
    """Run, and die as soon as half of the tasks are durable."""
    async with runtime_on(SQLiteJournal(journal)) as runtime:
        with runtime.watch() as happenings:
            await runtime.start(flow_of(WORKLOAD, effects=True), run=RUN)
            await finished(happenings, WORKLOAD.tasks // 2)
            os.kill(os.getpid(), signal.SIGKILL)


async def finished(happenings: Subscription, wanted: int) -> None:
    """Wait until so many tasks are done."""
    async for batch in happenings:
        wanted -= sum(isinstance(event, TaskFinished) for event in batch)
        if wanted <= 0:
            return


async def go_on(journal: str) -> None:
    """Resume, and say how long it took until the first task moved."""
    begun = perf_counter()
    async with runtime_on(SQLiteJournal(journal)) as runtime:
        with runtime.watch() as happenings:
            await runtime.obey(ResumeRun(RUN))
            async for batch in happenings:
                if any(isinstance(event, TaskStarted | TaskFinished) for event in batch):
                    print(perf_counter() - begun, flush=True)
                    return


async def read(journal: str) -> None:
    """Fetch every recorded event's bytes."""
    with closing(sqlite3.connect(journal)) as connection:
        assert connection.execute("SELECT payload FROM run_events").fetchall()


if __name__ == "__main__":
    asyncio.run(
        {"run_halfway": run_halfway, "go_on": go_on, "read": read}[sys.argv[1]](sys.argv[2])
    )
