"""A runtime put together as the settings say, and taken apart without leaving anything behind."""

import asyncio
import gc
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar

import psutil
import pytest

from agents.code.sandbox import Sandbox
from agents.contract import Grants, Means
from agents.errors import Unreachable
from agents.resilience.guards import Guards
from agents.resilience.settings import BadGuards
from agents.worker import Worker
from graph.flow import Block, Flow, Retry, Settings
from runtime.commands import ResumeRun, StartRun
from runtime.compose import World, compose, granted, world_of
from runtime.events import RunFailed, RunInterrupted, RunSucceeded, TaskFinished
from runtime.inputs import BadInputs
from runtime.plugins import installed
from runtime.runtime import Runtime
from runtime.settings import Settings as HouseSettings
from runtime.settings import settings_from
from tests.end_to_end.beside import alone, end_of, runtime_in

FOREVER = "while True:\n    pass"


# As the settings say


async def test_code_and_packs_are_bounded_as_the_settings_say(tmp_path: Path) -> None:
    bounds = {"code_seconds": 0.3, "code_megabytes": 20, "process_megabytes": 300}
    async with runtime_in(tmp_path, **bounds) as runtime:
        ends = await asyncio.gather(
            end_of(runtime, alone("code.python", code=FOREVER)),
            end_of(runtime, alone("code.python", code="'x' * 10**9")),
            end_of(runtime, alone("trouble.eat")),
        )

    said = [end.failure.message for end in ends if isinstance(end, RunFailed)]
    assert said == [
        "The code ran longer than 0.3 seconds.",
        "The code took more than 20 MB of memory.",
        "It ran out of memory.",
    ]


async def test_only_so_many_tasks_are_under_way_at_a_time(tmp_path: Path) -> None:
    fields = {"file": str(tmp_path / "lines"), "text": "x", "seconds": 0.2}
    flow = Flow.of([Block(f"n{n}", "trouble.note", fields) for n in range(6)])
    async with runtime_in(tmp_path, parallel=2) as runtime:
        end = await end_of(runtime, flow)

    assert isinstance(end, RunSucceeded)
    assert end.took >= 0.6


def test_a_folder_is_granted_with_what_is_added_to_it(tmp_path: Path) -> None:
    grants = granted(tmp_path, reads=["/etc/.."], hosts=["example.com"])

    assert grants.folder == str(tmp_path)
    assert grants.reads == (str(tmp_path), "/")
    assert grants.writes == (str(tmp_path),)
    assert (grants.hosts, grants.databases) == (("example.com",), ("*",))
    assert grants.confines_connections, "whoever names hosts means them for connections, too"
    assert not granted(tmp_path).confines_connections


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"host": ["example.com"]}, "Nothing called 'host' can be granted. Did you mean 'hosts'?"),
        ({"hosts": "example.com"}, "What is granted as 'hosts' makes no sense: Expected `array`"),
        ({"hosts": [1]}, "What is granted as 'hosts[0]' makes no sense"),
    ],
)
async def test_a_run_is_granted_nothing_that_makes_no_sense(
    tmp_path: Path, given: dict[str, Any], said: str
) -> None:
    async with runtime_in(tmp_path) as runtime:
        flow = await runtime.store(alone("flow.constant"))

        with pytest.raises(BadInputs) as caught:
            await runtime.obey(StartRun(flow, grants=given))

    assert str(caught.value).startswith(said)


# Agents


class Slow(Worker):
    """An agent that can't be reached the first time, and takes its time."""

    kind: ClassVar[str] = "slow"
    made: ClassVar[list["Slow"]] = []

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self.closed = False
        self.made.append(self)

    async def connect(self) -> None:
        await asyncio.sleep(0.02)
        if len(self.made) == 1:
            raise Unreachable("Nobody answered.")

    async def close(self) -> None:
        self.closed = True


class Stuck(Slow):
    """One that never connects."""

    async def connect(self) -> None:
        await asyncio.Event().wait()


class Rude(Slow):
    """One that doesn't keep to the contract."""

    async def connect(self) -> None: ...

    async def close(self) -> None:
        raise RuntimeError("not now")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    Slow.made.clear()
    made = World(None)
    yield made
    await made.close()


