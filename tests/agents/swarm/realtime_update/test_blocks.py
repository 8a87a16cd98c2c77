"""The blocks: a flow broadcasts, waits for what is said, and looks up who is there and what was."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pusher
import pytest

from agents.contract import Outside
from agents.errors import NotGranted, Refused
from agents.swarm.realtime_update import blocks
from agents.swarm.realtime_update.agent import RealtimeAgent
from agents.swarm.realtime_update.blocks import (
    authorize,
    broadcast,
    channels,
    history,
    presence,
    read_webhook,
    statistics,
    wait_for,
)
from agents.swarm.realtime_update.http_api import channel_answer
from agents.swarm.realtime_update.signing import (
    Credentials,
    is_user,
    lets_in,
    webhook_signature,
)
from graph.block import Route
from graph.catalog import blocks_in
from graph.connections import Connection
from graph.errors import BadInput
from runtime.compose import compose, granted
from runtime.flow_calls import FlowCalls
from runtime.settings import Settings
from tests.agents.conftest import Granting, Surroundings
from tests.agents.swarm.realtime_update.conftest import client_of
from tests.servers.soketi import Soketi

SAYS = """{"heddle": 1, "name": "Says", "blocks": {
  "end": {"kind": "flow.output", "fields": {"name": "offset"}},
  "say": {"kind": "realtime.broadcast",
          "fields": {"channels": ["news"], "event": "said", "data": {"total": 170}}}
}, "links": ["say.offset -> end.value"]}"""

HEARS = """{"heddle": 1, "name": "Hears", "blocks": {
  "end": {"kind": "flow.output", "fields": {"name": "heard"}},
  "hear": {"kind": "realtime.wait_for",
           "fields": {"channel": "news", "condition": "data['total'] > 100", "seconds": 20}}
}, "links": ["hear.came -> end.value"]}"""


@pytest.fixture
def context(granting: Granting) -> Surroundings:
    made = granting()

    async def evaluate(expression: str, names: Mapping[str, Any]) -> Any:
        assert expression == "data['total'] > 100"
        return names["data"]["total"] > 100

    made.means = msgspec.structs.replace(made.means, evaluate=evaluate)
    return made


def connection_to(server: Soketi) -> Connection:
    fields = {
        "app_id": server.app_id, "key": server.key, "secret": server.secret,
        "cluster": server.address,
    }  # fmt: skip
    return Connection("shop", "pusher", fields, ("secret",))


async def test_what_is_broadcast_is_found_in_the_history(context: Surroundings) -> None:
    sent = await broadcast(["news", "sport"], "said", context, data={"n": 1})

    told = await history("news", context)

    assert [(one["event"], one["data"]) for one in told.events] == [("said", {"n": 1})]
    assert (sent.duplicate, sent.route, told.complete) == (False, "own", True)
    assert await history("news", context, since=told.offset) == ([], told.offset, True)


async def test_done_again_by_the_same_task_it_is_said_once(context: Surroundings) -> None:
    first = await broadcast(["news"], "said", context, data=1)
    again = await broadcast(["news"], "said", context, data=1)

    assert (again.offset, again.duplicate) == (first.offset, True)
    assert len((await history("news", context)).events) == 1


async def test_a_flow_waits_for_what_fits_its_condition(context: Surroundings) -> None:
    agent = await context.agent(RealtimeAgent)
    waiting = asyncio.create_task(
        wait_for("orders", context, event="placed", condition="data['total'] > 100")
    )

    for event, total in (("placed", 50), ("paid", 500), ("placed", 170)):
        await agent.broadcast(["orders"], event, {"total": total})
    came = await waiting

    assert isinstance(came, Route)
    assert (came.port, came.value["data"]) == ("came", {"total": 170})


async def test_what_was_said_since_the_block_first_started_counts(context: Surroundings) -> None:
    agent = await context.agent(RealtimeAgent)
    await agent.broadcast(["orders"], "placed", 1)
    context.started -= 1

    came = await wait_for("orders", context)

    assert came.value["data"] == 1


async def test_once_the_time_is_over_nothing_comes_out(context: Surroundings) -> None:
    assert await wait_for("orders", context, seconds=0.0) == Route("late", None)


async def test_presence_is_for_presence_channels(context: Surroundings) -> None:
    assert await presence("presence-room", context) == ([], 0)
    with pytest.raises(BadInput, match="Nobody on 'news'"):
        await presence("news", context)


async def test_a_connection_leads_to_another_app(context: Surroundings, soketi: Soketi) -> None:
    shop = connection_to(soketi)
    app = Credentials(soketi.app_id, soketi.key, soketi.secret)
    async with client_of(soketi.port, soketi.key) as client:
        leave = channel_answer(app, client.socket_id, "presence-shop", "ada", None)
        await client.join("presence-shop", **leave)

        sent = await broadcast(["presence-shop"], "said", context, data=1, connection=shop)
        heard = await client.until("said")
        there = await channels(context, connection=shop)
        people = await presence("presence-shop", context, connection=shop)

    assert (heard["data"], sent.offset) == ("1", 0)
    assert [one["channel"] for one in there] == ["presence-shop"]
    assert [one["user_id"] for one in people.members] == ["ada"]


async def test_a_flow_bound_to_other_hosts_doesn_t_reach_the_app(
    granting: Granting, soketi: Soketi
) -> None:
    bound = granting(hosts=("example.org",), confines_connections=True)

    with pytest.raises(NotGranted, match="shop"):
        await broadcast(["news"], "said", bound, connection=connection_to(soketi))


async def test_a_run_broadcasts_and_another_hears_it(tmp_path: Path) -> None:
    settings = Settings(home=str(tmp_path))
    async with compose(settings, granted(tmp_path), place="memory:") as runtime:
        flows = FlowCalls(runtime)
        hearing = await flows.begin(await flows.store(HEARS), {})
        said = await flows.result(await flows.begin(await flows.store(SAYS), {}))
        heard = await flows.result(hearing)

    assert heard["heard"]["data"] == {"total": 170}
    assert heard["heard"]["offset"] == said["offset"]


@pytest.fixture
def app(context: Surroundings) -> Credentials:
    """The house's app, with credentials that the other side may know."""
    known = Credentials("1001", "the-key", "the-secret")
    outside = Outside(pusher_app_id=known.app_id, pusher_key=known.key, pusher_secret=known.secret)
    context.means = msgspec.structs.replace(context.means, outside=outside)
    return known


