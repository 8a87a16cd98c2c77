"""Flows as tools: another program, which is the SDK's own client, calls them."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import mcp
import pytest
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp.types import ElicitResult, Implementation

from agents.contract import Grants
from runtime.commands import AnswerTask
from runtime.compose import compose
from runtime.events import RunSucceeded
from runtime.settings import Settings

ROOT = Path(__file__).parents[4]
TOKEN = "s3cret"

PACK = '''
"""Blocks that take their time, and that fail."""

import asyncio
import sys
from typing import Any

from graph.block import block
from graph.context import Asked, Context
from graph.errors import BadInput

print("printed while it is imported")


@block("slow.wait", title="Wait")
async def wait(context: Context, value: Any = None, mark: str = "") -> Any:
    """Wait until the file called `mark` is there."""
    from pathlib import Path

    print("printed while it runs")
    Path(mark + ".begun").touch()
    while not Path(mark).exists():
        context.progress(1, 2, "halfway")
        await asyncio.sleep(0.02)
    return value


@block("slow.refuse", title="Refuse")
async def refuse(value: Any = None) -> Any:
    """Always fail."""
    raise BadInput("This thread is too thin.", cure="Spin a thicker one.")


@block("slow.ask", title="Ask", effect="write", repeatable=True)
async def ask(context: Context) -> Any:
    """Ask a person."""
    takes = {
        "type": "object",
        "properties": {"width": {"type": "integer"}},
        "required": ["width"],
    }
    answer = await context.ask(Asked(title="How wide?", text="In cm.", takes=takes))
    return f"{answer.values['width']} cm, says {answer.by}"


@block("slow.giant", title="Giant")
async def giant() -> str:
    """Give a very long text."""
    return "x" * 2_000_000
'''


def write_flow(path: Path, name: str, work: dict[str, Any], **inputs: Any) -> None:
    """Write a flow in which one block takes the inputs and gives the result."""
    given = {
        f"in_{input}": {"kind": "flow.input", "fields": {"name": input, **fields}}
        for input, fields in inputs.items()
    }
    links = [f"in_{input}.value -> work.{input}" for input in inputs]
    flow = {
        "heddle": 1,
        "name": name,
        "description": f"What {name} is for.",
        "blocks": {**given, "work": work, "out": {"kind": "flow.output", "fields": {}}},
        "links": [*links, "work.value -> out.value"],
    }
    path.write_text(json.dumps(flow))


Client = Callable[..., Any]


def furnished(home: Path) -> Path:
    """A home with a pack, and a folder `flows` in it."""
    (home / "packs").mkdir()
    (home / "packs" / "slow.py").write_text(PACK)
    flows = home / "flows"
    flows.mkdir()
    hello = {"kind": "text.template", "fields": {"text": "Hello {who}{mark}"}}
    who = {"type": "text", "required": True, "description": "Whom to greet."}
    write_flow(
        flows / "hello.flow.json", "Say hello", hello,
        who=who, mark={"type": "text", "default": "!"},
    )  # fmt: skip
    mark = {"type": "text", "required": True}
    write_flow(flows / "wait.flow.json", "wait", {"kind": "slow.wait"}, mark=mark)
    write_flow(flows / "refuse.flow.json", "refuse", {"kind": "slow.refuse"})
    write_flow(flows / "ask.flow.json", "ask", {"kind": "slow.ask"})
    write_flow(flows / "giant.flow.json", "giant", {"kind": "slow.giant"})
    (flows / "broken.flow.json").write_text("{")
    return home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return furnished(tmp_path)


class Served(NamedTuple):
    """A server over HTTP: what it said where it is, and what it lives in."""

    address: str
    home: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server over HTTP for all tests that only ask it something."""
    home = furnished(tmp_path_factory.mktemp("served"))
    with (home / "said.txt").open("w") as said:
        server = subprocess.Popen(
            [sys.executable, ROOT / "main.py", "mcp", home / "flows", "--http", "0"],
            env=environment(home) | {"HEDDLE_TOKEN": TOKEN}, cwd=home,
            stdout=subprocess.PIPE, stderr=said, text=True,
        )  # fmt: skip
    assert server.stdout is not None
    try:
        yield Served(server.stdout.readline().split()[-1], home)
    finally:
        server.terminate()
        server.communicate()


@pytest.fixture
def far(served: Served) -> Client:
    """`async with far()` gives a client of that server."""
    return lambda: at(served.address, TOKEN)


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "HEDDLE_HOME": str(home), "PYTHONPATH": str(ROOT)}


@pytest.fixture
def client(home: Path) -> Client:
    """`async with client()` gives a client of `heddle mcp`, which it starts."""

    @asynccontextmanager
    async def connected(*options: str, **more: Any) -> AsyncIterator[mcp.Client]:
        server = StdioServerParameters(
            command=sys.executable,
            args=[str(ROOT / "main.py"), "mcp", *(options or [str(home / "flows")])],
            env=environment(home),
            cwd=home,
        )
        with (home / "said.txt").open("w") as said:
            async with mcp.Client(stdio_client(server, said), **more) as made:
                yield made

    return connected