def slow() -> Slow:
    return Slow(Grants(folder="/"), Means(Guards(), Path("/")))


async def test_an_agent_is_connected_once_for_all_who_ask(world: World) -> None:
    Slow.made.append(slow())
    one, other = Grants(folder="/one"), Grants(folder="/other")

    found = await asyncio.gather(*(world.agent(Slow, grants) for grants in (one, one, other)))

    assert found[0] is found[1] is not found[2]
    assert found[2].grants == other
    assert await world.agent(Sandbox, one) is await world.agent(Sandbox, other)


async def test_an_agent_that_could_not_be_reached_is_tried_again(world: World) -> None:
    grants = Grants(folder="/")
    asked = [world.agent(Slow, grants) for _ in range(2)]
    refused = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(error) for error in refused] == [Unreachable, Unreachable]

    agent = await world.agent(Slow, grants)

    assert agent is Slow.made[-1]


async def test_whoever_stops_waiting_for_an_agent_leaves_it_to_the_others(world: World) -> None:
    Slow.made.append(slow())
    impatient = asyncio.create_task(world.agent(Slow, Grants(folder="/")))
    patient = asyncio.create_task(world.agent(Slow, Grants(folder="/")))
    await asyncio.sleep(0)

    impatient.cancel()

    assert isinstance(await patient, Slow)


async def test_no_agent_keeps_a_world_from_closing() -> None:
    Slow.made[:] = [slow()]
    world = World(None)
    stuck = asyncio.create_task(world.agent(Stuck, Grants(folder="/")))
    await world.agent(Rude, Grants(folder="/"))
    kind = await world.agent(Slow, Grants(folder="/"))

    async with asyncio.timeout(2):
        await world.close()

    assert kind.closed
    with pytest.raises(asyncio.CancelledError):
        await stuck


# Closing


def at_work(lines: Path) -> Flow:
    """All that takes time, at once: code, a process, an effect, a loop, a retry, a wait."""
    inner = Flow.of([Block("wait", "logic.wait", {"seconds": 60})])
    later = Settings(retry=Retry(attempts=2, delay=60))
    return Flow.of(
        [
            Block("code", "code.python", {"code": FOREVER}),
            Block("process", "trouble.spin"),
            Block("hang", "trouble.hang"),
            Block("retried", "trouble.fail", {"how": "half"}, settings=later),
            Block("stream", "trouble.drip", {"pause": 0.1}),
            Block("wait", "logic.wait", {"seconds": 60}),
            Block("each", "logic.for_each", {"items": [1, 2, 3], "body": "inner", "parallel": 2}),
            Block("note", "trouble.note", {"file": str(lines), "text": "x", "seconds": 60}),
            Block("done", "text.template", {"text": "done"}),
        ],
        flows={"inner": inner},
    )


async def started(runtime: Runtime, flow: Flow) -> str:
    run = await runtime.start(flow)
    await asyncio.sleep(0.3)
    return run


async def test_a_runtime_that_closes_leaves_its_runs_to_be_resumed_by_anybody(
    tmp_path: Path,
) -> None:
    async with runtime_in(tmp_path) as one:
        runs = [await started(one, at_work(tmp_path / f"lines{n}")) for n in range(2)]
        waiting = [asyncio.create_task(one.ended(run)) for run in runs]
        with one.watch() as watched:
            began = asyncio.get_running_loop().time()
            await one.__aexit__()
            took = asyncio.get_running_loop().time() - began
            told = [event async for batch in watched for event in batch]

        assert took < 8
        for end in await asyncio.gather(*waiting):
            assert isinstance(end, RunInterrupted)
            assert end in told
            assert str(end.failure) == "Heddle was shut down. `heddle resume` goes on with the run."
        await one.journal.open()  # the block's own exit closes it once more

    async with runtime_in(tmp_path) as other:
        for run in runs:
            assert (await other.journal.run(run)).owner == ""
            assert (await other.obey(ResumeRun(run))).run == run


