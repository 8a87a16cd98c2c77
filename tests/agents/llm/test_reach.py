"""Where a connection may lead: to its own host, to granted ones if that is said, never inside."""

import asyncio
import socket
from typing import Any

import msgspec
import pytest

from agents.errors import AgentError, NotGranted, Rejected, Unreachable
from agents.llm.connections import try_out
from graph.connections import Connection
from tests.agents.http.server import Sent, WebServer
from tests.agents.llm.conftest import KEY, Asking
from tests.servers.models import Models

EACH = pytest.mark.parametrize("kind", ["anthropic", "openai", "openai_compatible"])


def granted(asking: Asking, **grants: Any) -> None:
    asking.grants = msgspec.structs.replace(asking.grants, **grants)


def resolving_to(*addresses: str) -> Any:
    """Stands in for DNS: gives one answer after the other."""
    left = list(addresses)

    async def getaddrinfo(_host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (left.pop(0), port))]

    return getaddrinfo


async def test_a_connection_leads_to_its_own_host_though_the_flow_may_reach_none(
    asking: Asking,
) -> None:
    granted(asking, hosts=())

    reply = await asking.ask("local/m")

    assert reply.message.text == "You said: Hello"


@pytest.mark.parametrize("model", ["claude/m", "gpt/m", "local/m"])
async def test_where_hosts_are_confined_a_connection_is_too(asking: Asking, model: str) -> None:
    granted(asking, hosts=("api.example.org",), confines_connections=True)

    with pytest.raises(NotGranted, match=r"may not reach 127\.0\.0\.1, where the conn") as raised:
        await asking.ask(model)

    assert raised.value.cure == "If it should, run it with --allow-host 127.0.0.1"
    assert asking.models.asked == []


async def test_a_confined_connection_leads_to_a_granted_host(asking: Asking) -> None:
    granted(asking, hosts=(f"127.0.0.1:{asking.models.port}",), confines_connections=True)

    assert (await asking.ask("local/m")).message.text == "You said: Hello"


@EACH
@pytest.mark.parametrize("host", ["169.254.169.254", "2852039166", "[fd00:ec2::254]"])
async def test_metadata_is_out_of_reach_of_every_connection(kind: str, host: str) -> None:
    connection = Connection("bad", kind, {"key": KEY, "base_url": f"http://{host}/v1"})

    with pytest.raises(NotGranted, match="that no flow may reach"):
        await try_out(connection)


@EACH
@pytest.mark.parametrize("host", ["169.254.169.254", "2852039166", "[fd00:ec2::254]"])
async def test_metadata_is_out_of_reach_through_a_proxy_too(
    kind: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = Connection("bad", kind, {"key": KEY, "base_url": f"http://{host}/v1"})
    async with WebServer() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url())

        with pytest.raises(NotGranted, match="that no flow may reach"):
            await try_out(connection)

        assert proxy.received == []


async def test_another_host_is_asked_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = {"key": KEY, "base_url": "http://models.example/v1"}
    async with WebServer() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url())

        with pytest.raises(AgentError):
            await try_out(Connection("far", "openai_compatible", fields))

        assert proxy.received[0].target.startswith("http://models.example/v1/")


@EACH
async def test_a_name_for_metadata_is_out_of_reach_of_every_connection(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "getaddrinfo", resolving_to("169.254.169.254"))
    connection = Connection("bad", kind, {"key": KEY, "base_url": "http://friendly.example/v1"})

    with pytest.raises(NotGranted, match=r"friendly\.example is 169\.254\.169\.254"):
        await try_out(connection)


async def test_what_is_connected_to_is_the_address_that_was_looked_at(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "getaddrinfo", resolving_to("127.0.0.1", "169.254.169.254"))
    base = f"http://changing.example:{models.port}/v1"

    said = await try_out(Connection("c", "openai_compatible", {"base_url": base}))

    assert "scripted-large" in said
    assert models.asked[0].headers["host"] == f"changing.example:{models.port}"


async def test_a_name_without_an_address_is_said_to_have_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def getaddrinfo(*_: Any, **__: Any) -> list[tuple[Any, ...]]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    connection = Connection("c", "openai_compatible", {"base_url": "http://nowhere.example/v1"})

    with pytest.raises(Unreachable, match=r"No address is known for nowhere\.example"):
        await try_out(connection)


@EACH
async def test_the_key_is_never_carried_on_to_where_a_service_sends(kind: str) -> None:
    async with WebServer() as web, WebServer() as other:
        web.on["/v1/models"] = Sent(307, {"Location": other.url("/v1/models")})
        base = web.url("" if kind == "anthropic" else "/v1")

        with pytest.raises(Rejected, match=r"sends elsewhere \(307\)"):
            await try_out(Connection("c", kind, {"key": KEY, "base_url": base}))

        assert other.received == []


@EACH
async def test_a_server_that_is_not_there_is_said_not_to_answer(kind: str) -> None:
    connection = Connection("c", kind, {"key": KEY, "base_url": "http://127.0.0.1:9/v1"})

    with pytest.raises(Unreachable, match=r"^c: nobody answers at 127\.0\.0\.1:9\.") as raised:
        await try_out(connection)

    assert "Start the server" in raised.value.cure
