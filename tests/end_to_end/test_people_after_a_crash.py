"""A server that is killed under logins has forgotten nobody, and tenants' runs go on."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from graph.file_format import write
from graph.flow import Block, Flow
from tests.servers.heddle import ROOT, Heddle

AUTH = "/api/v1/auth"
PASSWORD = "correct horse battery"
ASKING = Flow.of([Block("ask", "approval.ask", {"title": "Go on?"})], name="Asking")


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Heddle]:
    made = Heddle(tmp_path / "home")
    await asyncio.to_thread(made.start)
    yield made
    await asyncio.to_thread(made.stop)


async def login(client: httpx.AsyncClient, tenant: str = "") -> httpx.Response:
    said = {"user": "anna", "password": PASSWORD, "tenant": tenant}
    return await client.post(f"{AUTH}/login", json=said)


async def me(client: httpx.AsyncClient, word: str) -> int:
    headers = {"Authorization": f"Bearer {word}"}
    return (await client.get(f"{AUTH}/me", headers=headers)).status_code


async def begun(client: httpx.AsyncClient, word: str) -> str:
    """Start a run that asks; its id."""
    headers = {"Authorization": f"Bearer {word}"}
    store = {"command": "store_flow", "text": write(ASKING)}
    flow = (await client.post("/commands", json=store, headers=headers)).json()["flow"]
    start = {"command": "start_run", "flow": flow}
    run: str = (await client.post("/commands", json=start, headers=headers)).json()["run"]
    return run


async def test_who_was_let_in_still_is_and_what_tenants_began_goes_on(server: Heddle) -> None:
    async with server.client() as owner:
        await owner.post(f"{AUTH}/tenants", json={"name": "acme"})
        user = {"name": "anna", "role": "admin", "password": PASSWORD}
        for tenant in ("", "acme"):
            added = await owner.post(f"{AUTH}/users", json=user, params={"tenant": tenant})
            assert added.status_code == 201
    async with httpx.AsyncClient(base_url=server.address, timeout=30) as client:
        theirs = (await login(client, "acme")).json()["access_token"]
        run = await begun(client, theirs)
        given, enough = list[str](), asyncio.Event()
        killed = asyncio.create_task(_kill_after(server, enough))
        while not killed.done():
            try:
                reply = await login(client)
            except httpx.TransportError:
                break
            given.append(reply.json()["access_token"])
            if len(given) == 5:
                enough.set()
        await killed

    await asyncio.to_thread(server.start, "--recover")

    async with httpx.AsyncClient(base_url=server.address, timeout=30) as client:
        assert [await me(client, word) for word in given] == [200] * len(given)
        headers = {"Authorization": f"Bearer {theirs}"}
        rows = (await client.get("/runs", headers=headers)).json()
        assert [(row["run"], row["state"]) for row in rows] == [(run, "running")]
        answered = await client.post(
            f"/inbox/{run}/ask", json={"values": {"approved": True}}, headers=headers
        )
        assert answered.status_code == 200, "somebody drives it again"
    assert noted(server) >= len(given) + 3


async def _kill_after(server: Heddle, enough: asyncio.Event) -> None:
    await enough.wait()
    await asyncio.to_thread(server.kill)


def noted(server: Heddle) -> int:
    """How many entries the trail has, which nobody has changed."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "audit", "verify", "--json"],
        env=server.environment, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    entries: int = json.loads(done.stdout)["entries"]
    return entries
