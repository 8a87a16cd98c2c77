"""Agents that others reach over HTTP and WebSocket, open or behind the server's token."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
from websockets.asyncio.client import connect

from agents.contract import Grants, Receive, Scope, Send
from agents.errors import Unreachable
from agents.manager.known import Known
from agents.manager.manager import Manager
from agents.worker import Worker
from runtime.access.principal import Principal, up_to
from runtime.services.faces import Faces, open_paths
from runtime.services.server import Listening, serving
from tests.runtime.services.conftest import TOKEN

HERE = f"{__name__}:Bell"


class Bell(Worker):
    """Answers with the path that was rung, by either protocol."""

    kind: ClassVar[str] = "bell"
    cracked = False

    async def connect(self) -> None:
        if Bell.cracked:
            raise Unreachable("The bell is cracked.", cure="Cast it anew.")

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = str(scope["path"])
        await receive()
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.send", "text": said})
            await send({"type": "websocket.close"})
        else:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": said.encode()})


class Viewers:
    """Knows whoever gives the word `viewer`."""

    async def principal(self, word: str) -> Principal | None:
        return Principal("vera", up_to("viewer")) if word == "viewer" else None


async def the_rest(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    Bell.cracked = False
    known = {
        "bell": Known("Bell", HERE, ("/bell/",)),
        "yard": Known("Yard", HERE, ("/yard/",), True),
    }
    agents = Manager(tmp_path, known=known)
    listening = Listening("127.0.0.1", 0)
    faces = Faces(the_rest, agents, Grants(folder=str(tmp_path)))
    async with serving(faces, listening, TOKEN, free=open_paths(agents), verifier=Viewers()):
        yield listening.address
    await agents.close()


async def get(url: str, token: str = "") -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(url, headers={"Authorization": f"Bearer {token}"} if token else {})


async def test_what_comes_for_an_agent_is_handed_to_it(address: str) -> None:
    assert (await get(f"{address}/bell/tower", TOKEN)).text == "/bell/tower"
    assert (await get(f"{address}/belfry", TOKEN)).status_code == 418


async def test_only_the_face_of_an_open_agent_is_reached_without_a_token(address: str) -> None:
    assert (await get(f"{address}/bell/tower")).status_code == 401
    assert (await get(f"{address}/yard/tower")).text == "/yard/tower"


async def test_whoever_only_views_reads_a_face_and_changes_nothing_by_it(address: str) -> None:
    known = {"Authorization": "Bearer viewer"}
    async with httpx.AsyncClient(base_url=address, headers=known) as vera:
        read, changed = await vera.get("/bell/tower"), await vera.post("/bell/tower")
        rung = await vera.post("/yard/tower")

    assert (read.status_code, changed.status_code, rung.status_code) == (200, 403, 200)
    assert changed.headers["content-type"] == "application/problem+json"


async def test_a_face_speaks_by_web_socket_too(address: str) -> None:
    async with connect(f"ws{address.removeprefix('http')}/yard/live", proxy=None) as socket:
        assert await socket.recv() == "/yard/live"


async def test_an_agent_that_cannot_work_is_told_with_the_cure(address: str) -> None:
    Bell.cracked = True

    answer = await get(f"{address}/bell/tower", TOKEN)

    assert answer.status_code == 503
    assert answer.json()["detail"] == "The bell is cracked."
    assert answer.json()["cure"] == "Cast it anew."