async def test_every_flow_is_a_tool_with_its_inputs(far: Client, served: Served) -> None:
    async with far() as caller:
        tools = {tool.name: tool for tool in (await caller.list_tools()).tools}

    assert set(tools) == {"say_hello", "wait", "refuse", "giant", "ask"}
    hello = tools["say_hello"]
    assert hello.title == "Say hello"
    assert hello.description == "What Say hello is for."
    assert hello.input_schema == {
        "type": "object",
        "properties": {
            "who": {"type": "string", "description": "Whom to greet."},
            "mark": {"type": "string", "default": "!"},
        },
        "required": ["who"],
        "additionalProperties": False,
    }
    assert hello.output_schema == {"type": "object", "properties": {"result": {}}}
    assert "broken.flow.json is not offered" in (served.home / "said.txt").read_text()


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_calling_a_tool_runs_the_flow(client: Client, mode: str) -> None:
    async with client(mode=mode) as caller:
        answer = await caller.call_tool("say_hello", {"who": "Ada"})

    assert not answer.is_error
    assert answer.structured_content == {"result": "Hello Ada!"}
    assert answer.content[0].text == "Hello Ada!"
    assert answer.content[1].uri.startswith("heddle://runs/")


async def test_what_a_run_did_is_a_resource(far: Client) -> None:
    async with far() as caller:
        link = (await caller.call_tool("say_hello", {"who": "Ada"})).content[1]
        told = json.loads((await caller.read_resource(link.uri)).contents[0].text)
        listed = [one.uri for one in (await caller.list_resources()).resources]
        flow = json.loads((await caller.read_resource("heddle://flows/say_hello")).contents[0].text)
        templates = (await caller.list_resource_templates()).resource_templates

    assert told["state"] == "succeeded"
    assert told["outputs"] == {"result": "Hello Ada!"}
    assert link.uri in listed
    assert "heddle://flows/say_hello" in listed
    assert flow["flow"]["name"] == "Say hello"
    assert {one.uri_template for one in templates} == {
        "heddle://runs/{run}", "heddle://flows/{name}",
    }  # fmt: skip


async def test_runs_of_other_flows_are_nobodys_business(client: Client, home: Path) -> None:
    async with client() as caller:
        link = (await caller.call_tool("say_hello", {"who": "Ada"})).content[1]

    async with client(str(home / "flows" / "wait.flow.json")) as other:
        with pytest.raises(MCPError, match="There is no heddle://runs/"):
            await other.read_resource(link.uri)


async def test_inputs_that_do_not_fit_are_said(far: Client) -> None:
    async with far() as caller:
        answer = await caller.call_tool("say_hello", {"whom": "Ada"})

    assert answer.is_error
    assert "no input 'whom'" in answer.content[0].text
    assert "'who' is missing" in answer.content[0].text


async def test_a_flow_that_fails_says_why_and_what_cures_it(far: Client) -> None:
    async with far() as caller:
        answer = await caller.call_tool("refuse", {})

    assert answer.is_error
    said = answer.content[0].text
    assert "in the block 'work': This thread is too thin. Spin a thicker one." in said


async def test_results_that_are_too_large_are_not_sent(far: Client) -> None:
    async with far() as caller:
        answer = await caller.call_tool("giant", {})

    assert answer.is_error
    assert "too many to be told" in answer.content[0].text


async def test_progress_is_told_while_it_runs(far: Client, served: Served) -> None:
    told: list[tuple[float, float | None, str | None]] = []
    mark = served.home / "mark"

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))
        if message and "halfway" in message:
            mark.touch()

    async with far() as caller:
        await caller.call_tool("wait", {"mark": str(mark)}, progress_callback=hear)

    assert ("work: halfway") in {message for _, _, message in told}
    assert [one[0] for one in told] == sorted(one[0] for one in told)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_call_that_is_cancelled_cancels_the_run(
    client: Client, home: Path, mode: str
) -> None:
    begun = asyncio.Event()

    async def hear(*_: Any) -> None:
        begun.set()

    async with client(mode=mode) as caller:
        call = asyncio.create_task(
            caller.call_tool("wait", {"mark": str(home / "never")}, progress_callback=hear)
        )
        await begun.wait()
        call.cancel()
        await asyncio.wait([call])
        (run,) = [one.uri for one in (await caller.list_resources()).resources if "runs" in one.uri]
        async with asyncio.timeout(20):
            state = ""
            while state != "cancelled":
                state = json.loads((await caller.read_resource(run)).contents[0].text)["state"]


