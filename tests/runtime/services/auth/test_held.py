"""Whoever watches is sent away once their proof is no longer good."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect

from graph.file_format import write
from graph.flow import Block, Flow
from runtime.commands import StartRun, StoreFlow
from runtime.services import held
from tests.runtime.services.auth.conftest import PASSWORD, Served

pytestmark = pytest.mark.asyncio(loop_scope="module")

AUTH = "/api/v1/auth"
ASKING = Flow.of([Block("ask", "approval.ask", {"title": "May I?"})], name="Asking")
SUBSCRIPTION = "subscription($id: ID!) { runEvents(run: $id) { event } }"


@pytest.fixture(scope="module")
def database_url() -> str:
    return ""


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "LOOKING", 0.02)


def watching(served: Served, word: str) -> connect:
    headers = {"Authorization": f"Bearer {word}"}
    address = f"{served.address.replace('http', 'ws', 1)}/events"
    return connect(address, additional_headers=headers, proxy=None)


async def closed(watcher: ClientConnection) -> int | None:
    async with asyncio.timeout(10):
        await watcher.wait_closed()
    return watcher.close_code


async def test_who_logs_out_watches_no_more(served: Served) -> None:
    word = (await served.login("viewer")).json()["access_token"]
    async with watching(served, word) as watcher, watching(served, served.words["runner"]) as other:
        await watcher.recv()
        await other.recv()

        await served.ask(word, "POST", f"{AUTH}/logout", {})

        assert await closed(watcher) == held.UNKNOWN
        assert await (await other.ping()) >= 0


async def test_who_is_shut_out_watches_no_more(served: Served) -> None:
    made = (await served.ask("runner", "POST", f"{AUTH}/keys", {})).json()
    async with watching(served, made["key"]) as watcher:
        await watcher.recv()

        await served.ask("runner", "DELETE", f"{AUTH}/keys/{made['about']['id']}")

        assert await closed(watcher) == held.UNKNOWN


async def test_the_owner_is_never_asked_again(served: Served) -> None:
    async with watching(served, served.words["owner"]) as watcher:
        await watcher.recv()

        await served.ask("owner", "POST", "/agents/health")

        assert await (await watcher.ping()) >= 0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def run(served: Served) -> str:
    """One that waits for an answer that nobody gives."""

    async def obey(command: msgspec.Struct) -> dict[str, str]:
        async with served.client("owner") as client:
            reply = await client.post("/commands", content=msgspec.json.encode(command))
        told: dict[str, str] = reply.json()
        return told

    flow = (await obey(StoreFlow(write(ASKING))))["flow"]
    return (await obey(StartRun(flow)))["run"]


@asynccontextmanager
async def streamed(served: Served, word: str, way: str, run: str) -> AsyncIterator[httpx.Response]:
    """The events of a run, told by one of the services that stream them."""
    accept = {"Accept": "text/event-stream"}
    asked: dict[str, Any] = {"json": {"query": SUBSCRIPTION, "variables": {"id": run}}}
    method, path, said = {
        "workflows": ("GET", f"/api/v1/workflows/runs/{run}/stream", dict[str, Any]()),
        "graphql": ("POST", "/graphql", asked),
    }[way]
    async with (
        served.client(word, **accept) as client,
        client.stream(method, path, timeout=10, **said) as reply,
    ):
        yield reply


@pytest.mark.parametrize("way", ["workflows", "graphql"])
async def test_who_logs_out_is_streamed_nothing_more(served: Served, run: str, way: str) -> None:
    word = (await served.login("viewer")).json()["access_token"]
    async with streamed(served, word, way, run) as reply:
        told = reply.aiter_text()
        first = await anext(told)

        await served.ask(word, "POST", f"{AUTH}/logout", {})
        async with asyncio.timeout(10):
            rest = "".join([part async for part in told])

    assert first
    assert rest.endswith(": Log in again.\n\n")
    assert "event: complete" not in rest


async def test_what_is_streamed_to_others_goes_on(served: Served, run: str) -> None:
    word = (await served.login("viewer")).json()["access_token"]
    async with (
        streamed(served, word, "workflows", run) as ends,
        streamed(served, "runner", "workflows", run) as stays,
    ):
        await served.ask(word, "POST", f"{AUTH}/logout", {})
        async with asyncio.timeout(10):
            await ends.aread()
            await served.ask("owner", "POST", "/commands", {"command": "cancel_run", "run": run})
            last = (await stays.aread()).decode()

    assert "event: run_cancelled" in last


async def test_who_may_less_from_now_on_does_no_more_on_a_socket_that_is_open(
    served: Served,
) -> None:
    said = {"name": "demoted", "role": "runner", "password": PASSWORD}
    await served.ask("admin", "POST", f"{AUTH}/users", said)
    word = (await served.login("demoted")).json()["access_token"]
    async with watching(served, word) as watcher:
        await watcher.recv()

        await served.ask("admin", "PATCH", f"{AUTH}/users/demoted", {"role": "viewer"})

        assert await closed(watcher) == held.UNKNOWN
