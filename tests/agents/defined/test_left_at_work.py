"""An agent works no longer than the flow that uses it, and goes on with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from agents.contract import Task
from agents.defined.agent import DefinedAgents
from graph.flow import Block, Flow
from runtime.commands import CancelRun, ResumeRun, StartRun
from runtime.compose import compose, granted
from runtime.events import RunSucceeded
from runtime.runtime import Runtime
from runtime.settings import Settings
from tests.agents.defined.test_confined import USES
from tests.agents.swarm.database_sync.conftest import until

NAPS = Flow.of(
    [
        Block("seconds", "flow.input", {"name": "seconds", "type": "number"}),
        Block("nap", "logic.wait", {"value": "slept"}),
        Block("out", "flow.output", {"name": "got"}),
    ],
    [("seconds.value", "nap.seconds"), ("nap.value", "out.value")],
    name="nap",
    description="Takes its time.",
)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Runtime]:
    async with compose(Settings(home=str(folder)), granted(folder)) as runtime:
        yield runtime


async def begun(runtime: Runtime, folder: Path, seconds: float) -> tuple[str, str]:
    """A run that uses an agent, and the run in which that naps."""
    await runtime.store(NAPS, "nap")
    definition = {
        "name": "reacher",
        "goal": f'use nap {{{{"seconds": {seconds}}}}} {{task}}',
        "model": "scripted/echo",
        "tools": ["nap"],
        "ask_before": "never",
    }
    task = Task("define", {"definition": definition})
    await runtime.agents.perform_named(DefinedAgents.kind, granted(folder), task)
    stored = await runtime.store(USES)
    outer = (await runtime.obey(StartRun(stored, {"task": ""}))).run
    inner = ""

    async def naps() -> bool:
        nonlocal inner
        runs = await runtime.journal.runs()
        inner = next((row.run for row in runs if row.name == "agent reacher"), "")
        events = await runtime.journal.read(inner) if inner else []
        return any(getattr(event, "task", "").endswith("/nap") for event in events)

    await until(naps)
    return outer, inner


async def test_it_ends_when_the_flow_is_cancelled(tmp_path: Path) -> None:
    async with opened(tmp_path) as runtime:
        outer, inner = await begun(runtime, tmp_path, 600)

        await runtime.obey(CancelRun(outer))

        async def has_ended() -> bool:
            return (await runtime.journal.run(inner)).state == "cancelled"

        await until(has_ended)


async def test_it_goes_on_with_a_flow_whose_runtime_comes_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as runtime:
        outer, inner = await begun(runtime, tmp_path, 1.5)

    async with opened(tmp_path) as runtime:
        assert (await runtime.journal.run(inner)).ended is None
        await runtime.obey(ResumeRun(outer))
        end = await runtime.ended(outer)

    assert isinstance(end, RunSucceeded), end
    assert end.outputs["run"] == inner
