"""An agent over the wire, with a block, a flow and a server's tool: stopped, gone on, replayed."""

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agents.contract import Grants
from graph.catalog import Catalog
from graph.file_format import write
from graph.flow import Block, Flow
from graph.reshape.wrapping import wrapped
from runtime.breakpoints import Breakpoint
from runtime.commands import ContinueRun, ReplayRun, StartRun, StoreFlow
from runtime.compose import compose
from runtime.connections.contents import Draft
from runtime.events import RunSucceeded, ScopeOpened, TaskStarted
from runtime.remote import RemoteRuntime
from runtime.settings import Settings
from tests.end_to_end.test_debugging import ROOT, Servers, at, events, held
from tests.servers.models import Called, Models, Said

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="processes are killed"), pytest.mark.slow,
]  # fmt: skip

GOODS = Flow.of(
    [
        Block("word", "flow.input", {"name": "word", "type": "text", "required": True}),
        Block("look_up", "code.python", {"code": "[g for g in ['wool', 'linen'] if word in g]"}),
        Block("found", "flow.output", {"name": "found"}),
    ],
    [("word.value", "look_up.word"), ("look_up.value", "found.value")],
    name="Find goods",
    description="Finds goods of the shop by a word.",
)

TURNS = (
    Said(
        thought="All three at once.", text="I look.",
        calls=(Called("find_goods", {"word": "wool"}), Called("change_case", {"text": "GHENT"}),
               Called("add", {"a": 40, "b": 2})),
    ),
    Said("There is wool, for 42."),
)  # fmt: skip


async def connected(home: Path, models: Models) -> Catalog:
    """Connect to the models and to a server of tools, as the Connections dock does."""
    settings = Settings(home=str(home), secrets_in="vault")
    async with compose(settings, Grants(folder=str(home)), place="memory:") as runtime:
        command = f"{sys.executable} -m tests.servers.mcp_server"
        address = {"base_url": models.url}
        runtime.connections.put(Draft(name="local", kind="openai_compatible", fields=address))
        runtime.connections.put(
            Draft(name="loom", kind="mcp", fields={"command": command, "reads": "add"},
                  secrets={"environment": f"PYTHONPATH={ROOT}"})
        )  # fmt: skip
        for name in ("local", "loom"):
            runtime.connections.agree(name, runtime.connections.show(name).agrees_to)
        tested = await runtime.connections.test("loom")
        assert tested.ok, tested.said
        return runtime.catalog


def helpdesk(catalog: Catalog) -> Flow:
    """An agent whose tools are made as the studio makes them."""
    tools = {
        "find_goods": GOODS,
        "change_case": wrapped(catalog.spec("text.case")),
        "add": wrapped(catalog.spec("mcp.loom__add")),
    }
    fields = {"goal": "Wool?", "model": "local/scripted-large", "tools": list(tools)}
    return Flow.of(
        [
            Block("helper", "ai.agent", fields),
            Block("out", "flow.output"),
            Block("steps", "flow.output", {"name": "steps"}),
        ],
        [("helper.answer", "out.value"), ("helper.steps", "steps.value")],
        flows=tools,
    )


class Desk:
    """A server to which a helpdesk is brought; its first run is `r1`."""

    def __init__(self, runtime: RemoteRuntime, flow: Flow) -> None:
        self.runtime, self.flow = runtime, flow

    async def start(self, *points: Breakpoint) -> None:
        stored = await self.store(self.flow)
        await self.runtime.obey(StartRun(stored, run="r1", breakpoints=list(points)))

    async def ended(self, run: str = "r1") -> RunSucceeded:
        """How a run ends, which succeeds."""
        *_, last = [event async for batch in self.runtime.follow(run) for event in batch]
        assert isinstance(last, RunSucceeded), last
        return last

    async def replayed(self, begin_at: str = "", **changes: Any) -> RunSucceeded:
        """How the first run ends when it is done again, with code of the tool changed perhaps."""
        changed = {f"helper/look_up.{field}": value for field, value in changes.items()}
        replay = ReplayRun("r1", begin_at, changed)
        return await self.ended((await self.runtime.obey(replay)).run)

    async def store(self, flow: Flow) -> str:
        return (await self.runtime.obey(StoreFlow(write(flow)))).flow

    async def tools_called(self) -> list[str]:
        """What the server of tools says it was asked to do."""
        asks = {"connection": {"$connection": "loom"}, "tool": "history"}
        flow = Flow.of(
            [Block("ask", "mcp.call", asks), Block("out", "flow.output")],
            [("ask.value", "out.value")],
        )
        run = (await self.runtime.obey(StartRun(await self.store(flow)))).run
        told = (await self.ended(run)).outputs["result"]["calls"]
        assert isinstance(told, list)
        return told


