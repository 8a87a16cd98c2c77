"""A run that stands still outlives whoever debugs it, and the runtime that drives it."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from graph.file_format import write
from graph.flow import Block, Flow
from runtime.breakpoints import Breakpoint
from runtime.commands import (
    ChangeInputs,
    ResumeRun,
    StartRun,
    StepRun,
    StoreFlow,
    TakeWheel,
)
from runtime.events import AnyEvent, InputsChanged, TaskFinished, TaskHeld
from runtime.history import effective
from runtime.remote import RemoteRuntime
from runtime.steering import NotYourWheel

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are killed")

FLOW = Flow.of(
    [
        Block("first", "files.append", {"path": "log.txt", "content": "first"}),
        Block("say", "text.template", {"text": "{path} and {more}", "more": "more"}),
        Block("second", "files.append", {"path": "log.txt"}),
        Block("out", "flow.output"),
    ],
    [
        ("first.path", "say.path"),
        ("say.value", "second.content"),
        ("second.path", "out.value"),
    ],
)


class Place(NamedTuple):
    """Where a server answers."""

    process: subprocess.Popen[str]
    address: str
    token: str


class Servers:
    """Servers on one journal, each to be killed like any process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = os.environ | {
            "HEDDLE_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        self._started: list[subprocess.Popen[str]] = []

    def begin(self, *words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "main.py"), *words], cwd=self.folder,
            env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._started.append(process)
        return process

    def serve(self) -> Place:
        process = self.begin("serve", "--port", "0", "--json")
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        return Place(process, ready["address"], ready["token"])

    def kill(self, place: Place) -> None:
        place.process.kill()
        place.process.wait()

    def end(self) -> None:
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    made = Servers(tmp_path)
    yield made
    made.end()


@asynccontextmanager
async def at(place: Place) -> AsyncIterator[RemoteRuntime]:
    async with RemoteRuntime(place.address, place.token) as runtime:
        yield runtime


async def events(runtime: RemoteRuntime) -> list[AnyEvent]:
    return list(effective(await runtime.journal.read("r1")))


async def held(runtime: RemoteRuntime, after: int = 0) -> TaskHeld:
    """The task that is held, once one is whose event comes after that one."""
    with runtime.watch("r1") as happenings:
        for event in reversed(await events(runtime)):
            if isinstance(event, TaskHeld) and event.seq > after:
                return event
        async for batch in happenings:
            for event in batch:
                if isinstance(event, TaskHeld) and event.seq > after:
                    return event
    raise AssertionError("nothing is held")


@pytest.mark.slow
async def test_a_run_that_stands_still_outlives_its_runtime_and_its_debugger(
    servers: Servers,
) -> None:
    first = servers.serve()
    async with at(first) as ada:
        flow = (await ada.obey(StoreFlow(write(FLOW)))).flow
        points = [Breakpoint("p", "say")]
        await ada.obey(StartRun(flow, run="r1", breakpoints=points, client="Ada"))
        stood = await held(ada)
        assert stood.task == "say"
        await ada.obey(ChangeInputs("r1", "say", {"more": "other"}, "Ada"))
    # Ada's studio is gone; her run stays where it is, and Bert may take it over.
    async with at(first) as bert:
        assert not [
            e for e in await events(bert) if isinstance(e, TaskFinished) and e.task == "say"
        ]
        with pytest.raises(NotYourWheel, match="Ada steers"):
            await bert.obey(StepRun("r1", "over", client="Bert"))
        await bert.obey(TakeWheel("r1", "Bert"))

    servers.kill(first)
    second = servers.serve()
    async with at(second) as bert:
        await bert.obey(ResumeRun("r1"))
        assert (await held(bert)).task == "say"
        assert [e.values for e in await events(bert) if isinstance(e, InputsChanged)] == [
            {"more": "other"}
        ]
        await bert.obey(StepRun("r1", "over", client="Bert"))
        assert (await held(bert, stood.seq)).task == "second"

    servers.kill(second)
    resumed = servers.begin("resume", "r1", "--json")
    out, _ = resumed.communicate(timeout=30)

    assert json.loads(out.splitlines()[-1])["event"] == "run_succeeded"
    assert (servers.folder / "log.txt").read_text() == "first\nlog.txt and other\n"
