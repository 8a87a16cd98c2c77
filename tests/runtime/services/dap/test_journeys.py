"""What a person does with a flow in an editor: stop, see, step, change, go back, go on."""

import asyncio

import pytest

from graph.flow import Block, Flow, Settings
from tests.runtime.services.dap.conftest import TOKEN, Adapter, Asked, Client

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

WORDS = Flow.of(
    [
        Block("each", "logic.for_each", {"items": ["warp", "weft", "heddle", "shuttle"],
                                         "body": "one", "parallel": 1}, "For each word"),
        Block("out", "flow.output", {"name": "words"}),
    ],
    [("each.value", "out.value")],
    name="Words",
    flows={
        "one": Flow.of(
            [
                Block("item", "flow.input", {"name": "item"}),
                Block("upper", "text.case", {"style": "upper"}),
                Block("line", "text.template", {"text": "{word}!"}),
                Block("result", "flow.output"),
            ],
            [
                ("item.value", "upper.text"), ("upper.value", "line.word"),
                ("line.value", "result.value"),
            ],
        )
    },
)  # fmt: skip
ORDERS = Flow.of(
    [
        Block("order", "code.python", {"code": "return {'lines': [{'quantity': 2}]}"}),
        Block("count", "code.python", {"code": "return order['lines'][0]['quantity']"}),
        Block("out", "flow.output", {"name": "quantity"}),
    ],
    [("order.value", "count.order"), ("count.value", "out.value")],
)
BROKEN = Flow.of(
    [
        Block("by", "flow.input", {"name": "by", "type": "number", "default": 5}),
        Block("divide", "code.python", {"code": "return 10 / by"}),
        Block("out", "flow.output", {"name": "share"}),
    ],
    [("by.value", "divide.by"), ("divide.value", "out.value")],
    name="Broken",
)


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


async def test_a_condition_a_hit_count_and_a_log_message(adapter: Adapter, client: Client) -> None:
    file = adapter.flow("words", WORDS)
    upper = line_of(adapter, "words", '"upper": {')
    line = line_of(adapter, "words", '"line": {')

    bound = await client.begin(
        "launch",
        lambda: client.lines(
            file,
            {"line": upper, "logMessage": "{text} comes"},
            {"line": line, "condition": "word == 'WEFT'"},
        ),
        flow=str(file),
    )
    logged = [await client.event("output", category="console") for _ in range(2)]
    stopped = await client.event("stopped")

    assert [one["verified"] for one in bound] == [True, True]
    assert [one["output"] for one in logged] == ["warp comes\n", "weft comes\n"]
    assert logged[0]["line"] == upper
    assert stopped["description"] == "Before each[1]/line"
    await client.lines(file, {"line": upper, "hitCondition": "2"})
    await client.ask("continue", threadId=1)
    assert await client.where() == "Before each[3]/upper"


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


async def test_a_breakpoint_on_a_link_stops_when_the_value_is_there(
    adapter: Adapter, client: Client
) -> None:
    file = adapter.flow("total", TOTAL)
    line = line_of(adapter, "total", "net.value -> tax.net")

    [bound] = await client.begin(
        "launch", lambda: client.lines(file, {"line": line, "condition": "value > 30"}),
        flow=str(file),
    )  # fmt: skip

    assert bound["line"] == line
    assert await client.where() == "After net"
    assert (await client.values("Outputs"))["value"]["value"] == "40"


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


async def test_an_error_stops_the_run_before_it_is_raised_and_is_mended(
    adapter: Adapter, client: Client
) -> None:
    file = adapter.flow("broken", BROKEN)

    async def filters() -> None:
        await client.ask("setExceptionBreakpoints", filters=["uncaught"])

    await client.begin("launch", filters, flow=str(file), inputs={"by": 0})
    stopped = await client.event("stopped")
    info = await client.ask("exceptionInfo", threadId=1)
    error = await client.values("Error")

    assert stopped["reason"] == "exception"
    assert "division by zero" in stopped["text"]
    assert info["exceptionId"] == "CodeFailed"
    assert "division by zero" in info["details"]["stackTrace"]
    assert "division" in error["message"]["value"]
    await client.ask("setExpression", expression="by", value="5")
    await client.ask("heddle/retry", threadId=1)
    assert await client.where() == "Before out"
    await client.ask("continue", threadId=1)
    assert (await client.event("output", category="stdout"))["output"] == "share = 2.0\n"


