"""A storm of 429: a hundred callers at a service that takes ten requests in so much time."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agents.contract import Grants, Means
from agents.errors import Throttled
from agents.http.agent import HttpAgent
from agents.http.exchange import Reply, Request
from agents.resilience.guards import Guards
from agents.resilience.settings import GuardRules
from runtime.clock import ManualClock
from tests.agents.http.server import Received, Sent, WebServer

CALLERS = 100
ALLOWED = 10
WINDOW = 5.0


class Strict:
    """Takes so many requests in each window of the test's clock, and says when the next begins."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._window = -1
        self._taken = 0
        self.asked = 0

    def answer(self, request: Received) -> Sent:
        self.asked += 1
        now = self._clock.now()
        if int(now / WINDOW) != self._window:
            self._window, self._taken = int(now / WINDOW), 0
        self._taken += 1
        if self._taken <= ALLOWED:
            return Sent(200, {}, request.path.encode())
        return Sent(429, {"Retry-After": str(int(WINDOW - now % WINDOW))})


@pytest.fixture
async def web() -> AsyncIterator[WebServer]:
    async with WebServer() as server:
        yield server


async def test_everybody_gets_through_and_the_service_is_asked_little_more_than_that_takes(
    clock: ManualClock, web: WebServer, tmp_path: Path
) -> None:
    strict = Strict(clock)
    web.on |= {f"/{n}": strict.answer for n in range(CALLERS)}
    settings = {"attempts": 3, "total": 600, "seconds": 0, "heed": True, "waiting_seconds": 600}
    guard = Guards(GuardRules({"llm": settings}), clock=clock).of("llm:strict")
    # The agent's own guard is to be out of the way: what is tested is the one of the callers.
    agent = HttpAgent(Grants(folder=str(tmp_path)), Means(Guards(clock=clock), tmp_path))
    await agent.connect()

    under_way = set[asyncio.Task[Reply]]()

    async def ask(number: int) -> Reply:
        request = Request(url=web.url(f"/{number}"))
        asked = asyncio.create_task(agent.send(request, size_limit=100))
        under_way.add(asked)
        asked.add_done_callback(under_way.discard)
        return await asked

    async def call(number: int) -> bytes:
        return (await guard.call(lambda: ask(number))).content

    calls = [asyncio.create_task(call(number)) for number in range(CALLERS)]
    while not all(task.done() for task in calls):
        await clock.advance(0.25)
        while under_way:  # answers travel by the machine's time: let all come back first
            await asyncio.wait(under_way)
            await clock.advance(0)
    await agent.close()

    assert [await task for task in calls] == [f"/{n}".encode() for n in range(CALLERS)]
    assert strict.asked < 3 * CALLERS
    assert guard.status().state == "closed"


async def test_who_may_not_wait_so_long_is_told_how_long_it_is(clock: ManualClock) -> None:
    guard = Guards(GuardRules({"x": {"total": 30}}), clock=clock).of("x:strict")

    async def refuse() -> None:
        raise Throttled("not now", wait=3600)

    with pytest.raises(Throttled, match="not now"):
        await guard.call(refuse)

    with pytest.raises(Throttled, match="strict wants no calls until") as caught:
        await guard.call(refuse)
    assert caught.value.wait == 3600
