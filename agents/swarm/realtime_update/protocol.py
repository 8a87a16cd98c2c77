"""The words of the Pusher protocol, version 7: what clients say, what they are told, and how."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from agents.swarm.realtime_update.shapes import Event, Member

T = TypeVar("T")

VERSION = 7
SUPPORTED = range(5, VERSION + 1)

NO_SUCH_APP = 4001
BAD_PATH = 4005
BAD_VERSION = 4006
OTHER_VERSION = 4007
NO_VERSION = 4008
UNAUTHORISED = 4009
TOO_MANY = 4004
TOO_SLOW = 4100
ENDING = 4200
NO_PONG = 4201
NOT_ALLOWED = 4301
"""The code of an error says what its client does: 4000 to 4099 it gives up, 4100 to 4199 it comes
again after a while, 4200 to 4299 at once; what is above it may go on with."""

CLIENT = "client-"
"""Begins events that clients say to each other."""

RECOVER = "heddle:recover"
"""What a client says to get what it missed on a channel, and offsets from then on."""
RECOVERED = "heddle:recovered"
OFFSET = "heddle:offset"
ROUTE = "heddle:route"


class Said(msgspec.Struct):
    """What a client said."""

    event: str
    data: Any = None
    channel: str = ""


class _Subscription(msgspec.Struct):
    channel: str
    auth: str = ""
    channel_data: str = ""
    since: int | None = None


class _Channel(msgspec.Struct):
    channel: str
    since: int | None = None


class _SignIn(msgspec.Struct):
    auth: str
    user_data: str


_said = msgspec.json.Decoder(Said)
_encode = msgspec.json.Encoder().encode


class Trouble(Exception):
    """Something a client is told of: a code of the protocol, and what is wrong.

    `closes` says that the connection is closed with it.
    """

    def __init__(self, code: int, message: str, *, closes: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.closes = closes


class NotLetIn(Exception):
    """A subscription that isn't given."""


class Message:
    """Texts for clients, encoded once for however many: as they are, and as WebSocket frames."""

    __slots__ = ("_frames", "texts")

    def __init__(self, *texts: bytes) -> None:
        self.texts = texts
        self._frames = b""

    @property
    def frames(self) -> bytes:
        """Each text in a frame as servers send it: whole, unmasked, not compressed."""
        if not self._frames:
            self._frames = b"".join([_header(len(text)) + text for text in self.texts])
        return self._frames

    @property
    def size(self) -> int:
        """Bytes of the texts."""
        return sum(map(len, self.texts))


def _header(length: int) -> bytes:
    if length < 126:
        return bytes((0x81, length))
    if length < 1 << 16:
        return b"\x81\x7e" + length.to_bytes(2)
    return b"\x81\x7f" + length.to_bytes(8)


def read(text: str | bytes) -> Said:
    """What a client said. Raises Trouble for what is no message."""
    try:
        return _said.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Trouble(BAD_PATH, "A message is a JSON record with `event` and `data`.") from None


def subscription(data: Any) -> _Subscription:
    """What a client wants to join, and how it shows that it may. Raises Trouble."""
    return _converted(data, _Subscription)


def channel_in(data: Any) -> _Channel:
    """Which channel a client speaks of. Raises Trouble."""
    return _converted(data, _Channel)


def sign_in(data: Any) -> _SignIn:
    """Who a client says it is. Raises Trouble."""
    return _converted(data, _SignIn)


def _converted(data: Any, kind: type[T]) -> T:
    try:
        if isinstance(data, str):
            return msgspec.json.decode(data, type=kind)
        return msgspec.convert(data, kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Trouble(BAD_PATH, f"The data of the message can't be read: {error}.") from None


def member_in(channel_data: str) -> Member:
    """Who wants to join a presence channel. Raises NotLetIn for who doesn't say."""
    try:
        said = msgspec.json.decode(channel_data)
        user_id = said["user_id"]
        if not isinstance(user_id, str | int) or isinstance(user_id, bool) or user_id == "":
            raise TypeError
        return Member(str(user_id), said.get("user_info"))
    except (msgspec.DecodeError, RecursionError, TypeError, KeyError, AttributeError):
        raise NotLetIn("channel_data is to be a JSON record with a user_id.") from None


def user_in(user_data: str) -> str:
    """The id of a user who signs in. Raises Trouble for who has none."""
    try:
        user_id = msgspec.json.decode(user_data)["id"]
    except (msgspec.DecodeError, RecursionError, TypeError, KeyError):
        user_id = None
    if not isinstance(user_id, str) or not user_id:
        raise Trouble(UNAUTHORISED, "user_data is to be a JSON record with an id.", closes=True)
    return user_id


def told(event: str, data: Any = None, channel: str = "", offset: int = 0) -> Message:
    """A message of the server's own; its data is JSON inside a text, as the protocol wants it."""
    said: dict[str, Any] = {"event": event}
    if channel:
        said["channel"] = channel
    said["data"] = _encode({} if data is None else data).decode()
    if offset:
        said["offset"] = offset
    return Message(_encode(said))


def established(socket_id: str, activity_timeout: int) -> Message:
    """The first word to every client."""
    said = {"socket_id": socket_id, "activity_timeout": activity_timeout}
    return told("pusher:connection_established", said)


def error(trouble: Trouble) -> Message:
    """What is wrong, for the client."""
    said = {"event": "pusher:error", "data": {"code": trouble.code, "message": trouble.message}}
    return Message(_encode(said))


def not_let_in(channel: str, why: str) -> Message:
    """That a subscription isn't given; a record, no text, as clients expect it."""
    data = {"type": "AuthError", "error": why, "status": 401}
    return Message(
        _encode({"event": "pusher:subscription_error", "channel": channel, "data": data})
    )


def succeeded(channel: str, members: Mapping[str, Member] | None, offset: int) -> Message:
    """That a client is on a channel now, and with whom."""
    data: dict[str, Any] = {}
    if members is not None:
        known = {user: member.user_info for user, member in members.items()}
        data["presence"] = {"count": len(known), "ids": list(known), "hash": known}
    return told("pusher_internal:subscription_succeeded", data, channel, offset)


def came(channel: str, member: Member) -> Message:
    """That somebody is on a presence channel now."""
    data = {"user_id": member.user_id, "user_info": member.user_info}
    return told("pusher_internal:member_added", data, channel)


def went(channel: str, member: Member) -> Message:
    """That somebody isn't any more."""
    return told("pusher_internal:member_removed", {"user_id": member.user_id}, channel)


def said_on(*events: Event) -> Message:
    """Events for those on their channel; who wants to make up for what it missed reads `offset`."""
    return Message(*map(_text_of, events))


def _text_of(event: Event) -> bytes:
    said: dict[str, Any] = {"event": event.name, "channel": event.channel, "data": event.data}
    if event.user_id:
        said["user_id"] = event.user_id
    if event.offset:
        said["offset"] = event.offset
        if event.id:
            said["id"] = event.id
    return _encode(said)


def said_by_client(said: Said, user_id: str) -> Message:
    """An event of one client for the others; its data stays what it was."""
    passed: dict[str, Any] = {"event": said.event, "channel": said.channel, "data": said.data}
    if user_id:
        passed["user_id"] = user_id
    return Message(_encode(passed))


def offset_of(event: Event) -> Message:
    """Where those who follow a channel are, as an event that any client can bind to."""
    return told(OFFSET, {"offset": event.offset}, event.channel)