async def test_an_error_that_is_let_go_ends_the_run_with_exit_code_1(
    adapter: Adapter, client: Client
) -> None:
    file = adapter.flow("broken", BROKEN)

    await client.begin("launch", flow=str(file), inputs={"by": 0})

    assert (await client.event("exited"))["exitCode"] == 1
    await client.event("terminated")


async def test_a_value_that_changes_stops_the_run(adapter: Adapter, client: Client) -> None:
    file = adapter.flow("words", WORDS)
    await client.begin(
        "launch", lambda: client.lines(file, line_of(adapter, "words", '"line": {')),
        flow=str(file),
    )  # fmt: skip
    await client.where()
    word = (await client.values("Inputs"))["word"]
    info = await client.ask("dataBreakpointInfo", variablesReference=word["of"], name="word")

    await client.lines(file)
    points = [{"dataId": info["dataId"]}]
    [bound] = (await client.ask("setDataBreakpoints", breakpoints=points))["breakpoints"]
    await client.ask("continue", threadId=1)
    stopped = await client.event("stopped")

    assert (info["description"], bound["verified"]) == ("each/line.word", True)
    assert stopped["reason"] == "data breakpoint"
    assert "It was" in stopped["text"]


async def test_a_block_is_stopped_at_by_its_name(adapter: Adapter, client: Client) -> None:
    file = adapter.flow("words", WORDS)

    async def by_name() -> object:
        points = [{"name": "upper", "hitCondition": "2"}, {"name": "uper"}]
        return await client.ask("setFunctionBreakpoints", breakpoints=points)

    bound = await client.begin("launch", by_name, flow=str(file))

    assert [one["verified"] for one in bound["breakpoints"]] == [True, False]
    assert "each/upper" in bound["breakpoints"][1]["message"]
    assert (await client.event("stopped"))["reason"] == "function breakpoint"


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


async def test_breakpoints_may_stand_where_a_block_or_a_link_begins(
    adapter: Adapter, client: Client
) -> None:
    file = adapter.flow("total", TOTAL)
    await client.begin("launch", flow=str(file), stopOnEntry=True)
    await client.where()

    found = await client.ask(
        "breakpointLocations", source={"path": str(file)}, line=1, endLine=1000
    )
    sources = await client.ask("loadedSources")

    lines = [one["line"] for one in found["breakpoints"]]
    assert line_of(adapter, "total", '"tax": {') in lines
    assert line_of(adapter, "total", "sum.value -> out.value") in lines
    assert len(lines) == len(TOTAL.blocks) + len(TOTAL.links)
    assert [one["path"] for one in sources["sources"]] == [str(file)]


async def test_what_can_never_stop_says_why(adapter: Adapter, client: Client) -> None:
    file = adapter.flow("total", TOTAL)
    other = adapter.flow("other", WORDS)
    net = line_of(adapter, "total", '"net": {')

    async def points() -> object:
        return [
            *await client.lines(file, 1, line_of(adapter, "total", '"price": {')),
            *await client.lines(file, {"line": net, "hitCondition": "often"}),
            *await client.lines(other, 10),
        ]

    bound = await client.begin("launch", points, flow=str(file))

    assert [one["verified"] for one in bound] == [False] * 4
    said = [one["message"] for one in bound]
    assert "No block and no link" in said[0]
    assert "has its value before anything runs" in said[1]
    assert "count hits" in said[2]
    assert "no part of the flow" in said[3]


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


