"""Values given anew, and blocks that are not done."""

import pytest

from tests.runtime.services.dap.conftest import Adapter, Asked, Client
from tests.runtime.services.dap.flows import ORDERS, TOTAL, WORDS, line_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_input_is_changed_and_the_run_goes_on_with_it(
    adapter: Adapter, client: Client
) -> None:
    file = adapter.flow("total", TOTAL)
    await client.begin(
        "launch", lambda: client.lines(file, line_of(adapter, "total", '"sum": {')), flow=str(file)
    )
    await client.where()
    net = (await client.values("Inputs"))["net"]

    changed = await client.ask("setVariable", variablesReference=net["of"], name="net", value="1")
    again = await client.ask("setExpression", expression="tax", value="net + 1")
    seen = await client.values("Inputs")
    was = await client.values("Before the change")
    await client.ask("continue", threadId=1)

    assert (changed["value"], again["value"]) == ("1", "2")
    assert {name: one["value"] for name, one in seen.items()} == {"net": "1", "tax": "2"}
    assert was["net"]["value"] == "40"
    assert (await client.event("output", category="stdout"))["output"] == "total = 3\n"


async def test_a_part_of_an_output_is_changed(adapter: Adapter, client: Client) -> None:
    file = adapter.flow("orders", ORDERS)
    await client.begin(
        "launch", lambda: client.lines(file, line_of(adapter, "orders", "order.value ->")),
        flow=str(file),
    )  # fmt: skip
    await client.where()
    order = (await client.values("Outputs"))["value"]
    lines = (await client.members(order["variablesReference"]))["lines"]
    first = (await client.members(lines["variablesReference"]))["0"]

    await client.ask(
        "setVariable", variablesReference=(await client.members(first["variablesReference"]))
        ["quantity"]["of"], name="quantity", value="7",
    )  # fmt: skip
    await client.ask("continue", threadId=1)

    assert (await client.event("output", category="stdout"))["output"] == "quantity = 7\n"


async def test_a_value_of_the_wrong_type_is_refused_with_the_reason(
    adapter: Adapter, client: Client
) -> None:
    file = adapter.flow("words", WORDS)
    await client.begin(
        "launch", lambda: client.lines(file, line_of(adapter, "words", '"upper": {')),
        flow=str(file),
    )  # fmt: skip
    await client.where()
    text = (await client.values("Inputs"))["text"]

    with pytest.raises(Asked, match="must be text, not integer"):
        await client.ask("setVariable", variablesReference=text["of"], name="text", value="7")
    with pytest.raises(Asked, match="Write a text in quotes"):
        await client.ask("setVariable", variablesReference=text["of"], name="text", value="so so")


async def test_a_block_is_skipped_and_gives_what_it_is_told_to(
    adapter: Adapter, client: Client
) -> None:
    file = adapter.flow("total", TOTAL)
    await client.begin(
        "launch", lambda: client.lines(file, line_of(adapter, "total", '"net": {')), flow=str(file)
    )
    await client.where()

    await client.ask("heddle/skip", threadId=1, outputs={"value": 100})
    assert await client.where() == "Before tax"
    done = await client.ask("evaluate", expression=':skip {"value": 1}', context="repl")

    assert done["result"] == "Done."
    assert await client.where() == "Before sum"
    await client.ask("continue", threadId=1)
    assert (await client.event("output", category="stdout"))["output"] == "total = 101\n"


async def test_changes_are_dropped_again(adapter: Adapter, client: Client) -> None:
    file = adapter.flow("total", TOTAL)
    points = [line_of(adapter, "total", text) for text in ('"tax": {', "tax.value -> sum.tax")]
    await client.begin("launch", lambda: client.lines(file, *points), flow=str(file))
    await client.where()

    await client.ask("setExpression", expression="net", value="500")
    await typed(client, ":drop")
    assert (await client.values("Inputs"))["net"]["value"] == "40"
    await client.ask("continue", threadId=1)
    await client.where()
    await client.ask("setExpression", expression="value", value="1.5")
    await typed(client, ":drop")
    with pytest.raises(Asked, match=r"no command ':dorp'\. Did you mean ':drop'"):
        await typed(client, ":dorp")
    await client.ask("continue", threadId=1)

    assert (await client.event("output", category="stdout"))["output"] == "total = 48.0\n"


async def test_what_is_typed_steers_the_run(adapter: Adapter, client: Client) -> None:
    file = adapter.flow("total", TOTAL)
    await client.begin("launch", flow=str(file), stopOnEntry=True)
    await client.where()

    told = await typed(client, ":help")
    await typed(client, ":until sum")

    assert ":skip" in told
    assert await client.where() == "Before sum"
    with pytest.raises(Asked, match="no block 'summ'"):
        await typed(client, ":until summ")
    with pytest.raises(Asked, match="no JSON object"):
        await typed(client, ":skip [1]")
    await client.ask("disconnect")


async def typed(client: Client, text: str) -> str:
    """The answer to what is typed into the debug console."""
    return str((await client.ask("evaluate", expression=text, context="repl"))["result"])
