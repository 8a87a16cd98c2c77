"""Connections over HTTP: secrets go in and never come out, errors keep their kind."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from agents.contract import Grants
from runtime.compose import World
from runtime.connections.connections import Connections
from runtime.connections.contents import BadConnection, Draft, NoConnection, NotAgreed
from runtime.journal.memory import MemoryJournal
from runtime.plugins import own_connectable
from runtime.remote import RemoteRuntime
from runtime.runtime import Runtime
from runtime.secrets.environment import NoSecret
from runtime.services.control import control
from runtime.services.server import Listening, serving
from tests.runtime.engine.world import CATALOG
from tests.runtime.services.conftest import TOKEN
from tests.servers.models import Models

SECRET = "planted/7c1e+9f&key"
WEB = Draft(name="web", kind="http", fields={"address": "http://127.0.0.1:1"}, secrets={"token": SECRET})  # fmt: skip  # noqa: E501


@pytest.fixture
async def kept(tmp_path: Path) -> Connections:
    return Connections(tmp_path / "home", own_connectable(), prefer="vault", variables={})


@pytest.fixture
async def remote(tmp_path: Path, kept: Connections) -> AsyncIterator[RemoteRuntime]:
    grants = Grants(folder=str(tmp_path))
    world = World(None, home=tmp_path / "home", connections=kept)
    runtime = Runtime(CATALOG, MemoryJournal(), world, grants=grants, connections=kept)
    listening = Listening("127.0.0.1", 0)
    async with (
        runtime,
        serving(control(runtime, grants), listening, TOKEN),
        RemoteRuntime(listening.address, TOKEN) as remote,
    ):
        yield remote


async def test_a_secret_goes_in_and_never_out(remote: RemoteRuntime, kept: Connections) -> None:
    shown = await remote.connections.put(WEB)
    await remote.connections.put_secret("plain", SECRET)
    tested = await remote.connections.test("web")

    assert (shown.secrets, tested.ok) == (("token",), False)
    assert kept.connection("web").get("token") == kept.secret("plain") == SECRET
    for path in ("/connections", "/connections/web", "/schema"):
        assert SECRET not in (await remote.get(path)).decode()
    overview = await remote.connections.overview()
    assert (overview.secrets, overview.kept_in) == (("plain",), "vault")
    assert {"http", "database"} <= {kind.kind for kind in overview.kinds}


async def test_what_is_wrong_is_raised_here_as_it_was_there(remote: RemoteRuntime) -> None:
    with pytest.raises(NoConnection, match="'nobody'"):
        await remote.connections.test("nobody")
    with pytest.raises(NoSecret):
        await remote.connections.remove_secret("nothing")
    with pytest.raises(BadConnection, match="Address is missing"):
        await remote.connections.put(Draft(name="web", kind="http"))


async def test_what_asks_first_is_agreed_to_over_the_wire(remote: RemoteRuntime) -> None:
    server = Draft(name="s", kind="mcp", fields={"command": "serve-tools --all"})
    shown = await remote.connections.put(server)
    assert (shown.agreed, shown.agrees_to) == (False, {"command": "serve-tools --all"})
    with pytest.raises(NotAgreed):
        await remote.connections.test("s")
    with pytest.raises(BadConnection, match="changed meanwhile"):
        await remote.connections.agree("s", {"command": "serve-tools"})

    assert (await remote.connections.agree("s", shown.agrees_to)).agreed
    await remote.connections.remove("s")
    assert (await remote.connections.overview()).connections == ()


async def test_nobody_without_the_token_gets_anything(remote: RemoteRuntime) -> None:
    async with httpx.AsyncClient() as stranger:
        for method, path in (("GET", "/connections"), ("PUT", "/connections/x"), ("PUT", "/secrets/x")):  # fmt: skip  # noqa: E501
            answer = await stranger.request(method, remote.address + path, content=b"{}")
            assert answer.status_code == 401


async def test_the_models_of_a_connection_are_told_or_why_not(
    remote: RemoteRuntime, kept: Connections, models: Models
) -> None:
    shown = await remote.connections.put(
        Draft(name="local", kind="openai_compatible", fields={"base_url": models.url},
              secrets={"key": SECRET})
    )  # fmt: skip
    with pytest.raises(NotAgreed):
        await remote.connections.models("local")
    await remote.connections.agree("local", shown.agrees_to)
    await remote.connections.put(WEB)

    there = await remote.connections.models("local")
    models.key = "another"
    refused = await remote.connections.models("local")

    assert (there.models, there.trouble) == (("scripted-large", "scripted-small"), "")
    assert (refused.models, SECRET in refused.trouble) == ((), False)
    assert "invalid api key" in refused.trouble
    assert (await remote.connections.models("web")).trouble
    with pytest.raises(NoConnection):
        await remote.connections.models("nowhere")
