"""Whoever watches is sent away once their proof is no longer good."""

import asyncio

import pytest
from websockets.asyncio.client import ClientConnection, connect

from runtime.services import held
from tests.runtime.services.auth.conftest import Served

pytestmark = pytest.mark.asyncio(loop_scope="module")

AUTH = "/api/v1/auth"


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
