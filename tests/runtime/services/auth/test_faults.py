"""PostgreSQL is killed and started again while people log in: nothing acknowledged is lost."""

import asyncio
import signal
from pathlib import Path

import httpx

from runtime.access.deeds import Head
from runtime.access.searching import Wanted
from tests.runtime.services.auth.conftest import BY, PASSWORD, Served, serving_house
from tests.servers.postgres import PostgresServer

AUTH = "/api/v1/auth"
USERS = ("anna", "ben", "carla")


class Load:
    """People who log in and refresh over and over; what they were told stands here."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self.statuses: list[int] = []
        self.kept: list[dict[str, str]] = []
        """The tokens that were given and not taken for others yet."""
        self.logins = 0
        self._more = asyncio.Event()

    async def go_on(self, user: str, until: asyncio.Event) -> None:
        async with self._served.client() as client:
            said = {"user": user, "password": PASSWORD}
            while not until.is_set():
                reply = await client.post(f"{AUTH}/login", json=said)
                self._note(reply)
                if reply.status_code != 200:
                    await asyncio.sleep(0.05)
                    continue
                self.logins += 1
                given = {"refresh_token": reply.json()["refresh_token"]}
                fresh = await client.post(f"{AUTH}/refresh", json=given)
                self._note(fresh)
                if fresh.status_code == 200:
                    self.kept.append(fresh.json())

    async def seen(self, status: int, times: int) -> None:
        """Wait until that was answered so many times more."""
        wanted = self.statuses.count(status) + times
        while self.statuses.count(status) < wanted:
            self._more.clear()
            await self._more.wait()

    def _note(self, reply: httpx.Response) -> None:
        self.statuses.append(reply.status_code)
        self._more.set()


async def test_logins_outlive_the_database(tmp_path: Path, own_postgres: PostgresServer) -> None:
    async with serving_house(tmp_path, own_postgres.url()) as served:
        for user in USERS:
            await served.access.people.add("", user, "viewer", PASSWORD, BY)
        load, enough = Load(served), asyncio.Event()
        people = [asyncio.create_task(load.go_on(user, enough)) for user in USERS]

        await load.seen(200, 20)
        await asyncio.to_thread(own_postgres.stop, signal.SIGQUIT)
        await load.seen(503, 5)
        await asyncio.to_thread(own_postgres.start)
        await load.seen(200, 20)
        enough.set()
        await asyncio.gather(*people)

        verdict = await served.access.trail.verify()
        noted = await served.access.reading.entries(
            Wanted(what="login", outcome="done"), limit=9999
        )
        assert set(load.statuses) == {200, 503}
        assert (verdict.why, verdict.head == Head()) == ("", False)
        assert len(noted) >= load.logins
        for tokens in load.kept:
            me = await served.ask(tokens["access_token"], "GET", f"{AUTH}/me")
            assert me.status_code == 200, "who was told to be logged in, is"
        last = {"refresh_token": load.kept[-1]["refresh_token"]}
        assert (await served.ask("", "POST", f"{AUTH}/refresh", last)).status_code == 200