# A flow that asks a person.


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_what_a_flow_asks_is_put_to_the_user_of_the_client(client: Client, mode: str) -> None:
    asked: list[Any] = []

    async def answer(_: Any, params: Any) -> ElicitResult:
        asked.append(params)
        return ElicitResult(action="accept", content={"width": 90})

    info = Implementation(name="weaver", version="1")
    async with client(mode=mode, elicitation_callback=answer, client_info=info) as caller:
        given = await caller.call_tool("ask", {})

    (params,) = asked
    assert params.message == "How wide?\n\nIn cm."
    assert params.requested_schema["properties"] == {"width": {"type": "integer"}}
    assert given.structured_content == {"result": "90 cm, says weaver (MCP)"}


async def test_while_the_client_asks_somebody_else_may_answer(client: Client, home: Path) -> None:
    """The caller learns what came of it all the same."""

    async def late(context: Any, _: Any) -> ElicitResult:
        runs = await context.session.list_resources()
        (run,) = [one.name for one in runs.resources if "runs" in one.uri]
        settings = Settings(home=str(home))
        async with compose(settings, Grants(folder=str(home))) as runtime:
            await runtime.obey(AnswerTask(run, {"width": 70}, by="Ada"))
            await runtime.ended(run)
        return ElicitResult(action="accept", content={"width": 90})

    async with client(elicitation_callback=late) as caller:
        given = await caller.call_tool("ask", {})

    assert given.structured_content == {"result": "70 cm, says Ada"}


async def test_a_user_who_declines_leaves_the_question_open(client: Client, home: Path) -> None:
    async def decline(_: Any, __: Any) -> ElicitResult:
        return ElicitResult(action="decline")

    async with client(elicitation_callback=decline) as caller:
        told = await caller.call_tool("ask", {})

    assert told.is_error
    assert "waits for an answer: How wide?" in told.content[0].text


async def test_a_client_without_forms_is_told_where_to_answer_and_others_can(
    client: Client, home: Path
) -> None:
    async with client() as caller:
        told = await caller.call_tool("ask", {})
        run = told.content[1].name
        settings = Settings(home=str(home))

        async with compose(settings, Grants(folder=str(home))) as runtime:
            await runtime.obey(AnswerTask(run, {"width": 80}, by="Ada"))
            ended = await runtime.ended(run)

        state = json.loads((await caller.read_resource(told.content[1].uri)).contents[0].text)

    assert told.is_error
    assert "Inbox" in told.content[0].text
    assert isinstance(ended, RunSucceeded)
    assert state["outputs"] == {"result": "80 cm, says Ada"}


# The rest.


async def test_a_flow_that_is_changed_is_offered_anew(far: Client, served: Served) -> None:
    async with far() as caller:
        await caller.list_tools()
        later = {"kind": "text.template", "fields": {"text": "later"}}
        write_flow(served.home / "flows" / "later.flow.json", "Later", later)

        answer = await caller.call_tool("later", {})

    assert answer.structured_content == {"result": "later"}


async def test_there_is_nothing_on_the_standard_output_but_the_protocol(home: Path) -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "main.py"), "mcp", str(home / "flows"),
        env=environment(home), cwd=home, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    (home / "mark").touch()
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {
        "name": "t", "version": "1"}}  # fmt: skip
    asked = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call",
         "params": {"name": "wait", "arguments": {"mark": str(home / "mark")}}},
    ]  # fmt: skip
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(b"not the protocol\n")
    for message in asked:
        server.stdin.write(json.dumps(message).encode() + b"\n")
    said = []
    while not any(message.get("id") == 2 for message in said):
        said.append(json.loads(await server.stdout.readline()))
    server.stdin.close()
    rest = await server.stdout.read()

    assert await server.wait() == 0
    assert rest == b""
    assert all(message["jsonrpc"] == "2.0" for message in said)


async def test_a_client_that_hangs_up_leaves_the_run_to_be_resumed(
    client: Client, home: Path
) -> None:
    mark = home / "mark"
    async with client() as caller:
        call = asyncio.create_task(caller.call_tool("wait", {"mark": str(mark)}))
        async with asyncio.timeout(20):
            while not Path(f"{mark}.begun").exists():  # noqa: ASYNC110, ASYNC240
                await asyncio.sleep(0.01)
    await asyncio.wait([call])

    mark.touch()
    async with client() as caller:
        (run,) = [one for one in (await caller.list_resources()).resources if "runs" in one.uri]
    assert "cancelled" not in run.title


async def test_a_client_without_the_token_is_not_let_in(served: Served) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - however the SDK says it
        async with at(served.address, "wr0ng"):
            pass


@asynccontextmanager
async def at(address: str, token: str) -> AsyncIterator[mcp.Client]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        mcp.Client(streamable_http_client(address, http_client=http)) as made,
    ):
        yield made


async def test_the_configuration_for_clients_names_the_flow(home: Path) -> None:
    shown = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "main.py"), "mcp", "flows/hello.flow.json", "--print-config",
        env=environment(home), cwd=home, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    config = json.loads((await shown.communicate())[0])

    (server,) = config["mcpServers"].values()
    assert Path(server["command"]).is_absolute()
    assert server["args"][-2:] == ["mcp", str((home / "flows/hello.flow.json").resolve())]
