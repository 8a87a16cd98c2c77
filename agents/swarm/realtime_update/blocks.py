"""What flows can do with events: broadcast, wait, look things up, let people onto channels."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import msgspec

from agents.swarm.realtime_update.connections import PUSHER
from agents.swarm.realtime_update.shapes import record_of
from graph.block import Route, block
from graph.connections import Connection
from graph.context import Context
from graph.spec import Look

if TYPE_CHECKING:
    from agents.swarm.realtime_update.agent import RealtimeAgent
    from agents.swarm.realtime_update.other_apps import OtherAppsAgent

Channel = Annotated[
    str,
    "The channel. Everybody may join one, except those that begin with private- or presence-.",
]
Through = Annotated[
    Connection | None,
    "Another Pusher app; nothing for the house's own server and the app it was told of.",
    Look(kinds=(PUSHER,)),
]
From = Annotated[
    Literal["where clients are", "our own", "pusher"],
    "Which server is asked: where clients are to be now, our own, or the Pusher outside.",
    Look(more=True),
]


class Sent(NamedTuple):
    """What came of a broadcast."""

    offset: Annotated[int, "Its place in the history; 0 by another app, which says nothing of it."]
    duplicate: Annotated[bool, "Whether all of it had been said before."]
    route: Annotated[str, "Where clients are now: `pusher`, or `own` for our own server."]


class Present(NamedTuple):
    """Who is on a presence channel."""

    members: Annotated[
        list[dict[str, Any]], "Each with `user_id`, and `user_info` where that is known."
    ]
    number: Annotated[int, "How many they are."]


class Told(NamedTuple):
    """What was said on a channel."""

    events: Annotated[
        list[dict[str, Any]], "The oldest first: `event`, `data`, `offset`, `id`, `user_id`, `at`."
    ]
    offset: Annotated[int, "Where to go on from the next time."]
    complete: Annotated[bool, "Whether nothing between is missing."]


@block(
    "realtime.broadcast",
    title="Broadcast event",
    icon="mdi6.broadcast",
    agent="realtime_update",
    effect="write",
    repeatable=True,
    search=("pusher", "websocket", "push", "publish", "notify", "live", "channel", "trigger"),
)
async def broadcast(
    channels: Annotated[Sequence[str], "The channels it is said on, a hundred at most."],
    event: Annotated[str, "What it is called."],
    context: Context,
    data: Annotated[Any, "What is said: a text, or any value as JSON; 10 KB at most."] = None,
    connection: Through = None,
    socket_id: Annotated[
        str, "A connection that isn't to get it, mostly whose doing it was.", Look(more=True)
    ] = "",
) -> Sent:
    """Say an event to every client on the channels.

    It is kept before this gives: clients that were away get it when they come back, and the
    Pusher outside once it can be reached. Done again after a crash, it is still said once.
    """
    if connection is not None:
        others = await _others(context)
        named = {"socket_id": socket_id, "id": context.key}
        await others.broadcast(connection, list(channels), event, data, **named)
        return Sent(0, False, "pusher")
    agent = await _agent(context)
    done = await agent.broadcast(list(channels), event, data, socket_id=socket_id, id=context.key)
    offset = max(one.offset for one in done.events)
    return Sent(offset, len(done.duplicates) == len(done.events), done.route)


@block(
    "realtime.channels",
    title="List channels",
    icon="mdi6.format-list-bulleted-square",
    agent="realtime_update",
    effect="read",
    search=("pusher", "websocket", "clients", "subscriptions", "occupied", "who listens"),
)
async def channels(
    context: Context,
    prefix: Annotated[str, "What the names begin with, such as presence-."] = "",
    server: From = "where clients are",
    connection: Through = None,
) -> Annotated[
    list[dict[str, Any]], "Each with `channel`, `subscriptions`, `users` and the last `offset`."
]:
    """List the channels that somebody is on, and how many are there."""
    if connection is not None:
        there = await (await _others(context)).channels(connection, prefix=prefix)
    else:
        agent = await _agent(context)
        there = await agent.channels(prefix=prefix, server=_server(server))
    return [msgspec.structs.asdict(one) for one in there]


@block(
    "realtime.presence",
    title="Who is there",
    icon="mdi6.account-group-outline",
    agent="realtime_update",
    effect="read",
    search=("pusher", "presence", "online", "members", "users", "people"),
)
async def presence(
    channel: Annotated[str, "The channel, which begins with presence-."],
    context: Context,
    server: From = "where clients are",
    connection: Through = None,
) -> Present:
    """Tell who is on a presence channel; somebody with several connections counts once."""
    if connection is not None:
        members = await (await _others(context)).presence(connection, channel)
    else:
        agent = await _agent(context)
        members = await agent.presence(channel, server=_server(server))
    return Present([msgspec.structs.asdict(one) for one in members], len(members))


@block(
    "realtime.history",
    title="Events since",
    icon="mdi6.history",
    agent="realtime_update",
    effect="read",
    search=("pusher", "missed", "recover", "replay", "past", "log", "offset"),
)
async def history(
    channel: Channel,
    context: Context,
    since: Annotated[int, "The offset after which events are wanted; 0 for all that is kept."] = 0,
    limit: Annotated[int, "The most events given at once."] = 100,
) -> Told:
    """Give what was said on a channel after an offset, as far as our own server keeps it."""
    agent = await _agent(context)
    missed = await agent.history(channel, since=since, limit=limit)
    return Told([record_of(one) for one in missed.events], missed.offset, missed.complete)


@block(
    "realtime.wait_for",
    title="Wait for event",
    icon="mdi6.ear-hearing",
    agent="realtime_update",
    effect="read",
    patient=True,
    routes=("came", "late"),
    search=("pusher", "websocket", "subscribe", "listen", "until", "client event", "signal"),
)
async def wait_for(
    channel: Channel,
    context: Context,
    event: Annotated[str, "What it is called; empty for any."] = "",
    condition: Annotated[
        str,
        "What is to be true of it: data['total'] > 100. It sees `data`, `event` and `user_id`.",
        Look("expression", names=("data", "event", "user_id", "offset")),
    ] = "",
    seconds: Annotated[float, "How long to wait, from when the block first started."] = 60.0,
) -> Route:
    """Wait until somebody says something on a channel of our own server: a flow, or a client.

    What comes out is a record: `event`, `data`, `offset`, `id`, `user_id`, `at`; and on `late`,
    once the time is over, nothing. A run that is resumed after a crash doesn't miss what was
    broadcast meanwhile; what clients say to each other isn't kept.
    """
    agent = await _agent(context)
    left = max(0.0, context.started + seconds - context.now())
    found = await agent.wait_for(
        channel, event=event, condition=condition, after=context.started, seconds=left
    )
    return Route("late", None) if found is None else Route("came", record_of(found))


@block(
    "realtime.authorize",
    title="Let onto channel",
    icon="mdi6.account-check-outline",
    output="answer",
    agent="realtime_update",
    effect="read",
    search=("pusher", "auth", "private", "presence", "sign", "endpoint", "user"),
)
async def authorize(
    socket_id: Annotated[str, "The connection that asks, as pusher-js says it."],
    context: Context,
    channel: Annotated[
        str, "The private or presence channel; empty to say only whose the connection is."
    ] = "",
    user_id: Annotated[str, "Who it is; channels that begin with presence- want it."] = "",
    user_info: Annotated[Any, "What the others on the channel may know of them."] = None,
) -> Annotated[dict[str, str], "What pusher-js is to be answered: `auth`, and what goes with it."]:
    """Sign that a connection may join a channel, or is a user's: decide before who may.

    A flow behind an endpoint that answers this is what pusher-js calls its `authEndpoint`.
    """
    agent = await _agent(context)
    if channel:
        return await agent.authorize(socket_id, channel, user_id=user_id, user_info=user_info)
    return await agent.authenticate(socket_id, user_id, user_info=user_info)


@block(
    "realtime.read_webhook",
    title="Read Pusher webhook",
    icon="mdi6.webhook",
    output="events",
    agent="realtime_update",
    effect="read",
    search=("pusher", "signature", "verify", "occupied", "vacated", "member"),
)
async def read_webhook(
    headers: Annotated[Mapping[str, str], "The headers of the request.", Look("mapping")],
    body: Annotated[str, "Its body, exactly as it came."],
    context: Context,
) -> Annotated[
    list[dict[str, Any]], "What happened: `name`, `channel`, and `event`, `user_id` where it has."
]:
    """See that a webhook is from a server of the house's Pusher app, and give what it tells.

    One that another signed, or whose body was changed, is refused.
    """
    return await (await _agent(context)).read_webhook(dict(headers), body)


@block(
    "realtime.statistics",
    title="Realtime statistics",
    icon="mdi6.chart-box-outline",
    agent="realtime_update",
    output="statistics",
    effect="read",
    search=("pusher", "websocket", "connections", "clients", "metrics", "count"),
)
async def statistics(
    context: Context,
) -> Annotated[
    dict[str, Any], "`connections`, `channels`, `said`, `delivered`, `waiting`, `route` …"
]:
    """Tell how many clients are connected, what was said, and what waits to go out."""
    return dict(msgspec.to_builtins(await (await _agent(context)).statistics()))


def _server(chosen: str) -> Literal["own", "pusher"] | None:
    known: dict[str, Literal["own", "pusher"]] = {"our own": "own", "pusher": "pusher"}
    return known.get(chosen)


async def _agent(context: Context) -> "RealtimeAgent":
    # 0.3 s of httpx that only those who use it need spend.
    from agents.swarm.realtime_update.agent import RealtimeAgent  # noqa: PLC0415 - see above

    return await context.agent(RealtimeAgent)


async def _others(context: Context) -> "OtherAppsAgent":
    from agents.swarm.realtime_update.other_apps import OtherAppsAgent  # noqa: PLC0415 - see above

    return await context.agent(OtherAppsAgent)
