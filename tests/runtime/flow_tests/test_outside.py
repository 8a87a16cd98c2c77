"""Every kind of block that asks the outside, recorded on a real server and had again without it."""

import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph.flow import Block, Flow, Settings
from runtime.flow_tests.case import Matcher, Suite
from runtime.flow_tests.tests_file import suite_of, text_of_suite
from tests.agents.http.server import Received, Sent, WebServer, json_answer
from tests.runtime.flow_tests.conftest import Lab, input_block, output_block

SECRET = "pl4nted-s3cret"


@pytest.fixture
async def web() -> AsyncIterator[WebServer]:
    async with WebServer() as server:
        yield server


async def had_again(lab: Lab, flow: Flow, *, web: WebServer | None = None) -> Suite:
    """The flow's run as a test that went through a file and passed, nothing being asked."""
    made = await lab.recorded(flow)
    suite = suite_of(text_of_suite(Suite({"it": made.case})).encode())
    asked = len(web.received) if web else 0

    verdict = await lab.judge(flow, suite.cases["it"])

    assert [str(finding) for finding in verdict.findings] == []
    assert verdict.state == "passed"
    assert list(made.notes) == []
    assert not web or len(web.received) == asked
    return suite


async def test_several_outputs_of_one_request(lab: Lab, web: WebServer) -> None:
    web.on["/it"] = json_answer({"id": 7})
    flow = Flow.of(
        [
            Block("get", "http.get", {"url": web.url("/it"), "read_as": "json"}),
            output_block("body"),
            output_block("status"),
        ],
        [("get.body", "body_out.value"), ("get.status", "status_out.value")],
    )

    suite = await had_again(lab, flow, web=web)

    assert suite.cases["it"].expect["body"] == Matcher(equals={"id": 7})
    assert suite.cases["it"].expect["status"] == Matcher(equals=200)


async def test_a_stream_of_pages(lab: Lab, web: WebServer) -> None:
    web.on["/items"] = json_answer([{"id": 1}, {"id": 2}])
    flow = Flow.of(
        [Block("pages", "http.pages", {"url": web.url("/items")}), output_block("items")],
        [("pages.items", "items_out.value")],
    )

    suite = await had_again(lab, flow, web=web)

    assert suite.cases["it"].expect["items"] == Matcher(equals=[{"id": 1}, {"id": 2}])


async def test_an_error_port_gets_the_failure_that_was_recorded(lab: Lab, web: WebServer) -> None:
    flow = Flow.of(
        [
            Block("get", "http.get", {"url": web.url("/gone")}, settings=Settings(on_error="port")),
            output_block("error"),
        ],
        [("get.error", "error_out.value")],
    )

    suite = await had_again(lab, flow, web=web)

    assert "404" in json.dumps(suite.cases["it"].expect["error"].wanted)


async def test_one_that_runs_for_each_item(lab: Lab) -> None:
    for name in ("a", "b", "c"):
        (lab.folder / name).write_text(name * 2)
    flow = Flow.of(
        [
            Block("names", "flow.constant", {"value": ["a", "b", "c"]}),
            Block("read", "files.read", settings=Settings(each="path")),
            output_block("all"),
        ],
        [("names.value", "read.path"), ("read.content", "all_out.value")],
    )

    suite = await had_again(lab, flow)

    assert suite.cases["it"].expect["all"] == Matcher(equals=["aa", "bb", "cc"])
    assert [effect.asked for effect in suite.cases["it"].effects] == [
        {"path": "a"},
        {"path": "b"},
        {"path": "c"},
    ]


async def test_bytes_and_a_database_and_the_time(lab: Lab) -> None:
    (lab.folder / "raw").write_bytes(b"\x00\xff")
    with sqlite3.connect(lab.folder / "it.db") as database:
        database.execute("create table t (n integer)")
        database.execute("insert into t values (1), (2)")
    flow = Flow.of(
        [
            Block("read", "files.read", {"path": "raw", "read_as": "bytes"}),
            Block("query", "sql.query", {"database": "it.db", "sql": "select n from t order by n"}),
            Block("now", "data.now"),
            output_block("raw"),
            output_block("rows"),
            output_block("time"),
        ],
        [
            ("read.content", "raw_out.value"),
            ("query.rows", "rows_out.value"),
            ("now.value", "time_out.value"),
        ],
    )

    suite = await had_again(lab, flow)

    expect = suite.cases["it"].expect
    assert expect["raw"] == Matcher(equals={"$bytes": "AP8="})
    assert expect["rows"] == Matcher(equals=[{"n": 1}, {"n": 2}])
    assert "$datetime" in expect["time"].wanted


