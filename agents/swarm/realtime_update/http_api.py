"""Our server's HTTP API, as the Pusher libraries of all languages speak it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from agents.swarm.realtime_update import signing
from agents.swarm.realtime_update.log import Kept
from agents.swarm.realtime_update.names import (
    MOST_CHANNELS,
    is_cached,
    is_encrypted,
    look_at_channel,
    look_at_event,
    look_at_socket,
)
from agents.swarm.realtime_update.sealing import shared_secret
from agents.swarm.realtime_update.shapes import ChannelInfo, Wanted
from agents.swarm.realtime_update.signing import BadSignature, Credentials
from agents.swarm.realtime_update.station import Station
from graph.errors import BadInput

Publish = Callable[[Sequence[Wanted]], Awaitable[list[Kept]]]

EVENT_IDS = "x-event-ids"
"""The header in which who repeats events names them, so that none is said twice: one each, with
commas between. Other servers leave it unread."""

MOST_BATCH = 100
MOST_HISTORY = 1_000
DEFAULT_HISTORY = 100


class Answer(msgspec.Struct, frozen=True):
    """What an HTTP request is answered."""

    status: int
    body: Any


class Request(msgspec.Struct, frozen=True):
    """What was asked, with names of headers in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class _Told(msgspec.Struct, frozen=True):
    name: str
    data: str
    channels: list[str] = []
    channel: str = ""
    socket_id: str | None = None
    info: str = ""


class _Batch(msgspec.Struct, frozen=True):
    batch: list[_Told]


class _Joining(msgspec.Struct, frozen=True):
    """Who wants to be let onto a channel, or to be known as a user; text fields only, as forms."""

    socket_id: str
    channel_name: str = ""
    user_id: str = ""
    user_info: Any = None


class HttpApi:
    """Answers requests below /apps/ID, each signed, and asks to be let in below /pusher."""

    def __init__(self, app: Credentials, station: Station, publish: Publish) -> None:
        self._app = app
        self._station = station
        self._publish = publish

    async def answer(self, request: Request) -> Answer:
        """What a request comes to; never raises for what the request does wrong. AgentError."""
        try:
            if request.path.startswith("/pusher/"):
                return self._let_in(request)
            return await self._signed(request)
        except BadSignature as error:
            return _refused(401, error.message, error.cure)
        except BadInput as error:
            return _refused(400, error.message, error.cure)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return _refused(400, f"The body can't be read: {error}.")

    async def _signed(self, request: Request) -> Answer:
        _, _, app_id, *rest = request.path.split("/")
        if app_id != self._app.app_id:
            return _refused(404, "There is no such app.")
        signing.check_request(self._app, request.method, request.path, request.query, request.body)
        match (request.method, *rest):
            case ("POST", "events"):
                return await self._events(request)
            case ("POST", "batch_events"):
                return await self._batch(request)
            case ("GET", "channels"):
                return self._channels(request.query)
            case ("GET", "channels", channel):
                return self._channel(channel, request.query)
            case ("GET", "channels", channel, "users"):
                return self._users(channel)
            case ("GET", "channels", channel, "history"):
                return self._history(channel, request.query)
            case ("POST", "users", user, "terminate_connections"):
                return self._terminate(user)
        return _refused(404, f"There is nothing at {request.method} {request.path}.")

    async def _events(self, request: Request) -> Answer:
        told = msgspec.json.decode(request.body, type=_Told)
        channels = told.channels or [told.channel]
        if len(channels) > MOST_CHANNELS:
            raise BadInput(f"An event may be said on {MOST_CHANNELS} channels at once.")
        ids = _ids(request)
        wanted = [_wanted(told, channel, ids[0] if ids else "") for channel in channels]
        await self._publish(wanted)
        if not told.info:
            return Answer(200, {})
        asked = {channel: self._info(channel, told.info) for channel in channels}
        return Answer(200, {"channels": asked})

    async def _batch(self, request: Request) -> Answer:
        batch = msgspec.json.decode(request.body, type=_Batch).batch
        if len(batch) > MOST_BATCH:
            raise BadInput(f"A batch has at most {MOST_BATCH} events.")
        ids = _ids(request)
        if ids and len(ids) != len(batch):
            raise BadInput(f"{EVENT_IDS} names as many events as the batch has.")
        wanted = [
            _wanted(told, told.channel, ids[n] if ids else "") for n, told in enumerate(batch)
        ]
        await self._publish(wanted)
        if not any(told.info for told in batch):
            return Answer(200, {})
        return Answer(200, {"batch": [self._info(one.channel, one.info) for one in batch]})

    def _channels(self, query: Mapping[str, str]) -> Answer:
        prefix, info = query.get("filter_by_prefix", ""), query.get("info", "")
        if "user_count" in info and not prefix.startswith("presence-"):
            raise BadInput("user_count is asked for with filter_by_prefix=presence-.")
        there = self._station.channels(prefix)
        return Answer(200, {"channels": {channel: self._info(channel, info) for channel in there}})

    def _channel(self, channel: str, query: Mapping[str, str]) -> Answer:
        look_at_channel(channel)
        occupied = self._station.count(channel) > 0
        return Answer(200, {"occupied": occupied} | self._info(channel, query.get("info", "")))

    def _users(self, channel: str) -> Answer:
        if not channel.startswith("presence-"):
            raise BadInput("Only presence channels know who is on them.")
        return Answer(200, {"users": [{"id": user} for user in self._station.members(channel)]})

    def _history(self, channel: str, query: Mapping[str, str]) -> Answer:
        look_at_channel(channel)
        since, most = _number(query, "since", 0), _number(query, "limit", DEFAULT_HISTORY)
        missed = self._station.missed(channel, since, max(1, min(most, MOST_HISTORY)))
        return Answer(200, missed)

    def _terminate(self, user: str) -> Answer:
        self._station.end(user)
        return Answer(200, {})

    def _info(self, channel: str, wanted: str) -> dict[str, Any]:
        return told_of(self._station.info(channel), wanted) | (
            {"cache": self._cached(channel)} if "cache" in wanted and is_cached(channel) else {}
        )

    def _cached(self, channel: str) -> dict[str, Any] | None:
        last = self._station.history.last(channel)
        return None if last is None else {"event": last.name, "data": last.data}

    def _let_in(self, request: Request) -> Answer:
        if request.method != "POST":
            return _refused(405, "Ask by POST.")
        asked = msgspec.convert(_form(request), _Joining)
        look_at_socket(asked.socket_id)
        if request.path == "/pusher/user-auth":
            return Answer(
                200, user_answer(self._app, asked.socket_id, asked.user_id, asked.user_info)
            )
        if request.path == "/pusher/auth":
            return Answer(
                200,
                channel_answer(
                    self._app, asked.socket_id, asked.channel_name, asked.user_id, asked.user_info
                ),
            )
        return _refused(404, "There are /pusher/auth and /pusher/user-auth.")


