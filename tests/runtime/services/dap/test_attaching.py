"""Runs that are there already: joined while they stand, repeated once they have ended."""

import asyncio

import pytest

from agents.contract import Grants
from graph.flow import Block, Flow
from runtime.breakpoints import Breakpoint
from runtime.commands import ReplayRun, StartRun
from runtime.journal.memory import MemoryJournal
from runtime.runtime import Runtime
from runtime.services.control import control
from runtime.services.server import Listening, serving
from tests.runtime.engine.world import CATALOG, Plain
from tests.runtime.services.dap.conftest import TOKEN, Adapter, Asked, Client
from tests.runtime.services.dap.flows import BROKEN, TOTAL, line_of
from tests.runtime.services.dap.outside import outside

pytestmark = pytest.mark.asyncio(loop_scope="module")

THERE = "the-token-of-the-server"


async def standing(adapter: Adapter, flow: Flow, block: str, client: str = "Ada") -> str:
    """A run that stands at a block, steered by somebody."""
    runtime = adapter.runtime
    stored = await runtime.store(flow)
    with runtime.watch() as happenings:
        points = [Breakpoint("hers", block)]
        run = (await runtime.obey(StartRun(stored, breakpoints=points, client=client))).run
        async for batch in happenings:
            if any(event.__class__.__name__ == "TaskHeld" for event in batch):
                return run
    raise AssertionError("it was to stand")


async def test_a_paused_run_is_joined_where_it_stands(adapter: Adapter, client: Client) -> None:
    run = await standing(adapter, TOTAL, "sum", client="")

    await client.begin("attach", run=run[:24])
    stopped = await client.event("stopped")
    frames = await client.frames()
    source = frames[0]["source"]
    text = await client.ask("source", source=source, sourceReference=source["sourceReference"])

    assert stopped["description"] == "Before sum"
    assert "path" not in source
    assert text["content"].splitlines()[frames[0]["line"] - 1] == '    "sum": {'
    assert (await client.values("Inputs"))["net"]["value"] == "40"
    await client.ask("continue", threadId=1)
    assert (await client.event("exited"))["exitCode"] == 0


async def test_the_newest_paused_run_is_joined_when_none_is_named(
    adapter: Adapter, client: Client
) -> None:
    await standing(adapter, TOTAL, "tax", client="")
    file = adapter.flow("total", TOTAL)

    [bound] = await client.begin(
        "attach", lambda: client.lines(file, line_of(adapter, "total", '"sum": {'))
    )

    assert await client.where() == "Before tax"
    assert bound["verified"]
    assert (await client.frames())[0]["source"]["path"] == str(file)
    await client.ask("continue", threadId=1)
    assert await client.where() == "Before sum"
    await client.ask("continue", threadId=1)
    await client.event("terminated")


async def test_one_steers_and_the_others_watch(adapter: Adapter, client: Client) -> None:
    run = await standing(adapter, TOTAL, "net")
    await client.begin("attach", run=run)
    await client.where()

    with pytest.raises(Asked, match="Ada steers the run"):
        await client.ask("next", threadId=1)
    await client.ask("heddle/takeWheel")
    await client.ask("next", threadId=1)
    assert await client.where() == "Before tax"

    other = await adapter.client()
    await other.begin("attach", run=run)
    await other.where()
    with pytest.raises(Asked, match=r"Test \d+ steers the run"):
        await other.ask("continue", threadId=1)
    await client.ask("next", threadId=1)
    await other.event("continued")
    assert await other.where() == "Before sum"
    await client.ask("disconnect", terminateDebuggee=True)
    assert (await other.event("exited"))["exitCode"] == 1


async def test_the_breakpoints_of_others_stay(adapter: Adapter, client: Client) -> None:
    run = await standing(adapter, TOTAL, "net", client="")
    file = adapter.flow("total", TOTAL)
    await client.begin(
        "attach", lambda: client.lines(file, line_of(adapter, "total", '"sum": {')), run=run
    )

    live = adapter.runtime._executor.live(run)
    assert live is not None
    assert [point.block for point in live.run.breakpoints] == ["net", "sum"]
    await client.ask("disconnect")
    assert [point.block for point in live.run.breakpoints] == ["net"]


async def test_yesterdays_failed_run_is_done_again_from_its_recording(
    adapter: Adapter, client: Client
) -> None:
    async with outside() as world:
        flow = Flow.of(
            [
                Block("ask", "http.get", {"url": world.address}),
                Block("part", "code.python", {"code": "return body['n'] / 0"}),
                Block("out", "flow.output"),
            ],
            [("ask.body", "part.body"), ("part.value", "out.value")],
            name="Asking",
        )
        run = await adapter.runtime.start(flow)
        await adapter.runtime.ended(run)
        file = adapter.flow("asking", flow)

        async def points() -> None:
            await client.lines(file, line_of(adapter, "asking", '"part": {'))
            await client.ask("setExceptionBreakpoints", filters=["uncaught"])

        await client.begin("attach", points, run=run)
        assert await client.where() == "Before part"
        body = (await client.values("Inputs"))["body"]
        await client.ask("heddle/skip", threadId=1, outputs={"value": "mended"})
        await client.where()
        await client.ask("continue", threadId=1)

        assert '"n": 1' in body["value"]
        assert (await client.event("exited"))["exitCode"] == 0
        assert world.asked == 1, "what was asked is not asked again"


