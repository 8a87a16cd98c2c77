"""Beginning, stepping, pausing, going back, ending."""

import pytest

from graph.flow import Block, Flow
from tests.runtime.services.dap.conftest import Adapter, Asked, Client
from tests.runtime.services.dap.flows import TOTAL, WORDS, line_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_steps_over_into_out_and_back(adapter: Adapter, client: Client) -> None:
    file = adapter.flow("words", WORDS)

    await client.begin("launch", flow=str(file), stopOnEntry=True)
    entered = await client.event("stopped")
    stood = [entered["description"]]
    for step in ("stepIn", "next", "stepBack", "stepOut"):
        await client.ask(step, threadId=1)
        stood.append(await client.where())

    assert entered["reason"] == "entry"
    assert stood == [
        "Before each", "Before each[0]/upper", "Before each[0]/line", "Before each[0]/upper",
        "Before out",
    ]  # fmt: skip


async def test_a_run_is_paused_and_ended(adapter: Adapter, client: Client) -> None:
    slow = Flow.of(
        [Block("wait", "logic.wait", {"seconds": 30}), Block("out", "flow.output")],
        [("wait.value", "out.value")],
    )
    file = adapter.flow("slow", slow)
    await client.begin("launch", flow=str(file))
    await client.event("process")

    await client.ask("pause", threadId=1)
    stopped = await client.event("stopped")
    frames = await client.frames()

    assert stopped["reason"] == "pause"
    assert stopped["description"] == "Paused; wait still at work"
    assert frames[0]["name"] == "wait"
    await client.ask("terminate")
    assert (await client.event("exited"))["exitCode"] == 1


async def test_going_back_and_beginning_anew(adapter: Adapter, client: Client) -> None:
    file = adapter.flow("total", TOTAL)
    net, tax, total = (line_of(adapter, "total", f'"{id}": {{') for id in ("net", "tax", "sum"))
    await client.begin("launch", lambda: client.lines(file, net, total), flow=str(file))
    stood = [await client.where()]
    await client.ask("continue", threadId=1)
    stood.append(await client.where())

    await client.ask("reverseContinue", threadId=1)
    stood.append(await client.where())
    await client.ask("continue", threadId=1)
    stood.append(await client.where())
    source = {"path": str(file)}
    targets = await client.ask("gotoTargets", source=source, line=tax)
    [target] = targets["targets"]
    await client.ask("goto", threadId=1, targetId=target["id"])
    stood.append(await client.where())
    await client.ask("restart")
    stood.append(await client.where())

    assert stood == [
        "Before net", "Before sum", "Before net", "Before sum", "Before tax", "Before net"
    ]  # fmt: skip
    await client.ask("disconnect", terminateDebuggee=True)


async def test_a_frame_is_restarted(adapter: Adapter, client: Client) -> None:
    file = adapter.flow("words", WORDS)
    await client.begin(
        "launch",
        lambda: client.lines(
            file, {"line": line_of(adapter, "words", '"line": {'), "hitCondition": "3"}
        ),
        flow=str(file),
    )
    assert await client.where() == "Before each[2]/line"
    [_, _, each, _] = await client.frames()

    await client.ask("restartFrame", frameId=each["id"])

    assert await client.where() == "Before each"


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"flow": "/nowhere/at/all.flow.json"}, "all.flow.json"),
        ({}, "Nothing is named"),
        ({"flow": 7}, "Expected `str`"),
    ],
)
async def test_a_launch_that_makes_no_sense_says_why(
    adapter: Adapter, client: Client, asked: dict[str, object], why: str
) -> None:
    with pytest.raises(Asked, match=why):
        await client.begin("launch", **asked)


async def test_inputs_that_dont_suit_are_told_of(adapter: Adapter, client: Client) -> None:
    file = adapter.flow("total", TOTAL)

    with pytest.raises(Asked, match=r"it has no input 'prize'\. Did you mean 'price'"):
        await client.begin("launch", flow=str(file), inputs={"prize": 1})


async def test_a_run_is_left_standing_and_joined_again(adapter: Adapter, client: Client) -> None:
    file = adapter.flow("total", TOTAL)
    line = line_of(adapter, "total", '"sum": {')
    await client.begin("launch", lambda: client.lines(file, line), flow=str(file))
    await client.where()

    await client.ask("disconnect", suspendDebuggee=True)
    other = await adapter.client()
    await other.begin("attach", flow=str(file))

    assert await other.where() == "Before sum"
    await other.ask("next", threadId=1)
    assert await other.where() == "Before out"
    await other.ask("disconnect", terminateDebuggee=True)