async def test_what_changes_the_world_may_end_before_a_runtime_closes_and_nothing_begins(
    tmp_path: Path,
) -> None:
    lines = tmp_path / "lines"
    first = {"file": str(lines), "text": "first", "seconds": 0.5}
    flow = Flow.of(
        [
            Block("first", "trouble.note", first),
            Block("second", "trouble.note", {"file": str(lines), "text": "second"}),
        ],
        [("first.value", "second.value")],
    )
    async with runtime_in(tmp_path) as one:
        run = await started(one, flow)
    assert lines.read_text() == "first\n"

    async with runtime_in(tmp_path) as other:
        done = [e.task for e in await other.journal.read(run) if isinstance(e, TaskFinished)]
        await other.obey(ResumeRun(run))
        end = await other.ended(run)

    assert done == ["first"]
    assert isinstance(end, RunSucceeded)
    assert lines.read_text() == "first\nsecond\n"


async def test_nothing_is_left_of_a_runtime_that_was_closed(tmp_path: Path) -> None:
    ours = psutil.Process()
    threads, children = set(threading.enumerate()), set(ours.children(recursive=True))
    async with runtime_in(tmp_path) as runtime:
        await started(runtime, at_work(tmp_path / "lines"))
        mine = asyncio.current_task()

    assert asyncio.all_tasks() == {mine}
    for thread in set(threading.enumerate()) - threads:
        if not thread.name.startswith("asyncio_"):  # those end with the loop
            await asyncio.to_thread(thread.join, 5)
            assert not thread.is_alive(), thread
    left = set(ours.children(recursive=True)) - children
    # One looks after what processes share, for as long as the program lives.
    assert [c for c in left if "resource_tracker" not in " ".join(c.cmdline())] == []
    gc.collect()  # whatever was destroyed while pending would be told now


async def test_a_runtime_that_is_interrupted_closes_all_the_same(tmp_path: Path) -> None:
    held = asyncio.Event()
    runs: list[str] = []

    async def serve() -> None:
        async with runtime_in(tmp_path) as runtime:
            runs.append(await started(runtime, at_work(tmp_path / "lines")))
            held.set()
            await asyncio.Event().wait()

    serving = asyncio.create_task(serve())
    await held.wait()
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving

    async with runtime_in(tmp_path) as other:
        assert (await other.obey(ResumeRun(runs[0]))).run == runs[0]


PROGRAM = """
import asyncio, sys
from pathlib import Path
from tests.end_to_end.beside import runtime_in
from tests.runtime.test_compose import at_work, started

async def main():
    async with runtime_in(Path(sys.argv[1])) as runtime:
        await started(runtime, at_work(Path(sys.argv[1]) / "lines"))

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_a_program_ends_in_silence_whatever_is_under_way(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent.parent
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    ended = subprocess.run(
        [sys.executable, "-W", "error", str(program), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


async def test_the_default_model_is_a_setting_that_blocks_and_connections_know(
    tmp_path: Path,
) -> None:
    settings = settings_from({"HEDDLE_HOME": str(tmp_path), "HEDDLE_MODEL": "scripted/echo"})
    flow = Flow.of([Block("chat", "ai.chat", {"prompt": "Hello"})])

    async with compose(settings, granted(tmp_path), place="memory:") as runtime:
        ended = await runtime.ended(await runtime.start(flow))

        assert isinstance(ended, RunSucceeded)
        assert runtime.connections.overview().model == "scripted/echo"


def test_a_file_in_the_home_says_how_calls_are_guarded(tmp_path: Path) -> None:
    settings = HouseSettings(home=str(tmp_path))
    settings.guards_file.write_text('{"http:a.com": {"recovery": 7}}')

    world = world_of(settings, installed(None))

    guards = world.agents.guards
    assert [guards.of(f"http:{host}").settings.recovery for host in ("a.com", "b.com")] == [7, 60]


def test_a_file_that_says_what_can_not_be_is_told_of_before_anything_begins(tmp_path: Path) -> None:
    settings = HouseSettings(home=str(tmp_path))
    settings.guards_file.write_text('{"http": {"recovery": -1}}')

    with pytest.raises(BadGuards, match=r"guards\.json: 'http' sets 'recovery' to -1"):
        world_of(settings, installed(None))