def told_of(info: ChannelInfo, wanted: str) -> dict[str, Any]:
    """What is said of a channel to who asks for these, with commas between."""
    told = {"subscription_count": info.subscriptions, "user_count": info.users}
    asked = {name.strip() for name in wanted.split(",")}
    return {name: value for name, value in told.items() if name in asked and value is not None}


def channel_answer(
    app: Credentials, socket_id: str, channel: str, user_id: str, user_info: Any
) -> dict[str, str]:
    """What lets a connection onto a channel. Raises BadInput."""
    look_at_socket(socket_id)
    look_at_channel(channel)
    if is_encrypted(channel):
        secret = shared_secret(app, channel)
        return {"auth": signing.channel_auth(app, socket_id, channel), "shared_secret": secret}
    if not channel.startswith("presence-"):
        return {"auth": signing.channel_auth(app, socket_id, channel)}
    if not user_id:
        raise BadInput("Who comes onto a presence channel has a user_id.")
    data = _text({"user_id": user_id} | ({} if user_info is None else {"user_info": user_info}))
    return {"auth": signing.channel_auth(app, socket_id, channel, data), "channel_data": data}


def user_answer(app: Credentials, socket_id: str, user_id: str, user_info: Any) -> dict[str, str]:
    """What makes a connection that of a user. Raises BadInput."""
    look_at_socket(socket_id)
    if not user_id:
        raise BadInput("Who signs in has a user_id.")
    data = _text({"id": user_id} | ({} if user_info is None else {"user_info": user_info}))
    return {"auth": signing.user_auth(app, socket_id, data), "user_data": data}


def _wanted(told: _Told, channel: str, id: str) -> Wanted:
    look_at_channel(channel)
    look_at_event(told.name, told.data)
    look_at_socket(told.socket_id or "")
    return Wanted(
        channel=channel, name=told.name, data=told.data, id=id, except_socket=told.socket_id or ""
    )


def _ids(request: Request) -> list[str]:
    given = request.headers.get(EVENT_IDS, "")
    return [one.strip()[:200] for one in given.split(",")] if given else []


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(query.get(name) or default)
    except ValueError:
        raise BadInput(f"{name} is a whole number.") from None


def _form(request: Request) -> dict[str, Any]:
    if "json" in request.headers.get("content-type", ""):
        return msgspec.json.decode(request.body, type=dict[str, Any])
    return dict(parse_qsl(request.body.decode(errors="replace")))


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _refused(status: int, message: str, cure: str = "") -> Answer:
    return Answer(status, {"error": message} | ({"cure": cure} if cure else {}))