@pytest.fixture
async def desk(tmp_path: Path, models: Models) -> AsyncIterator[Desk]:
    catalog = await connected(tmp_path / "home", models)
    models.then(*TURNS)
    servers = Servers(tmp_path)
    try:
        async with at(servers.serve()) as runtime:
            yield Desk(runtime, helpdesk(catalog))
    finally:
        servers.end()


async def test_every_thought_call_and_result_is_a_step(desk: Desk, models: Models) -> None:
    await desk.start()

    ended = await desk.ended()

    assert [
        (step["kind"], step.get("tool", ""), step.get("text", ""))
        for step in ended.outputs["steps"]
    ] == [
        ("thought", "", "All three at once."),
        ("say", "", "I look."),
        ("call", "find_goods", ""),
        ("call", "change_case", ""),
        ("call", "add", ""),
        ("result", "find_goods", '["wool"]'),
        ("result", "change_case", "ghent"),
        ("result", "add", "42"),
        ("say", "", "There is wool, for 42."),
    ]
    offered = [tool["function"]["name"] for tool in models.asked[0].body["tools"]]
    assert offered == ["find_goods", "change_case", "add"]
    told = [m["content"] for m in models.asked[1].body["messages"] if m["role"] == "tool"]
    assert ["wool" in told[0], "ghent" in told[1], "42" in told[2]] == [True] * 3


async def test_it_stops_after_a_turn_and_inside_a_tool_and_goes_on(
    desk: Desk, models: Models
) -> None:
    turn = Breakpoint("turn", "helper/turn", at="after", condition="len(calls) > 0")
    await desk.start(turn, Breakpoint("tool", "helper/look_up"))

    at_turn = await held(desk.runtime)

    assert (at_turn.task, at_turn.phase) == ("helper[turn 1]/turn", "after")
    begun = [e.scope for e in await events(desk.runtime) if isinstance(e, ScopeOpened)]
    assert begun == ["helper[turn 1]"]

    await desk.runtime.obey(ContinueRun("r1"))
    in_tool = await held(desk.runtime, at_turn.seq)

    assert in_tool.task == "helper[call 1.1]/look_up"
    assert not [
        e for e in await events(desk.runtime)
        if isinstance(e, TaskStarted) and e.task == in_tool.task
    ]  # fmt: skip
    assert len(models.asked) == 1

    await desk.runtime.obey(ContinueRun("r1"))
    assert (await desk.ended()).outputs["result"] == "There is wool, for 42."
    assert len(models.asked) == 2


async def test_a_replay_asks_neither_the_model_nor_the_server(desk: Desk, models: Models) -> None:
    await desk.start()
    before = await desk.ended()

    whole = await desk.replayed()
    part = await desk.replayed("helper[call 1.1]/look_up")

    assert whole.outputs == part.outputs == before.outputs
    assert len(models.asked) == 2
    assert await desk.tools_called() == ["add"]


async def test_a_tool_that_gives_something_else_has_only_what_follows_asked_again(
    desk: Desk, models: Models
) -> None:
    await desk.start()
    await desk.ended()
    models.then(Said("There is silk, for 42."))

    ended = await desk.replayed("helper[call 1.1]/look_up", code="['silk']")

    assert ended.outputs["result"] == "There is silk, for 42."
    assert len(models.asked) == 3
    told = [m["content"] for m in models.asked[2].body["messages"] if m["role"] == "tool"]
    assert "silk" in told[0]
    assert await desk.tools_called() == ["add"]
