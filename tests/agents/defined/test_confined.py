"""An agent that a flow uses may touch no more than the flow."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agents.contract import Task
from agents.defined.agent import DefinedAgents
from graph.flow import Block, Flow
from runtime.commands import StartRun
from runtime.compose import compose, granted
from runtime.events import AnyEvent, RunSucceeded, TaskFailed
from runtime.runtime import Runtime
from runtime.settings import Settings

USES = Flow.of(
    [
        Block("task", "flow.input", {"name": "task", "type": "text"}),
        Block("use", "agent.use", {"agent": "reacher"}),
        Block("run", "flow.output", {"name": "run"}),
    ],
    [("task.value", "use.task"), ("use.run", "run.value")],
)


def reaching(kind: str, takes: str, **fields: Any) -> Flow:
    """A tool that reaches for what it is told."""
    return Flow.of(
        [
            Block("target", "flow.input", {"name": "target", "type": "text"}),
            Block("reach", kind, fields),
            Block("out", "flow.output", {"name": "got", "value": 1}),
        ],
        [("target.value", f"reach.{takes}")],
        name="reach",
        description="Reaches for something.",
    )


TOOLS = {
    "host": reaching("http.request", "url"),
    "folder": reaching("files.read", "path"),
    "database": reaching("sql.query", "database", sql="SELECT 1"),
}


async def used(
    runtime: Runtime, folder: Path, tool: Flow, target: str, grants: Any
) -> list[AnyEvent]:
    """What happened in the run of an agent that was told to reach for a target."""
    await runtime.store(tool, "reach")
    definition = {
        "name": "reacher",
        "goal": 'use reach {{"target": "{task}"}}',
        "model": "scripted/echo",
        "tools": ["reach"],
        "ask_before": "never",
    }
    task = Task("define", {"definition": definition})
    await runtime.agents.perform_named(DefinedAgents.kind, granted(folder), task)
    stored = await runtime.store(USES)
    answer = await runtime.obey(StartRun(stored, {"task": target}, grants=grants))
    end = await runtime.ended(answer.run)
    assert isinstance(end, RunSucceeded), end
    return list(await runtime.journal.read(end.outputs["run"]))


def failed(events: list[AnyEvent]) -> list[tuple[str, str]]:
    """How what the agent reached for failed: the kind of error, and its cure."""
    reached = [e for e in events if isinstance(e, TaskFailed) and e.task.endswith("/reach")]
    return [(event.failure.type, event.failure.cure) for event in reached]


@pytest.mark.parametrize(
    ("what", "target", "grants", "cure"),
    [
        ("host", "http://127.0.0.1:9/", {"hosts": ["example.org"]}, "--allow-host 127.0.0.1"),
        ("folder", "{home}/notes.txt", {"reads": [], "writes": []}, "--allow-read"),
        (
            "database", "postgresql://127.0.0.1:9/people", {"databases": ["example.org"]},
            "--allow-database postgresql://127.0.0.1:9/people",
        ),
    ],
)  # fmt: skip
async def test_its_tools_are_refused_what_the_flow_was_not_granted(
    tmp_path: Path, what: str, target: str, grants: Mapping[str, Any], cure: str
) -> None:
    (tmp_path / "notes.txt").write_text("secret")
    async with compose(Settings(home=str(tmp_path)), granted(tmp_path)) as runtime:
        target = target.replace("{home}", str(tmp_path))
        events = await used(runtime, tmp_path, TOOLS[what], target, grants)

    ((kind, cured),) = failed(events)
    assert kind == "NotGranted"
    assert cure in cured


async def test_they_may_touch_what_both_may(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "notes.txt").write_text("known")
    grants = {"folder": str(inside), "reads": [str(inside)], "writes": []}
    async with compose(Settings(home=str(tmp_path)), granted(tmp_path)) as runtime:
        events = await used(runtime, tmp_path, TOOLS["folder"], "notes.txt", grants)

    assert failed(events) == []


async def test_they_may_touch_nothing_that_the_home_may_not(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "notes.txt").write_text("secret")
    grants = {"reads": [str(tmp_path)], "writes": [str(tmp_path)]}
    async with compose(Settings(home=str(home)), granted(home)) as runtime:
        target = str(tmp_path / "notes.txt")
        events = await used(runtime, home, TOOLS["folder"], target, grants)

    ((kind, _),) = failed(events)
    assert kind == "NotGranted"
