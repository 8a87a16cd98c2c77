"""Where a run stops: on lines, links, blocks, values and errors, and what never stops."""

import asyncio

import pytest

from graph.flow import Block, Flow, Settings
from tests.runtime.services.dap.conftest import TOKEN, Adapter, Client
from tests.runtime.services.dap.flows import BROKEN, TOTAL, WORDS, line_of
from tests.runtime.services.dap.outside import outside

pytestmark = pytest.mark.asyncio(loop_scope="module")


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


async def test_its_own_check_of_a_breakpoint_passes(adapter: Adapter, client: Client) -> None:
    """The client's own scenario: launch, set, stop where it was set."""
    file = adapter.flow("total", TOTAL)
    line = line_of(adapter, "total", '"tax": {')

    await client.call(
        "hitBreakpoint", {"flow": str(file), "token": TOKEN}, {"path": str(file), "line": line}
    )


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


async def test_without_debugging_nothing_stops(adapter: Adapter, client: Client) -> None:
    file = adapter.flow("total", TOTAL)

    await client.begin(
        "launch", lambda: client.lines(file, line_of(adapter, "total", '"sum": {')),
        flow=str(file), noDebug=True,
    )  # fmt: skip

    assert (await client.event("exited"))["exitCode"] == 0


@pytest.mark.parametrize(("filter", "most"), [("tokens", "100"), ("cost", "0.60")])
async def test_a_run_stops_once_it_has_used_too_much(
    adapter: Adapter, client: Client, filter: str, most: str
) -> None:
    async with outside() as world:
        flow = Flow.of(
            [
                Block("each", "logic.for_each", {"items": [1, 2, 3, 4], "body": "ask",
                                                 "parallel": 1}),
                Block("out", "flow.output"),
            ],
            [("each.value", "out.value")],
            flows={
                "ask": Flow.of(
                    [Block("model", "http.request", {"url": world.address}),
                     Block("result", "flow.output")],
                    [("model.body", "result.value")],
                )
            },
        )  # fmt: skip
        file = adapter.flow("spending", flow)

        async def budget() -> None:
            options = [{"filterId": filter, "condition": most}]
            await client.ask("setExceptionBreakpoints", filters=[], filterOptions=options)

        await client.begin("launch", budget, flow=str(file))
        stopped = await client.event("stopped")

        assert stopped["description"] == "After each[2]/model"
        assert "120 tokens and $0.75" in stopped["text"]
        await client.ask("disconnect")
        assert world.asked == 3
