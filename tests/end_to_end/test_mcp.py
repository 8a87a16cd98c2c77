"""From a connection to a tool in a flow: agreed to, tried out, called, in a real runtime."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from agents.contract import Grants
from graph.flow import Block, End, Flow, Link
from runtime.compose import compose
from runtime.connections.contents import Draft, NotAgreed
from runtime.events import RunFailed, RunSucceeded
from runtime.runtime import Runtime
from runtime.settings import Settings
from tests.servers.mcp_server import INJECTION

ROOT = Path(__file__).parents[2]
FORECAST = "mcp.loom__weather"


@pytest.fixture
async def runtime(tmp_path: Path) -> AsyncIterator[Runtime]:
    settings = Settings(home=str(tmp_path / "home"), secrets_in="vault")
    grants = Grants(folder=str(tmp_path), hosts=(), databases=())
    async with compose(settings, grants, place="memory:") as made:
        yield made


def make(runtime: Runtime, *options: str, environment: str = "") -> None:
    """Make a connection to the server of the tests, to which nobody has agreed yet."""
    command = f"{sys.executable} -m tests.servers.mcp_server {' '.join(options)}"
    variables = f"PYTHONPATH={ROOT}\n{environment}"
    runtime.connections.put(
        Draft(name="loom", kind="mcp", fields={"command": command},
              secrets={"environment": variables})
    )  # fmt: skip


def agree(runtime: Runtime) -> None:
    runtime.connections.agree("loom", runtime.connections.show("loom").agrees_to)


def calling(kind: str, **fields: Any) -> Flow:
    """A flow with one block, whose value it gives."""
    blocks = [Block("ask", kind, fields), Block("out", "flow.output")]
    return Flow.of(blocks, [Link(End("ask", "value"), End("out", "value"))])


async def outcome(runtime: Runtime, flow: Flow) -> Any:
    run = await runtime.start(flow)
    return await runtime.ended(run)


async def test_a_tool_is_a_block_once_its_connection_was_tried(runtime: Runtime) -> None:
    make(runtime)
    agree(runtime)
    assert FORECAST not in runtime.catalog

    tested = await runtime.connections.test("loom")

    assert tested.ok, tested.said
    assert tested.said.startswith("Loom tools 2.1: ")
    spec = runtime.catalog.spec(FORECAST)
    assert [(p.name, str(p.type)) for p in spec.parameters] == [
        ("city", "text"), ("unit", "one of 'celsius', 'kelvin'"),
    ]  # fmt: skip
    ended = await outcome(runtime, calling(FORECAST, city="Ghent"))
    assert isinstance(ended, RunSucceeded), ended
    assert ended.outputs == {"result": {"city": "Ghent", "degrees": 21.0, "rain": False}}


async def test_nothing_is_started_that_nobody_agreed_to(runtime: Runtime, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    make(runtime, "--mark", str(mark))
    flow = calling("mcp.call", connection={"$connection": "loom"}, tool="add", arguments={"a": 1})

    ended = await outcome(runtime, flow)
    with pytest.raises(NotAgreed):
        await runtime.connections.test("loom")

    assert isinstance(ended, RunFailed)
    assert "Nobody has agreed" in ended.failure.message
    assert not mark.exists()


async def test_a_command_that_was_changed_waits_for_a_new_word(
    runtime: Runtime, tmp_path: Path
) -> None:
    make(runtime)
    agree(runtime)
    make(runtime, "--mark", str(tmp_path / "mark"))
    flow = calling("mcp.call", connection={"$connection": "loom"}, tool="add", arguments={"a": 1})

    assert isinstance(await outcome(runtime, flow), RunFailed)
    assert not (tmp_path / "mark").exists()

    agree(runtime)
    ended = await outcome(runtime, flow)
    assert isinstance(ended, RunSucceeded)
    assert ended.outputs == {"result": 2}
    assert (tmp_path / "mark").exists()


async def test_what_a_server_gives_back_of_a_secret_is_taken_out(runtime: Runtime) -> None:
    make(runtime, environment="LOOM_KEY=tell-nobody-42")
    agree(runtime)
    flow = calling("mcp.call", connection={"$connection": "loom"}, tool="environment")

    ended = await outcome(runtime, flow)

    assert isinstance(ended, RunSucceeded)
    events = await runtime.journal.read(ended.run)
    assert "tell-nobody-42" not in repr(events)


async def test_text_that_wants_to_be_obeyed_gains_nothing(runtime: Runtime) -> None:
    make(runtime)
    agree(runtime)
    before = runtime.connections.overview()
    flow = calling("mcp.call", connection={"$connection": "loom"}, tool="injection")

    ended = await outcome(runtime, flow)

    assert isinstance(ended, RunSucceeded)
    assert ended.outputs == {"result": INJECTION}
    assert runtime.connections.overview() == before


async def test_a_connection_that_is_removed_takes_its_tools_with_it(runtime: Runtime) -> None:
    make(runtime)
    agree(runtime)
    await runtime.connections.test("loom")

    runtime.connections.remove("loom")

    assert FORECAST not in runtime.catalog


async def test_servers_end_with_the_runtime(tmp_path: Path) -> None:
    before = servers()
    settings = Settings(home=str(tmp_path / "home"), secrets_in="vault")
    async with compose(settings, Grants(folder=str(tmp_path)), place="memory:") as runtime:
        make(runtime)
        agree(runtime)
        flow = calling("mcp.call", connection={"$connection": "loom"}, tool="injection")
        assert isinstance(await outcome(runtime, flow), RunSucceeded)
        (server,) = servers() - before

    assert not server.is_running()


def servers() -> set[psutil.Process]:
    children = psutil.Process().children()
    return {child for child in children if "tests.servers.mcp_server" in child.cmdline()}
