"""A server lets in who knows its token and means it, and nobody else."""

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from tests.runtime.services.conftest import TOKEN, Served

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATHS = ("/health", "/runs", "/blocks", "/schema/openapi.json", "/nowhere")


@pytest.mark.parametrize("path", PATHS)
async def test_nothing_is_told_without_the_token(served: Served, path: str) -> None:
    async with httpx.AsyncClient(base_url=served.address) as stranger:
        reply = await stranger.get(path)

    assert reply.status_code == 401
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header",
    [
        "Bearer wrong",
        "Bearer",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        TOKEN,
        f"Basic {TOKEN}",
    ],
)
async def test_a_wrong_token_is_none(served: Served, header: str) -> None:
    async with served.client(Authorization=header) as client:
        assert (await client.get("/health")).status_code == 401


async def test_the_token_is_not_taken_from_the_address(served: Served) -> None:
    async with httpx.AsyncClient(base_url=served.address) as stranger:
        assert (await stranger.get(f"/health?token={TOKEN}")).status_code == 401


async def test_who_knows_the_token_is_let_in(served: Served) -> None:
    async with served.client() as client:
        reply = await client.get("/health")

    assert reply.json() == {"owner": served.runtime.owner, "status": "ok"}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "localhost"])
async def test_a_request_meant_for_another_host_is_refused(served: Served, host: str) -> None:
    async with served.client(Host=host) as client:
        reply = await client.get("/health")

    assert (reply.status_code, reply.json()["title"]) == (403, "WrongHost")


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
async def test_the_names_of_the_loopback_are_its_own(served: Served, name: str) -> None:
    async with served.client(Host=f"{name}:{served.port}") as client:
        assert (await client.get("/health")).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1"])
async def test_a_page_from_elsewhere_is_refused(served: Served, origin: str) -> None:
    async with served.client(Origin=origin) as client:
        reply = await client.get("/health")

    assert (reply.status_code, reply.json()["title"]) == (403, "WrongOrigin")


async def test_its_own_pages_and_those_allowed_may_speak_to_it(served: Served) -> None:
    for origin in (served.address, "http://pages.example"):
        async with served.client(Origin=origin) as client:
            reply = await client.get("/health")
        assert reply.status_code == 200
    assert reply.headers["access-control-allow-origin"] == "http://pages.example"


async def test_a_browser_may_ask_whether_it_may_ask(served: Served) -> None:
    asking = {"Access-Control-Request-Method": "POST"}
    async with httpx.AsyncClient(base_url=served.address) as browser:
        allowed = await browser.options(
            "/commands", headers={"Origin": "http://pages.example", **asking}
        )
        refused = await browser.options(
            "/commands", headers={"Origin": "http://evil.example", **asking}
        )

    assert (allowed.status_code, refused.status_code) == (204, 403)


async def test_watching_takes_the_token_as_a_header(served: Served) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with connect(served.events, additional_headers=headers, proxy=None) as socket:
        assert await socket.recv() == "[]"


async def test_watching_takes_the_token_as_a_subprotocol_as_browsers_can(served: Served) -> None:
    offered = [Subprotocol("heddle.json"), Subprotocol(f"heddle.token.{TOKEN}")]
    async with connect(served.events, subprotocols=offered, proxy=None) as socket:
        assert socket.subprotocol == "heddle.json"
        assert await socket.recv() == "[]"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": f"Bearer {TOKEN}", "Origin": "http://evil.example"}, 403),
    ],
)
async def test_watching_is_refused_in_the_handshake(
    served: Served, headers: dict[str, str], status: int
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(served.events, additional_headers=headers, proxy=None):
            pass

    assert refused.value.response.status_code == status