async def test_inside_a_sub_flow_and_a_try(lab: Lab, web: WebServer) -> None:
    web.on["/it"] = json_answer(1)
    get = Block("get", "http.get", {"url": web.url("/it"), "read_as": "json"})
    broken = Block("get", "http.get", {"url": web.url("/gone")})
    flow = Flow.of(
        [
            Block("call", "flow.call", {"flow": "one"}),
            Block("try", "logic.try", {"body": "two"}),
            output_block("one"),
            output_block("two"),
        ],
        [("call.result", "one_out.value"), ("try.error", "two_out.value")],
        flows={
            "one": Flow.of([get, output_block("result")], [("get.body", "result_out.value")]),
            "two": Flow.of([broken, output_block("result")], [("get.body", "result_out.value")]),
        },
    )

    suite = await had_again(lab, flow, web=web)

    well, badly = suite.cases["it"].effects
    assert (well.task, well.fails) == ("call/get", None)
    assert badly.fails is not None


async def test_no_secret_that_was_sent_or_echoed_gets_into_a_file(
    lab: Lab, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEDDLE_SECRET_TOKEN", SECRET)

    def echo(request: Received) -> Sent:
        return json_answer({"you sent": request.headers["authorization"]})

    web.on["/it"] = echo
    headers = {"Authorization": {"$secret": "token"}}
    fields = {"url": web.url("/it"), "headers": headers, "read_as": "json"}
    flow = Flow.of(
        [input_block("n"), Block("get", "http.get", fields), output_block("body")],
        [("get.body", "body_out.value")],
    )

    made = await lab.recorded(flow, {"n": [f"Bearer {SECRET}"]})
    text = text_of_suite(Suite({"it": made.case}))
    monkeypatch.delenv("HEDDLE_SECRET_TOKEN")
    verdict = await lab.judge(flow, suite_of(text.encode()).cases["it"])

    assert web.received[0].headers["authorization"] == SECRET
    assert SECRET not in text
    assert '"$secret": "token"' in text
    assert verdict.state == "passed", verdict.findings


async def test_a_block_of_a_pack_that_runs_apart(tmp_path: Path) -> None:
    """What is marked as an effect answers from the recording also where it has a process."""
    from graph.compile import compile_flow
    from runtime.compose import World
    from runtime.flow_tests.bench import Bench
    from runtime.flow_tests.desk import Desk
    from runtime.flow_tests.judging import judged
    from runtime.flow_tests.recording import case_of
    from runtime.plugins import installed

    packs = tmp_path / "packs"
    packs.mkdir()
    packs.joinpath("slow.py").write_text(
        "from graph.block import block\n\n\n"
        '@block("slow.count", title="Count", effect="read", process=True)\n'
        "def count(path: str) -> int:\n"
        '    """Count the letters in a file."""\n'
        "    with open(path) as file:\n"
        "        return len(file.read())\n"
    )
    file = tmp_path / "it.txt"
    file.write_text("four")
    flow = Flow.of(
        [Block("count", "slow.count", {"path": str(file)}), output_block("n")],
        [("count.value", "n_out.value")],
    )
    plan = compile_flow(flow, installed(packs).catalog)
    world = World(packs)
    bench = Bench(world, tmp_path)
    try:
        ran = await bench.run(plan, {}, Desk((), "do"), really=True)
        made = await case_of(ran.events, plan, bench)
        file.unlink()
        verdict = await judged("it", made.case, plan, bench, world)
    finally:
        await world.close()

    assert ran.outputs == {"n": 4}
    assert verdict.state == "passed", verdict.findings