async def test_a_flow_lets_onto_channels_as_the_official_library_does(
    context: Surroundings, app: Credentials
) -> None:
    library = pusher.Pusher(app.app_id, app.key, app.secret)

    private = await authorize("12.34", context, "private-room")
    present = await authorize("12.34", context, "presence-room", "ada", {"name": "Ada"})
    user = await authorize("12.34", context, user_id="ada")

    assert private == library.authenticate("private-room", "12.34")
    custom = {"user_id": "ada", "user_info": {"name": "Ada"}}
    theirs = library.authenticate("presence-room", "12.34", custom)
    assert json.loads(present["channel_data"]) == json.loads(theirs["channel_data"])
    assert lets_in(app, present["auth"], "12.34", "presence-room", present["channel_data"])
    assert is_user(app, user["auth"], "12.34", user["user_data"])
    with pytest.raises(BadInput, match="user_id"):
        await authorize("12.34", context, "presence-room")


async def test_a_flow_reads_webhooks_of_the_app_and_no_others(
    context: Surroundings, app: Credentials
) -> None:
    happened = {"name": "channel_occupied", "channel": "news"}
    body = json.dumps({"time_ms": 0, "events": [happened]})
    signed = webhook_signature(app, body.encode())
    headers = {"X-Pusher-Key": app.key, "X-Pusher-Signature": signed}

    assert await read_webhook(headers, body, context) == [happened]

    with pytest.raises(Refused, match="no webhook of the app"):
        await read_webhook(headers, body.replace("news", "sport"), context)


async def test_a_flow_counts_what_was_said(context: Surroundings) -> None:
    await broadcast(["news", "sport"], "said", context, data=1)

    told = await statistics(context)

    assert (told["said"], told["connections"], told["route"]) == (2, 0, "own")


def test_every_block_says_what_it_is_for() -> None:
    kinds = [spec.kind for spec in blocks_in(blocks)]

    assert sorted(kinds) == [
        "realtime.authorize", "realtime.broadcast", "realtime.channels", "realtime.history",
        "realtime.presence", "realtime.read_webhook", "realtime.statistics", "realtime.wait_for",
    ]  # fmt: skip
