"""The JavaScript client in a real Node, on a line to the real server that is cut now and then."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from agents.resilience.status import GuardStatus
from tests.agents.swarm.ui_sync.conftest import TOKEN, Node, Serve, Served
from tests.servers.heddle import TOKEN as HEDDLE_TOKEN
from tests.servers.heddle import Heddle
from tests.servers.postgres import PostgresServer

WRITES = 20
"""Mutations that each client makes before, while and after the database is gone."""

GUARDS = {"ui_sync": {"attempts": 1, "failures": 3, "recovery": 0.2, "trials": 1}}
"""A breaker that opens and closes while a test looks."""


class Page:
    """One client, as a page has it."""

    def __init__(self, node: Node, who: str) -> None:
        self._node = node
        self._who = who

    async def do(self, what: str, **said: Any) -> Any:
        return await asyncio.to_thread(self._node.do, what, who=self._who, **said)

    async def open(self, served: Served, *components: str) -> "Page":
        return await self.open_at(served.address, TOKEN, *components)

    async def open_at(self, address: str, token: str, *components: str) -> "Page":
        url = f"ws{address.removeprefix('http')}/ui/live"
        await self.do("open", url=url, token=token)
        for component in components:
            await self.do("watch", component=component)
        return self

    async def begin(self, how: str, component: str, what: Any, **options: Any) -> int:
        """Change a component without waiting for the answer."""
        said = {"how": how, "component": component, "what": what, "options": options}
        return await asyncio.to_thread(self._node.begin, "change", who=self._who, **said)

    async def answer(self, begun: int) -> Any:
        """What came of a change."""
        return await asyncio.to_thread(self._node.answer, begun)

    async def change(self, how: str, component: str, what: Any, **options: Any) -> Any:
        return await self.answer(await self.begin(how, component, what, **options))

    async def value(self, component: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.do("value", component=component)
        return found

    async def until(self, component: str, holds: Callable[[dict[str, Any]], bool]) -> Any:
        """The value, as soon as it is as wanted."""
        while not holds(found := await self.value(component)):
            pass
        return found["value"]


@pytest.fixture
async def page(own_node: Node) -> AsyncIterator[Callable[[str], Page]]:
    """Makes clients in one Node."""
    made = dict[str, Page]()

    def make(who: str) -> Page:
        return made.setdefault(who, Page(own_node, who))

    yield make
    for one in made.values():
        await one.do("close")


MakePage = Callable[[str], Page]


def replace_all(value: Any) -> list[dict[str, Any]]:
    return [{"op": "replace", "path": "", "value": value}]


async def test_a_change_is_shown_at_once_and_then_at_everybody_s(
    served: Served, page: MakePage
) -> None:
    ada, bob = await page("ada").open(served, "cart"), await page("bob").open(served, "cart")
    await ada.until("cart", lambda one: one["version"] == 0)

    done = await ada.change("merge", "cart", {"tea": 1})
    shown = await ada.do("shown", component="cart")

    assert done["version"] == 1
    assert {"tea": 1} in shown
    assert await bob.until("cart", lambda one: one["version"] == 1) == {"tea": 1}


async def test_what_is_declined_is_taken_back_and_the_rest_stays(
    served: Served, page: MakePage
) -> None:
    agent = await served.agent()
    await agent.set("cart", {"n": 1})
    ada = await page("ada").open(served, "cart")
    await ada.until("cart", lambda one: one["version"] == 1)
    await ada.do("drop")
    await agent.set("cart", {"n": 2})

    late = await ada.begin("merge", "cart", {"n": 3}, strict=True)
    other = await ada.begin("merge", "cart", {"tea": 1})
    rejected, done = await ada.answer(late), await ada.answer(other)

    assert await ada.until("cart", lambda one: not one["pending"]) == {"n": 2, "tea": 1}
    assert (rejected["rejected"], done["version"]) == ("conflict", 3)
    assert {"n": 3, "tea": 1} in await ada.do("shown", component="cart")


async def test_what_does_not_fit_even_here_is_told_at_once(served: Served, page: MakePage) -> None:
    ada = await page("ada").open(served, "cart")
    await ada.until("cart", lambda one: one["version"] == 0)

    misfit = await ada.change("patch", "cart", [{"op": "remove", "path": "/gone"}])
    large = await ada.change("set", "cart", "x" * 100_000)

    assert misfit["rejected"] == "Misfit"
    assert large["rejected"] == "too_large"
    assert (await ada.value("cart"))["value"] is None


async def test_a_client_that_was_cut_off_comes_back_and_misses_nothing(
    serve: Serve, page: MakePage
) -> None:
    async with serve() as served:
        ada = await page("ada").open(served, "cart")
        await ada.change("merge", "cart", {"before": 1})
        await ada.until("cart", lambda one: not one["pending"])
        port = int(served.address.rpartition(":")[2])
    begun = await ada.begin("merge", "cart", {"meanwhile": 1})
    alone = await ada.value("cart")

    async with serve(port=port) as served:
        done = await ada.answer(begun)
        kept = await (await served.agent()).get("cart")
        seen = await ada.until("cart", lambda one: not one["pending"])
        await ada.do("close")

    assert (alone["value"], alone["pending"]) == ({"before": 1, "meanwhile": 1}, 1)
    assert (done["version"], kept.version) == (2, 2)
    assert kept.value == seen == {"before": 1, "meanwhile": 1}


async def test_who_looks_no_more_is_told_no_more(served: Served, page: MakePage) -> None:
    agent = await served.agent()
    ada = await page("ada").open(served, "cart", "note")
    await ada.until("cart", lambda one: one["version"] == 0)

    await ada.do("unwatch", component="cart")
    await agent.set("cart", 1)
    await agent.set("note", 1)
    await ada.until("note", lambda one: one["version"] == 1)

    assert (await ada.value("cart"))["version"] is None
    assert (await ada.change("patch", "cart", replace_all(2)))["version"] == 2


async def test_while_the_database_dies_and_comes_back_nothing_acknowledged_is_lost(
    own_postgres: PostgresServer, serve: Serve, page: MakePage
) -> None:
    async with serve(database_url=own_postgres.url(), guards=GUARDS) as served:
        agent = await served.agent()
        pages = [await page(who).open(served, "list") for who in ("ada", "bob")]
        await pages[0].change("set", "list", [])
        await pages[1].until("list", lambda one: one["version"] == 1)

        begun = list[tuple[Page, int]]()
        for at in range(WRITES):
            for one, who in zip(pages, "ab", strict=True):
                add = [{"op": "add", "path": "/-", "value": f"{who}{at}"}]
                begun.append((one, await one.begin("patch", "list", add)))
            if at == WRITES // 3:
                await asyncio.to_thread(own_postgres.stop, signal.SIGQUIT)
                gone = await agent.health(deep=True)
        opened = await _seen(served, "open")
        await asyncio.to_thread(own_postgres.start)
        answers = [await one.answer(number) for one, number in begun]
        closed = await _seen(served, "closed")
        back = await agent.health(deep=True)
        seen = [await one.until("list", lambda found: not found["pending"]) for one in pages]
        kept = await agent.get("list")

    assert (gone.state, back.state) == ("degraded", "ok")
    assert (opened.state, closed.state) == ("open", "closed")
    assert "Is PostgreSQL running there?" in gone.detail
    assert sorted(one["version"] for one in answers) == list(range(2, 2 * WRITES + 2))
    assert sorted(kept.value) == sorted(f"{who}{at}" for who in "ab" for at in range(WRITES))
    assert seen == [kept.value, kept.value]


async def test_a_service_that_is_killed_under_load_loses_nothing_it_acknowledged(
    tmp_path: Path, page: MakePage
) -> None:
    with Heddle(tmp_path) as server:
        ada, bob = page("ada"), page("bob")
        pages = [
            await ada.open_at(server.address, HEDDLE_TOKEN, "list"),
            await bob.open_at(server.address, HEDDLE_TOKEN),  # and looks at nothing
        ]
        await ada.change("set", "list", [])

        begun = list[tuple[Page, int]]()
        for at in range(WRITES):
            for one, who in zip(pages, "ab", strict=True):
                add = [{"op": "add", "path": "/-", "value": f"{who}{at}"}]
                begun.append((one, await one.begin("merge", "map", {f"{who}{at}": at})))
                begun.append((one, await one.begin("patch", "list", add)))
            if at == WRITES // 2:
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(server.start)
        answers = [await one.answer(number) for one, number in begun]
        seen = await ada.until("list", lambda found: not found["pending"])
        async with server.client() as client:
            kept = [(await client.get(f"/ui/components/{n}")).json() for n in ("list", "map")]

    written = sorted(f"{who}{at}" for who in "ab" for at in range(WRITES))
    assert [one for one in answers if "rejected" in one] == []
    assert sorted(kept[0]["value"]) == written
    assert sorted(kept[1]["value"]) == written
    assert (kept[0]["version"], kept[1]["version"]) == (2 * WRITES + 1, 2 * WRITES)
    assert seen == kept[0]["value"]


async def _seen(served: Served, state: str) -> GuardStatus:
    """The guard of the database, as soon as its breaker stands so."""
    while True:
        (status,) = served.agents.guards.snapshot()
        if status.state == state:
            return status
        await asyncio.sleep(0.01)
