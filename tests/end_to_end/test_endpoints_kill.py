"""A server whose endpoints are called is killed, and begun anew: what it answered still holds."""

import asyncio
from pathlib import Path
from typing import Any

import httpx

from runtime.compose import RESOURCES
from tests.servers.heddle import Heddle

HELLO = (RESOURCES / "templates" / "hello.flow.json").read_text()
CALLERS, BEFORE = 3, 10


async def test_what_a_killed_server_answered_holds_when_it_is_back(tmp_path: Path) -> None:
    with Heddle(tmp_path) as server:
        async with server.client() as client:
            await publish(client, name="hello", path="/hello")
            await publish(client, name="later", path="/later", answers="later")
            called = Called(client)
            callers = [asyncio.create_task(called.on_and_on(one)) for one in range(CALLERS)]
            await called.enough.wait()
            server.kill()
            await asyncio.gather(*callers)

            await asyncio.to_thread(server.start)
            again = {key: await called.post("hello", key) for key in called.answers}
            states = [
                (await client.get(place, headers={"Prefer": "wait=20"})).json()["state"]
                for place in called.places
            ]
            runs = (await client.get("/runs", params={"limit": 10_000})).json()

    assert {key: reply.json() for key, reply in again.items()} == called.answers
    assert all("idempotent-replayed" in reply.headers for reply in again.values())
    assert {*states} == {"succeeded"}
    assert len(runs) <= len(called.answers) + len(called.places) + 2 * CALLERS


class Called:
    """Calls under keys, one after the other, until nobody answers."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.answers: dict[str, Any] = {}
        self.places: list[str] = []
        self.enough = asyncio.Event()

    async def post(self, name: str, key: str) -> httpx.Response:
        headers = {"Idempotency-Key": key}
        return await self._client.post(f"/gateway/v1/{name}", json={"name": key}, headers=headers)

    async def on_and_on(self, caller: int) -> None:
        try:
            for number in range(10_000):
                key = f"{caller}-{number}"
                reply = await self.post("hello", key)
                self.answers[key] = reply.raise_for_status().json()
                self.places.append((await self.post("later", key)).headers["location"])
                if len(self.places) >= BEFORE:
                    self.enough.set()
        except httpx.TransportError:
            return


async def publish(client: httpx.AsyncClient, **said: Any) -> None:
    endpoint = {"flow": "", "access": "open", **said}
    task = {"capability": "create", "arguments": {"endpoint": endpoint, "text": HELLO}}
    (await client.post("/agents/api_gateway/tasks", json=task)).raise_for_status()