async def test_a_replay_uses_the_file_as_it_is_now(adapter: Adapter, client: Client) -> None:
    run = await adapter.runtime.start(BROKEN, {"by": 0})
    await adapter.runtime.ended(run)
    mended = Flow.of(
        [*(b for b in BROKEN.blocks.values() if b.id != "divide"),
         Block("divide", "code.python", {"code": "return 'nothing'"})],
        list(BROKEN.links.values()), name="Broken",
    )  # fmt: skip
    file = adapter.flow("mended", mended)

    await client.begin("attach", run=run, flow=str(file), useFile=True)

    assert (await client.event("output", category="stdout"))["output"] == "share = nothing\n"


async def test_a_file_that_has_changed_since_is_said_to(adapter: Adapter, client: Client) -> None:
    run = await standing(adapter, TOTAL, "net", client="")
    changed = Flow.of(
        [*TOTAL.blocks.values(), Block("more", "flow.constant", {"value": 1})],
        list(TOTAL.links.values()), name="Total",
    )  # fmt: skip
    file = adapter.flow("changed", changed)
    lines = [line_of(adapter, "changed", f'"{id}": {{') for id in ("sum", "more")]

    bound = await client.begin(
        "attach", lambda: client.lines(file, *lines), run=run, flow=str(file)
    )

    assert [one["verified"] for one in bound] == [True, False]
    assert "has changed since" in bound[0]["message"]
    assert "has no block 'more'" in bound[1]["message"]
    await client.ask("disconnect", terminateDebuggee=True)


async def test_a_run_that_isnt_there_is_refused(adapter: Adapter, client: Client) -> None:
    with pytest.raises(Asked, match="no run"):
        await client.begin("attach", run="zzzz")


async def test_a_branch_stands_while_the_others_run(adapter: Adapter, client: Client) -> None:
    flow = Flow.of(
        [
            Block("left", "code.python", {"code": "return 1"}),
            Block("right", "code.python", {"code": "return 2"}),
            Block("sum", "code.python", {"code": "return left + right"}),
            Block("out", "flow.output"),
        ],
        [("left.value", "sum.left"), ("right.value", "sum.right"), ("sum.value", "out.value")],
    )
    file = adapter.flow("branches", flow)
    points = [{"id": id, "block": id, "whole": False} for id in ("left", "right")]

    await client.begin("launch", flow=str(file), breakpoints=points)
    first, second = await client.event("stopped"), await client.event("stopped")
    threads = (await client.ask("threads"))["threads"]
    await client.ask("continue", threadId=second["threadId"])
    gone = await client.event("thread", reason="exited")
    await client.ask("continue", threadId=first["threadId"])

    assert not first["allThreadsStopped"]
    assert [one["id"] for one in threads] == [1, 2]
    assert gone["threadId"] == second["threadId"] == 2
    assert (await client.event("output", category="stdout"))["output"] == "result = 3\n"


async def test_a_flow_is_debugged_on_a_server(adapter: Adapter, client: Client) -> None:
    grants = Grants(folder="/")
    there = Runtime(CATALOG, MemoryJournal(), Plain(), grants=grants)
    flow = Flow.of(
        [
            Block("a", "flow.constant", {"value": {"n": [1, 2]}}),
            Block("b", "flow.output"),
        ],
        [("a.value", "b.value")],
        name="There",
    )
    file = adapter.flow("there", flow)
    listening = Listening("127.0.0.1", 0)
    async with there, serving(control(there, grants), listening, THERE):
        where = {"address": listening.address, "adapterToken": TOKEN}
        await client.ask("initialize", adapterID="heddle")
        launched = asyncio.create_task(client.ask("launch", flow=str(file), token=THERE, **where))
        await client.event("initialized")
        await client.lines(file, line_of(adapter, "there", '"b": {'))
        await client.ask("configurationDone")
        await launched

        await client.where()
        value = (await client.values("Inputs"))["value"]
        changed = await client.ask("setExpression", expression="value['n'][1]", value="7")
        await client.ask("continue", threadId=1)

        assert value["value"] == '{"n": [1, 2]}'
        assert changed["value"] == "7"
        told = await client.event("output", category="stdout")
        assert told["output"] == 'result = {"n": [1, 7]}\n'
        await client.ask("disconnect")


async def test_a_wrong_token_is_refused_and_nothing_more_is_answered(adapter: Adapter) -> None:
    client = await adapter.client()
    await client.ask("initialize", adapterID="heddle")

    with pytest.raises(Asked, match="Launch or attach, with the token"):
        await client.ask("threads")
    with pytest.raises(Asked, match="token is missing or wrong") as refused:
        await client.ask("attach", token="a guess")

    assert TOKEN not in str(refused.value)


async def test_a_replay_of_another_client_is_joined(adapter: Adapter, client: Client) -> None:
    run = await adapter.runtime.start(TOTAL)
    await adapter.runtime.ended(run)
    again = (await adapter.runtime.obey(ReplayRun(run, "sum", paused=True))).run

    await client.begin("attach", run=again)

    stood = [await client.where()]
    await client.ask("next", threadId=1)
    stood.append(await client.where())
    await client.ask("restart")
    stood.append(await client.where())

    assert stood == ["Before net", "Before tax", "Before net"]
    await client.ask("disconnect", terminateDebuggee=True)


async def test_a_replay_stands_at_the_block_that_it_begins_at(
    adapter: Adapter, client: Client
) -> None:
    run = await adapter.runtime.start(TOTAL)
    await adapter.runtime.ended(run)

    await client.begin("attach", run=run, stopOnEntry=True, **{"from": "sum"})

    stood = [await client.where()]
    if stood == ["Before net"]:
        stood = [await client.where()]
    assert stood == ["Before sum"]
    await client.ask("disconnect")
