"""Using MCP servers: real ones, as children and over HTTP."""

import asyncio
from typing import Any

import psutil
import pytest

from agents.contract import Grants, Means
from agents.errors import NotGranted, Refused, Rejected, Unavailable, Unreachable
from agents.mcp.agent import McpAgent
from agents.mcp.answers import ToolFailed
from agents.mcp.bounds import AT_ONCE, Bounds
from agents.mcp.connections import try_out
from agents.mcp.snapshot import ALL, snapshots
from graph.connections import Connection
from graph.errors import BadInput
from tests.agents.mcp.conftest import bad, connection, loom
from tests.servers.mcp_server import INJECTION

SOON = 20.0


async def test_a_tool_gives_data_text_and_parts(agent: McpAgent, far: Connection) -> None:
    answer = await agent.call(far, "weather", {"city": "Ghent"}, within=SOON)

    assert answer.value == {"city": "Ghent", "degrees": 21.0, "rain": False}
    assert '"city": "Ghent"' in answer.text
    assert [part["type"] for part in answer.content] == ["text"]


async def test_what_the_protocol_wraps_is_unwrapped(agent: McpAgent, far: Connection) -> None:
    assert (await agent.call(far, "add", {"a": 2, "b": 3}, within=SOON)).value == 5


async def test_a_picture_comes_as_bytes(agent: McpAgent, far: Connection) -> None:
    (part,) = (await agent.call(far, "picture", {}, within=SOON)).content

    assert part == {"type": "image", "mime": "image/png", "data": b"\x89PNG not really"}


async def test_a_tool_that_fails_is_a_failure(agent: McpAgent, far: Connection) -> None:
    with pytest.raises(ToolFailed, match="'fail' of 'far' failed"):
        await agent.call(far, "fail", {"reason": "no thread"}, within=SOON)


async def test_progress_is_told(agent: McpAgent, far: Connection) -> None:
    told: list[tuple[float, float, str]] = []

    await agent.call(far, "slow", {"steps": 2}, within=SOON, progress=lambda *how: told.append(how))

    assert told == [(1, 2, "step 1"), (2, 2, "step 2")]


async def test_one_server_serves_many_calls(agent: McpAgent) -> None:
    answers = await asyncio.gather(
        *(agent.call(loom(), "add", {"a": n, "b": 0}, within=SOON) for n in range(20))
    )

    assert [answer.value for answer in answers] == list(range(20))
    assert len(_children()) == 1


