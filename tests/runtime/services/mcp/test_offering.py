"""Flows as tools: another program, which is the SDK's own client, calls them."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import mcp
import pytest
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError

ROOT = Path(__file__).parents[4]

PACK = '''
"""Blocks that take their time, and that fail."""

import asyncio
import sys
from typing import Any

from graph.block import block
from graph.context import Context
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


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a pack, and a folder `flows` in it."""
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "slow.py").write_text(PACK)
    flows = tmp_path / "flows"
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
    write_flow(flows / "giant.flow.json", "giant", {"kind": "slow.giant"})
    (flows / "broken.flow.json").write_text("{")
    return tmp_path


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "HEDDLE_HOME": str(home), "PYTHONPATH": str(ROOT)}


Client = Callable[..., Any]


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


async def test_every_flow_is_a_tool_with_its_inputs(client: Client, home: Path) -> None:
    async with client() as caller:
        tools = {tool.name: tool for tool in (await caller.list_tools()).tools}

    assert set(tools) == {"say_hello", "wait", "refuse", "giant"}
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
    assert "broken.flow.json is not offered" in (home / "said.txt").read_text()


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_calling_a_tool_runs_the_flow(client: Client, mode: str) -> None:
    async with client(mode=mode) as caller:
        answer = await caller.call_tool("say_hello", {"who": "Ada"})

    assert not answer.is_error
    assert answer.structured_content == {"result": "Hello Ada!"}
    assert answer.content[0].text == "Hello Ada!"
    assert answer.content[1].uri.startswith("heddle://runs/")


async def test_what_a_run_did_is_a_resource(client: Client) -> None:
    async with client() as caller:
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


async def test_inputs_that_do_not_fit_are_said(client: Client) -> None:
    async with client() as caller:
        answer = await caller.call_tool("say_hello", {"whom": "Ada"})

    assert answer.is_error
    assert "no input 'whom'" in answer.content[0].text
    assert "'who' is missing" in answer.content[0].text


async def test_a_flow_that_fails_says_why_and_what_cures_it(client: Client) -> None:
    async with client() as caller:
        answer = await caller.call_tool("refuse", {})

    assert answer.is_error
    said = answer.content[0].text
    assert "in the block 'work': This thread is too thin. Spin a thicker one." in said


async def test_results_that_are_too_large_are_not_sent(client: Client) -> None:
    async with client() as caller:
        answer = await caller.call_tool("giant", {})

    assert answer.is_error
    assert "too many to be told" in answer.content[0].text


async def test_progress_is_told_while_it_runs(client: Client, home: Path) -> None:
    told: list[tuple[float, float | None, str | None]] = []
    mark = home / "mark"

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))
        if message and "halfway" in message:
            mark.touch()

    async with client() as caller:
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


async def test_a_flow_that_is_changed_is_offered_anew(client: Client, home: Path) -> None:
    async with client() as caller:
        await caller.list_tools()
        later = {"kind": "text.template", "fields": {"text": "later"}}
        write_flow(home / "flows" / "later.flow.json", "Later", later)

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


async def test_over_http_with_a_token(home: Path) -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "main.py"), "mcp", str(home / "flows"), "--http", "0",
        env=environment(home) | {"HEDDLE_TOKEN": "s3cret"}, cwd=home,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert server.stdout is not None
    address = (await server.stdout.readline()).decode().split()[-1]
    try:
        async with _at(address, "s3cret") as caller:
            answer = await caller.call_tool("say_hello", {"who": "Ada"})
        assert answer.structured_content == {"result": "Hello Ada!"}

        with pytest.raises(Exception):  # noqa: B017, PT011 - however the SDK says it
            async with _at(address, "wr0ng"):
                pass
    finally:
        server.terminate()
        await server.communicate()


@asynccontextmanager
async def _at(address: str, token: str) -> AsyncIterator[mcp.Client]:
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

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
