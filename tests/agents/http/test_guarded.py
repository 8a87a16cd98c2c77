"""Each host has a guard: one that is down isn't asked for a while, and the others don't notice."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agents.contract import Grants, Means
from agents.errors import BreakerOpen, Rejected, Throttled, Unavailable, Unreachable
from agents.http.agent import HttpAgent
from agents.http.exchange import Request
from agents.resilience.guards import Guards
from agents.resilience.recent import FEWEST
from agents.resilience.settings import GuardRules
from runtime.clock import ManualClock
from tests.agents.http.server import Received, Sent, WebServer


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def guards(clock: ManualClock) -> Guards:
    return Guards(clock=clock)


@pytest.fixture
async def agent(guards: Guards, tmp_path: Path) -> AsyncIterator[HttpAgent]:
    made = HttpAgent(Grants(folder=str(tmp_path)), Means(guards, tmp_path))
    await made.connect()
    yield made
    await made.close()


async def get(agent: HttpAgent, url: str, **wanted: object) -> int:
    """The status that comes of it."""
    request = Request(url=url, time_limit=float(str(wanted.pop("time_limit", 5.0))))
    reply = await agent.send(request, size_limit=1_000, fail_on_status=not wanted.pop("any", False))
    return reply.status


async def test_a_host_that_fails_five_times_is_not_asked_for_a_minute(
    agent: HttpAgent, web: WebServer, clock: ManualClock
) -> None:
    web.on["/"] = Sent(503)
    for _ in range(5):
        with pytest.raises(Unavailable, match="503"):
            await get(agent, web.url())

    with pytest.raises(BreakerOpen, match=rf"^127\.0\.0\.1:{web.port} isn't asked since") as caught:
        await get(agent, web.url())
    assert caught.value.wait == 60.0
    assert len(web.received) == 5

    web.on["/"] = Sent(200)
    await clock.advance(60)
    assert [await get(agent, web.url()) for _ in range(10)] == [200] * 10


async def test_another_host_is_asked_as_before(agent: HttpAgent, web: WebServer) -> None:
    web.on["/"] = Sent(503)
    for _ in range(5):
        with pytest.raises(Unavailable):
            await get(agent, web.url())

    assert await get(agent, web.url("/else", host="localhost"), any=True) == 404


async def test_a_status_that_is_wanted_as_an_answer_still_says_that_the_host_is_unwell(
    agent: HttpAgent, web: WebServer
) -> None:
    web.on["/"] = Sent(500)

    assert [await get(agent, web.url(), any=True) for _ in range(5)] == [500] * 5

    with pytest.raises(BreakerOpen):
        await get(agent, web.url(), any=True)


async def test_an_answer_that_takes_too_long_or_breaks_off_is_a_failure(
    agent: HttpAgent, web: WebServer, guards: Guards
) -> None:
    async def never(_: Received) -> Sent:
        await asyncio.Event().wait()
        return Sent()

    web.on["/slow"] = never
    web.on["/cut"] = Sent(200, {}, b"0123456789", cut=5)

    for path in ("/slow", "/cut"):
        with pytest.raises(Unreachable):
            await get(agent, web.url(path), time_limit=0.2)

    (status,) = guards.snapshot()
    assert (status.guard, status.failures) == (f"http:127.0.0.1:{web.port}", 2)
    assert status.in_flight == 0


async def test_mistakes_of_the_caller_and_being_asked_to_wait_are_none(
    agent: HttpAgent, web: WebServer, guards: Guards
) -> None:
    web.on["/busy"] = Sent(429, {"Retry-After": "3600"})

    for path, error in [("/gone", Rejected)] * 10 + [("/busy", Throttled)] * 10:
        with pytest.raises(error):
            await get(agent, web.url(path))

    (status,) = guards.snapshot()
    assert (status.calls, status.failures, status.state) == (20, 0, "closed")


async def test_each_stop_of_a_redirect_is_guarded_by_its_own_host(
    agent: HttpAgent, web: WebServer, guards: Guards
) -> None:
    web.on["/"] = Sent(302, {"Location": web.url("/there", host="localhost")})
    web.on["/there"] = Sent(200)

    assert await get(agent, web.url()) == 200

    calls = {status.guard: status.calls for status in guards.snapshot()}
    assert calls == {f"http:127.0.0.1:{web.port}": 1, f"http:localhost:{web.port}": 1}


async def test_a_slow_look_gets_a_second_one_beside_it_and_a_change_never_does(
    tmp_path: Path, web: WebServer, clock: ManualClock
) -> None:
    rules = GuardRules({f"http:127.0.0.1:{web.port}": {"hedge": 0.95}})
    agent = HttpAgent(Grants(folder=str(tmp_path)), Means(Guards(rules, clock=clock), tmp_path))
    await agent.connect()
    came, held = asyncio.Event(), asyncio.Event()

    async def slow_at_first(_: Received) -> Sent:
        came.set()
        if len(web.received) == 1:
            await held.wait()
        return Sent(200)

    web.on["/"] = Sent(200)
    for _ in range(FEWEST):
        await get(agent, web.url())
    web.on["/"] = slow_at_first

    web.received.clear()
    looking = asyncio.create_task(get(agent, web.url()))
    await came.wait()
    await clock.advance(1)
    assert await looking == 200
    assert len(web.received) == 2

    web.received.clear()
    came.clear()
    changing = asyncio.create_task(agent.send(Request(url=web.url(), method="POST"), size_limit=10))
    await came.wait()
    await clock.advance(1)
    held.set()
    await changing
    assert len(web.received) == 1
    await agent.close()
