"""What is seen where a run stands: the path, values, expressions, how far it is."""

import pytest

from graph.flow import Block, Flow
from tests.runtime.services.dap.conftest import Adapter, Asked, Client
from tests.runtime.services.dap.flows import ORDERS, TOTAL, WORDS, line_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_path_leads_from_the_flow_through_the_round_to_the_block(
    adapter: Adapter, client: Client
) -> None:
    file = adapter.flow("words", WORDS)
    line = line_of(adapter, "words", '"line": {')

    await client.begin("launch", lambda: client.lines(file, line), flow=str(file))
    await client.where()
    frames = await client.frames()
    part = await client.ask("stackTrace", threadId=1, startFrame=1, levels=2)

    names = ["line", "For each word, round 1", "For each word (each)", "Words"]
    assert [frame["name"] for frame in frames] == names
    each = line_of(adapter, "words", '"each": {')
    assert [frame["line"] for frame in frames] == [line, each, each, 1]
    assert part["totalFrames"] == 4
    assert [frame["name"] for frame in part["stackFrames"]] == names[1:3]
    inputs = await client.values("Flow inputs", frame=1)
    assert inputs["item"]["value"] == '"warp"'


async def test_values_are_seen_by_scope(adapter: Adapter, client: Client) -> None:
    file = adapter.flow("total", TOTAL)

    await client.begin(
        "launch", lambda: client.lines(file, line_of(adapter, "total", '"sum": {')),
        flow=str(file), inputs={"price": 10},
    )  # fmt: skip
    await client.where()
    inputs, fields = await client.values("Inputs"), await client.values("Fields")
    of_flow, blocks = await client.values("Flow inputs"), await client.values("Blocks")
    tax = await client.members(blocks["tax"]["variablesReference"])

    assert {name: one["value"] for name, one in inputs.items()} == {"net": "20", "tax": "4.0"}
    assert inputs["net"]["evaluateName"] == "net"
    assert fields["code"]["value"] == '"return net + tax"'
    assert of_flow["price"]["value"] == "10"
    assert tax["value"]["value"] == "4.0"


async def test_expressions_are_worked_out_where_the_run_stands(
    adapter: Adapter, client: Client
) -> None:
    file = adapter.flow("orders", ORDERS)
    await client.begin(
        "launch", lambda: client.lines(file, line_of(adapter, "orders", '"count": {')),
        flow=str(file),
    )  # fmt: skip
    await client.where()
    frame = (await client.frames())[0]["id"]

    async def comes_to(expression: str, context: str = "watch") -> str:
        body = await client.ask("evaluate", expression=expression, frameId=frame, context=context)
        return str(body["result"])

    async def of_flow(expression: str) -> str:
        flow = (await client.frames())[-1]["id"]
        return str((await client.ask("evaluate", expression=expression, frameId=flow))["result"])

    assert await of_flow("order.value['lines'][0]['quantity']") == "2"
    assert await of_flow("order['value']['lines']") == '[{"quantity": 2}]'
    with pytest.raises(Asked, match="order has given no 'values'"):
        await of_flow("order.values")
    assert await comes_to("order['lines'][0]['quantity'] + 1") == "3"
    assert await comes_to("order.value", "hover") == '{"lines": [{"quantity": 2}]}'
    assert await comes_to("order['lines'][0]['quantity']") == "2"
    assert (
        await comes_to("order['lines']", "clipboard")
        == """[
  {
    "quantity": 2
  }
]"""
    )
    with pytest.raises(Asked, match="nothing"):
        await comes_to("nothing + 1")
    completed = await client.ask("completions", text="1 + ord", column=8, frameId=frame)
    assert [one["label"] for one in completed["targets"]] == ["order"]
    completed = await client.ask("completions", text=":r", column=3)
    assert ":retry" in [one["label"] for one in completed["targets"]]


async def test_a_large_value_comes_page_by_page(adapter: Adapter, client: Client) -> None:
    many = Flow.of(
        [Block("many", "code.python", {"code": "return list(range(100000))"}),
         Block("size", "code.python", {"code": "return len(many)"})],
        [("many.value", "size.many")],
    )  # fmt: skip
    file = adapter.flow("many", many)
    await client.begin(
        "launch", lambda: client.lines(file, line_of(adapter, "many", '"size": {')), flow=str(file)
    )
    await client.where()

    found = (await client.values("Inputs"))["many"]
    part = await client.members(found["variablesReference"], filter="indexed", start=99990, count=5)
    inner = await client.ask("evaluate", expression="many[99999]")

    assert found["indexedVariables"] == 100_000
    assert found["value"] == "[ 100,000 items ]"
    assert [one["value"] for one in part.values()] == ["99990", "99991", "99992", "99993", "99994"]
    assert inner["result"] == "99999"


async def test_it_is_told_how_far_a_loop_is(adapter: Adapter, client: Client) -> None:
    file = adapter.flow("words", WORDS)

    await client.begin("launch", flow=str(file))

    assert (await client.event("progressStart"))["progressId"] == "each"
    assert (await client.event("progressUpdate"))["percentage"] == 25.0
    assert (await client.event("progressEnd"))["progressId"] == "each"