async def test_without_debugging_nothing_stops(adapter: Adapter, client: Client) -> None:
    file = adapter.flow("total", TOTAL)

    await client.begin(
        "launch", lambda: client.lines(file, line_of(adapter, "total", '"sum": {')),
        flow=str(file), noDebug=True,
    )  # fmt: skip

    assert (await client.event("exited"))["exitCode"] == 0


async def test_a_flow_in_a_file_of_its_own_has_its_lines_there(
    adapter: Adapter, client: Client
) -> None:
    adapter.flow("inner", WORDS.flows["one"])
    outer = Flow.of(
        [Block("each", "logic.for_each", {"items": ["warp"], "body": "inner.flow.json"}),
         Block("out", "flow.output")],
        [("each.value", "out.value")], name="Outer",
    )  # fmt: skip
    text = adapter.flow("outer", outer)
    inner = adapter.folder / "inner.flow.json"
    line = line_of(adapter, "inner", '"line": {')

    [bound] = await client.begin("launch", lambda: client.lines(inner, line), flow=str(text))
    await client.where()
    frames = await client.frames()
    sources = (await client.ask("loadedSources"))["sources"]

    assert bound["verified"]
    assert [(one["source"]["name"], one["line"]) for one in frames[:2]] == [
        ("inner.flow.json", line),
        ("outer.flow.json", line_of(adapter, "outer", '"each": {')),
    ]
    assert [one["name"] for one in sources] == ["inner.flow.json", "outer.flow.json"]
    await client.ask("disconnect")


async def test_it_is_told_how_far_a_loop_is(adapter: Adapter, client: Client) -> None:
    file = adapter.flow("words", WORDS)

    await client.begin("launch", flow=str(file))

    assert (await client.event("progressStart"))["progressId"] == "each"
    assert (await client.event("progressUpdate"))["percentage"] == 25.0
    assert (await client.event("progressEnd"))["progressId"] == "each"


async def test_a_caught_error_is_told_of_and_stops_only_where_all_do(
    adapter: Adapter, client: Client
) -> None:
    settings = Settings(on_error="continue")
    flow = Flow.of(
        [Block("divide", "code.python", {"code": "return 1 / 0"}, "", settings)], name="Caught"
    )
    file = adapter.flow("caught", flow)

    async def filters() -> None:
        await client.ask("setExceptionBreakpoints", filters=["uncaught"])

    await client.begin("launch", filters, flow=str(file))
    told = await client.event("output", category="stderr")
    assert "division by zero" in told["output"]
    assert told["line"] == line_of(adapter, "caught", '"divide": {')
    assert (await client.event("exited"))["exitCode"] == 0

    other = await adapter.client()

    async def all_filters() -> None:
        condition = "error['type'] == 'CodeFailed'"
        options = [{"filterId": "all", "condition": condition}]
        await other.ask("setExceptionBreakpoints", filters=[], filterOptions=options)

    await other.begin("launch", all_filters, flow=str(file))
    assert (await other.event("stopped"))["reason"] == "exception"
    await other.ask("disconnect")


async def test_lines_are_counted_as_the_client_counts_them(
    adapter: Adapter, client: Client
) -> None:
    file = adapter.flow("total", TOTAL)
    line = line_of(adapter, "total", '"tax": {') - 1
    await client.ask("initialize", adapterID="heddle", linesStartAt1=False, columnsStartAt1=False)
    launched = asyncio.create_task(client.ask("launch", flow=str(file), token=TOKEN))
    await client.event("initialized")

    [bound] = await client.lines(file, line)
    await client.ask("configurationDone")
    await launched
    await client.where()

    assert bound["line"] == line
    assert [(one["line"], one["column"]) for one in await client.frames()] == [(line, 4), (0, 0)]
    await client.ask("disconnect")


async def test_its_own_check_of_a_breakpoint_passes(adapter: Adapter, client: Client) -> None:
    """The client's own scenario: launch, set, stop where it was set."""
    file = adapter.flow("total", TOTAL)
    line = line_of(adapter, "total", '"tax": {')

    await client.call(
        "hitBreakpoint", {"flow": str(file), "token": TOKEN}, {"path": str(file), "line": line}
    )
