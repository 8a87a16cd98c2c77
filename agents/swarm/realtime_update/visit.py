"""A client's visit: what it says, and what that leads to."""

import asyncio
from collections.abc import Callable

import msgspec

from agents.swarm.realtime_update import protocol
from agents.swarm.realtime_update.lines import Line
from agents.swarm.realtime_update.names import (
    LONGEST_EVENT,
    MOST_DATA,
    TO_USER,
    is_cached,
    kind_of,
    may_be_joined,
)
from agents.swarm.realtime_update.protocol import (
    NOT_ALLOWED,
    UNAUTHORISED,
    NotLetIn,
    Said,
    Trouble,
)
from agents.swarm.realtime_update.shapes import Event, Member
from agents.swarm.realtime_update.signing import Credentials, is_user, lets_in
from agents.swarm.realtime_update.station import Station

MOST_CHANNELS = 1_000
"""Channels that one connection may be on."""

CLIENT_EVENTS = 10.0
"""Events a second that a client may say to others, and as many at once."""

LONGEST_USER = 128
MOST_USER_INFO = 10_240


class Visit:
    """Hears one client. What it does wrong it is told, and it stays connected if it can."""

    def __init__(self, station: Station, line: Line, app: Credentials) -> None:
        self._station = station
        self._line = line
        self._app = app
        self._allowed = CLIENT_EVENTS
        self._counted = asyncio.get_running_loop().time()
        self._ways: dict[str, Callable[[Said], None]] = {
            "pusher:ping": self._ping,
            "pusher:pong": lambda _: None,
            "pusher:subscribe": self._subscribe,
            "pusher:unsubscribe": self._unsubscribe,
            "pusher:signin": self._sign_in,
            protocol.RECOVER: self._recover,
        }

    def hear(self, text: str | bytes) -> None:
        """Do what a message asks for."""
        self._line.heard = asyncio.get_running_loop().time()
        self._line.asked = None
        try:
            said = protocol.read(text)
            if (way := self._ways.get(said.event)) is not None:
                way(said)
            elif said.event.startswith(protocol.CLIENT):
                self._pass_on(said)
            else:
                raise Trouble(NOT_ALLOWED, f"Clients don't say {said.event[:80]!r}.")
        except Trouble as trouble:
            self._line.write(protocol.error(trouble))
            if trouble.closes:
                self._line.close(trouble.code, trouble.message)

    def _ping(self, _: Said) -> None:
        self._line.write(protocol.told("pusher:pong"))

    def _subscribe(self, said: Said) -> None:
        asked = protocol.subscription(said.data)
        try:
            member = self._let_in(asked.channel, asked.auth, asked.channel_data)
            self._station.join(self._line, asked.channel, member)
        except NotLetIn as refusal:
            self._line.write(protocol.not_let_in(asked.channel, str(refusal)))
            return
        if asked.since is not None:
            self._station.make_up(self._line, asked.channel, asked.since)
        elif is_cached(asked.channel):
            self._station.repeat_last(self._line, asked.channel)

    def _let_in(self, channel: str, auth: str, channel_data: str) -> Member | None:
        """Who comes onto a channel, None where that isn't said. Raises NotLetIn."""
        if len(self._station.hub.channels_of(self._line)) >= MOST_CHANNELS:
            raise NotLetIn(f"A connection may be on {MOST_CHANNELS:,} channels.")
        kind = kind_of(channel)
        if kind == "user":
            if not self._line.user_id or channel != TO_USER + self._line.user_id:
                raise NotLetIn("The channel is another user's: sign in first.")
            return None
        if not may_be_joined(channel):
            raise NotLetIn("That is no name of a channel.")
        if kind == "public":
            return None
        if not lets_in(self._app, auth, self._line.socket_id, channel, channel_data):
            raise NotLetIn("The auth isn't what the app's secret gives.")
        return _member(channel_data) if kind == "presence" else None

    def _unsubscribe(self, said: Said) -> None:
        self._station.leave(self._line, protocol.channel_in(said.data).channel)

    def _recover(self, said: Said) -> None:
        asked = protocol.channel_in(said.data)
        if not self._station.hub.is_on(self._line, asked.channel):
            raise Trouble(NOT_ALLOWED, "Subscribe to the channel first.")
        self._station.recover(self._line, asked.channel, asked.since)

    def _sign_in(self, said: Said) -> None:
        asked = protocol.sign_in(said.data)
        if not is_user(self._app, asked.auth, self._line.socket_id, asked.user_data):
            raise Trouble(UNAUTHORISED, "The auth isn't what the app's secret gives.", closes=True)
        self._line.user_id = protocol.user_in(asked.user_data)
        self._line.write(protocol.told("pusher:signin_success", {"user_data": asked.user_data}))

    def _pass_on(self, said: Said) -> None:
        if kind_of(said.channel) not in ("private", "presence"):
            raise Trouble(NOT_ALLOWED, "Clients say events on private and presence channels only.")
        if not self._station.hub.is_on(self._line, said.channel):
            raise Trouble(NOT_ALLOWED, "Subscribe to the channel first.")
        data = said.data if isinstance(said.data, str) else msgspec.json.encode(said.data).decode()
        if len(said.event) > LONGEST_EVENT or len(data) > MOST_DATA:
            raise Trouble(NOT_ALLOWED, f"An event takes {MOST_DATA:,} bytes of data.")
        self._count()
        member = self._station.hub.member(self._line, said.channel)
        user_id = member.user_id if member is not None else ""
        event = Event(channel=said.channel, name=said.event, data=data, user_id=user_id)
        self._station.pass_on(event, protocol.said_by_client(said, user_id), self._line)

    def _count(self) -> None:
        """Raises Trouble for who says too much."""
        now = asyncio.get_running_loop().time()
        more = (now - self._counted) * CLIENT_EVENTS
        self._allowed, self._counted = min(CLIENT_EVENTS, self._allowed + more), now
        if self._allowed < 1:
            raise Trouble(NOT_ALLOWED, f"A client may say {CLIENT_EVENTS:g} events a second.")
        self._allowed -= 1


def _member(channel_data: str) -> Member:
    member = protocol.member_in(channel_data)
    if len(member.user_id) > LONGEST_USER:
        raise NotLetIn(f"A user_id has at most {LONGEST_USER} characters.")
    if len(channel_data) > MOST_USER_INFO:
        raise NotLetIn(f"user_info has at most {MOST_USER_INFO:,} bytes.")
    return member
