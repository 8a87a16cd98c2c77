"""What an endpoint may touch: no more than the flow that published it, and what the home grants."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from graph.flow import Block, Flow
from runtime.commands import StartRun
from runtime.events import RunSucceeded
from tests.agents.swarm.api_gateway.conftest import Gateway, served

pytestmark = pytest.mark.asyncio(loop_scope="module")

WRITES = """{"heddle": 1, "name": "Writes", "blocks": {
  "it": {"kind": "files.write", "fields": {"path": "written.txt", "content": "Here."}},
  "out": {"kind": "flow.output", "fields": {"name": "path"}}}, "links": ["it.path -> out.value"]}"""

ASKS = """{"heddle": 1, "name": "Asks", "blocks": {
  "it": {"kind": "http.get", "fields": {"url": "http://127.0.0.1:9/"}},
  "out": {"kind": "flow.output", "fields": {"name": "body"}}}, "links": ["it.body -> out.value"]}"""

AT = "/gateway/v1/it"


async def publish(gateway: Gateway, flow: str, **grants: Any) -> None:
    """Have a flow publish another that may use little."""
    fields = {"name": "it", "path": "/it", "flow": flow, "access": "open"}
    stored = await gateway.runtime.store(Flow.of([Block("it", "gateway.publish", fields)]))
    answer = await gateway.runtime.obey(StartRun(stored, grants=grants))
    end = await gateway.runtime.ended(answer.run)
    assert isinstance(end, RunSucceeded), end


async def told(gateway: Gateway) -> str:
    """What callers are told, "" where it does what it is for."""
    reply = await gateway.client.post(AT)
    if reply.status_code == 200:
        return ""
    assert (reply.status_code, reply.headers["content-type"]) == (502, "application/problem+json")
    assert "granted" in reply.json()["cure"]
    return str(reply.json()["title"])


@pytest.mark.parametrize(
    ("text", "flow", "without"), [(WRITES, "Writes", "writes"), (ASKS, "Asks", "hosts")]
)
async def test_what_a_flow_publishes_may_touch_no_more_than_it_also_after_a_restart(
    tmp_path: Path, text: str, flow: str, without: str
) -> None:
    async with served(tmp_path) as gateway:
        await gateway.agent.means.flows.store(text)
        await publish(gateway, flow, **{without: []})
        first = await told(gateway)
    async with served(tmp_path) as gateway:
        again = await told(gateway)
        (shown,) = (await gateway.agent.overview()).endpoints

    assert [first, again] == ["NotGranted"] * 2
    assert shown.within is not None
    assert shown.within[without] == []
    assert not (tmp_path / "written.txt").exists()


async def test_a_run_that_is_asked_for_later_is_bound_as_well(tmp_path: Path) -> None:
    async with served(tmp_path) as gateway:
        await gateway.agent.means.flows.store(WRITES)
        await publish(gateway, "Writes", writes=[])
        await gateway.agent.change("v1", "it", {"answers": "later"})
        place = (await gateway.client.post(AT)).headers["location"]
        ended = await gateway.client.get(place, headers={"Prefer": "wait=20"})

    assert ended.json()["problem"]["title"] == "NotGranted"


async def test_what_people_publish_may_touch_what_the_home_grants(tmp_path: Path) -> None:
    async with served(tmp_path) as gateway:
        await gateway.create(WRITES, name="it", path="/it")

        assert await told(gateway) == ""
    assert (tmp_path / "written.txt").exists()


async def test_people_free_an_endpoint_by_saying_which_flow_it_runs(tmp_path: Path) -> None:
    async with served(tmp_path) as gateway:
        await gateway.agent.means.flows.store(WRITES)
        await publish(gateway, "Writes", writes=[])

        await gateway.agent.change("v1", "it", {"title": "It"})
        titled = await told(gateway)
        await gateway.agent.change("v1", "it", {"flow": "Writes"})
        chosen = await told(gateway)
        await publish(gateway, "Writes", writes=[])
        published = await told(gateway)

    assert [titled, chosen, published] == ["NotGranted", "", "NotGranted"]


async def test_a_flow_that_calls_it_may_no_more_than_either(tmp_path: Path) -> None:
    call = Flow.of([Block("it", "gateway.call", {"name": "it"})])
    ends = list[str]()
    async with served(tmp_path) as gateway:
        await gateway.agent.means.flows.store(WRITES)
        stored = await gateway.runtime.store(call)
        for publisher, caller in (({"writes": []}, {}), ({}, {"writes": []}), ({}, {})):
            await publish(gateway, "Writes", **publisher)
            answer = await gateway.runtime.obey(StartRun(stored, grants=caller))
            ends.append(type(await gateway.runtime.ended(answer.run)).__name__)

    assert ends == ["RunFailed", "RunFailed", "RunSucceeded"]


async def test_what_was_kept_before_there_were_bounds_has_none(tmp_path: Path) -> None:
    async with served(tmp_path) as gateway:
        await gateway.create(WRITES, name="it", path="/it")
        database = gateway.database
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TABLE gateway_grants")

    async with served(tmp_path) as gateway:
        assert await told(gateway) == ""
