"""An endpoint that a flow calls may touch no more than the flow; what programs call may."""

from pathlib import Path
from typing import Any

from agents.contract import Task
from agents.swarm.api_gateway.agent import GatewayAgent
from graph.flow import Block, Flow
from runtime.commands import StartRun
from runtime.compose import compose, granted
from runtime.events import RunFailed, RunSucceeded
from runtime.settings import Settings

READS = Flow.of(
    [
        Block("read", "files.read", {"path": "notes.txt"}),
        Block("out", "flow.output", {"name": "text"}),
    ],
    [("read.content", "out.value")],
)
CALLS = Flow.of(
    [
        Block("call", "gateway.call", {"name": "notes"}),
        Block("out", "flow.output", {"name": "got"}),
    ],
    [("call.value", "out.value")],
)


async def test_a_flow_gets_by_an_endpoint_only_what_it_was_granted(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("secret")
    async with compose(Settings(home=str(tmp_path)), granted(tmp_path)) as runtime:
        endpoint = {"name": "notes", "path": "/notes", "method": "GET", "access": "open"}
        endpoint["flow"] = await runtime.store(READS)

        async def done(capability: str, **arguments: Any) -> Any:
            task = Task(capability, arguments)
            return await runtime.agents.perform_named(GatewayAgent.kind, granted(tmp_path), task)

        await done("create", endpoint=endpoint)
        stored = await runtime.store(CALLS)
        ends = []
        for grants in ({}, {"reads": [], "writes": []}):
            answer = await runtime.obey(StartRun(stored, {}, grants=grants))
            ends.append(await runtime.ended(answer.run))
        asked = await done("call", version="v1", name="notes", values={})

    assert isinstance(ends[0], RunSucceeded), ends[0]
    assert ends[0].outputs["got"] == asked.value
    assert isinstance(ends[1], RunFailed)
