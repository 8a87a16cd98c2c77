"""What a person does with a flow in an editor: stop, see, step, change, go back, go on."""

import pytest

from graph.flow import Block, Flow
from tests.runtime.services.dap.conftest import Adapter, Client

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOTAL = Flow.of(
    [
        Block("price", "flow.input", {"name": "price", "type": "number", "default": 20}),
        Block("net", "code.python", {"code": "return price * 2"}),
        Block("tax", "code.python", {"code": "return net / 5"}, "Work out the tax"),
        Block("sum", "code.python", {"code": "return net + tax"}),
        Block("out", "flow.output", {"name": "total"}),
    ],
    [
        ("price.value", "net.price"), ("net.value", "tax.net"), ("net.value", "sum.net"),
        ("tax.value", "sum.tax"), ("sum.value", "out.value"),
    ],
    name="Total",
)  # fmt: skip


def line_of(adapter: Adapter, flow: str, text: str, after: str = "") -> int:
    """The line of a flow file that holds a text."""
    lines = (adapter.folder / f"{flow}.flow.json").read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if after in line)
    return next(n + 1 for n, line in enumerate(lines) if text in line and n >= start)


async def test_a_breakpoint_on_a_line_stops_before_its_block(
    adapter: Adapter, client: Client
) -> None:
    file = adapter.flow("total", TOTAL)
    line = line_of(adapter, "total", "net / 5")

    [bound] = await client.begin("launch", lambda: client.lines(file, line), flow=str(file))
    stopped = await client.event("stopped")
    frames = await client.frames()

    assert bound["verified"]
    assert bound["line"] == line_of(adapter, "total", '"tax": {')
    assert stopped["reason"] == "breakpoint"
    assert stopped["hitBreakpointIds"] == [bound["id"]]
    assert [frame["name"] for frame in frames] == ["Work out the tax (tax)", "Total"]
    assert frames[0]["line"] == bound["line"]
    assert frames[0]["source"]["path"] == str(file)
    await client.ask("continue", threadId=1)
    assert (await client.event("output", category="stdout"))["output"] == "total = 48.0\n"
    assert (await client.event("exited"))["exitCode"] == 0
    await client.event("terminated")