async def test_a_server_gets_only_what_is_declared(
    agent: McpAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEDDLE_SECRET_TOKEN", "tell nobody")
    declared = loom(environment="LOOM=wide")

    given = (await agent.call(declared, "environment", {}, within=SOON)).value

    assert given["LOOM"] == "wide"
    assert "HEDDLE_SECRET_TOKEN" not in given
    assert "tell nobody" not in given.values()


async def test_text_that_wants_to_be_obeyed_is_data(agent: McpAgent, far: Connection) -> None:
    answer = await agent.call(far, "injection", {}, within=SOON)

    assert answer.value == INJECTION


async def test_resources_and_prompts_are_read(agent: McpAgent, far: Connection) -> None:
    found = await agent.read(far, "loom://pattern/twill", within=SOON)
    filled = await agent.prompt(far, "ask_for", {"thing": "cloth"}, within=SOON)

    assert found.contents[0].text == "over, under, twill"
    assert filled.messages[0].content.text == "Please make cloth."


# Which servers.


@pytest.mark.parametrize(("hosts", "reaches"), [(("127.0.0.1",), True), (("else.org",), False)])
async def test_where_hosts_are_confined_a_server_over_http_is_too(
    means: Means, far: Connection, hosts: tuple[str, ...], reaches: bool
) -> None:
    agent = McpAgent(Grants(folder="", hosts=hosts, confines_connections=True), means)
    await agent.connect()

    if reaches:
        assert (await agent.call(far, "add", {"a": 2, "b": 3}, within=SOON)).value == 5
    else:
        with pytest.raises(NotGranted, match="where the connection 'far' leads"):
            await agent.call(far, "add", {}, within=SOON)
    await agent.close()


async def test_metadata_is_out_of_reach_even_if_agreed_to(agent: McpAgent) -> None:
    with pytest.raises(NotGranted, match="no flow may reach"):
        await agent.call(connection(url="http://169.254.169.254/mcp"), "add", {}, within=SOON)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "neither a command nor an address"),
        ({"command": "x", "url": "http://x/"}, "both a command and an address"),
        ({"command": "npx 'unclosed"}, "quote isn't closed"),
        ({"url": "ftp://x"}, "can't be used"),
        ({"url": "https://user:word@host/mcp"}, "can't be used"),
    ],
)
async def test_what_is_no_server_is_said(
    agent: McpAgent, fields: dict[str, str], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        await agent.tools(Connection("loom", "mcp", fields))


# Over HTTP.


async def test_a_server_that_refuses_the_token_is_said(agent: McpAgent, far: Connection) -> None:
    stranger = connection(url=far.get("url"), token="wr0ng")

    with pytest.raises(Refused, match="status 401"):
        await agent.call(stranger, "add", {"a": 2}, within=SOON)


async def test_being_cancelled_tells_a_server_over_http(agent: McpAgent, far: Connection) -> None:
    await _cancelled_midway(agent, far)


async def test_a_server_that_is_gone_is_found_again(agent: McpAgent) -> None:
    with pytest.raises(Unavailable, match="'loom' ended"):
        await agent.call(loom(), "die", {}, within=SOON)

    assert (await agent.call(loom(), "add", {"a": 1}, within=SOON)).value == 2


# Servers that misbehave.


async def test_a_hanging_tool_is_given_up(agent: McpAgent) -> None:
    with pytest.raises(Unreachable, match="did not answer the tool 'ask' in time"):
        await agent.call(bad("hang"), "ask", {}, within=0.2)


@pytest.mark.parametrize(
    ("way", "kind", "said"),
    [
        ("flood", Rejected, "it floods"),
        ("babble", Rejected, "not the protocol: 'Loading"),
        ("giant", Rejected, "more than 16 MB"),
        ("die", Unavailable, "It last said: out of thread"),
        ("lie", Rejected, "gave something else than it says it gives"),
        ("nonsense", Rejected, "what is no answer"),
    ],
)
async def test_what_a_bad_server_does_is_bounded_and_said(
    agent: McpAgent, way: str, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        await agent.call(bad(way), "ask", {}, within=SOON)


async def test_being_cancelled_tells_a_child(agent: McpAgent) -> None:
    await _cancelled_midway(agent, loom())


async def test_nothing_that_was_started_outlives_the_agent(means: Means) -> None:
    agent = McpAgent(Grants(folder=""), means)
    await agent.connect()
    with pytest.raises(Unreachable):
        await agent.call(bad("stubborn"), "ask", {}, within=0.2)
    (child,) = _children()

    await agent.close()

    assert not child.is_running()


def test_a_burst_is_no_flood_and_a_flood_is() -> None:
    now = 0.0
    bounds = Bounds(lambda: now)
    for _ in range(AT_ONCE):
        bounds.heard()
    assert not bounds.broken

    now = 1.0
    for _ in range(201):
        bounds.heard()
    assert bounds.broken


# What servers offer.


async def test_what_a_server_offers_is_kept(agent: McpAgent, means: Means, far: Connection) -> None:
    await agent.tools(far)

    (kept,) = snapshots(means.folder)
    weather = kept.tool("weather")

    assert kept.server == "Loom tools 2.1"
    assert weather is not None
    assert weather.title == "Weather in a city"
    assert weather.repeats
    assert weather.gives is not None


@pytest.mark.parametrize(
    ("agreed", "reads"),
    [("", set()), ("note\nweather", {"note", "weather"}), ("*", {"add", "weather"})],
)
async def test_what_a_tool_says_of_itself_is_no_more_than_was_agreed_to(
    agent: McpAgent, far: Connection, agreed: str, reads: set[str]
) -> None:
    found = await agent.tools(Connection(far.name, "mcp", {**far.fields, "reads": agreed}))

    assert {tool.name for tool in found.tools if tool.reads} & {"add", "note", "weather"} == reads


async def test_what_is_agreed_to_counts_in_a_session_that_has_begun(
    agent: McpAgent, far: Connection
) -> None:
    await agent.tools(Connection(far.name, "mcp", {**far.fields, "reads": "note"}))

    found = await agent.tools(far)

    assert not any(tool.reads for tool in found.tools)


async def test_of_what_a_server_offers_no_more_is_kept_than_is_bearable(agent: McpAgent) -> None:
    found = await agent.tools(bad("sprawl"))

    assert {tool.name for tool in found.tools} == {"ask", *(f"t{number}" for number in range(60))}
    assert sum(len(str(tool.takes)) for tool in found.tools) <= ALL


async def test_a_tool_that_comes_later_is_kept_too(agent: McpAgent, means: Means) -> None:
    await agent.call(loom(), "grow", {}, within=SOON)

    async with asyncio.timeout(SOON):
        while not any(kept.tool("grown") for kept in snapshots(means.folder)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_trying_out_says_what_there_is(far: Connection) -> None:
    said = await try_out(far)

    assert said.startswith("Loom tools 2.1: ")
    assert "add, weather, note" in said


async def _cancelled_midway(agent: McpAgent, to: Connection) -> None:
    begun = asyncio.Event()
    call = asyncio.create_task(
        agent.call(to, "slow", {"seconds": 3600}, within=7200, progress=lambda *_: begun.set())
    )
    await begun.wait()

    call.cancel()
    await asyncio.wait([call])

    assert call.cancelled()
    async with asyncio.timeout(SOON):
        while "slow" not in (await agent.call(to, "history", {}, within=SOON)).value["cancelled"]:
            continue


def _children() -> list[Any]:
    """The servers that this process has started."""
    return [
        child
        for child in psutil.Process().children()
        if any("mcp_" in part for part in child.cmdline()) and "--http" not in child.cmdline()
    ]
