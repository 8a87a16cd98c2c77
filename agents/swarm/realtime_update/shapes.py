"""What is said of events, channels and members, here and to others."""

from typing import Any, Literal

import msgspec

Server = Literal["own", "pusher"]
"""own: the server in this house; pusher: the one outside."""


class Event(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Something said on a channel; `data` is the text that goes over the wire, mostly JSON.

    `offset` counts up over all channels; 0 for what isn't kept. `id` tells events apart that are
    said twice, "" for one that can't be. `at` is in seconds since the epoch.
    """

    channel: str
    name: str
    data: str
    offset: int = 0
    id: str = ""
    user_id: str = ""
    at: float = 0.0


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """An event that somebody wants said, before it has its place; not to `except_socket`."""

    channel: str
    name: str
    data: str
    id: str = ""
    except_socket: str = ""


class Member(msgspec.Struct, frozen=True):
    """Who is on a presence channel, and what is told of them."""

    user_id: str
    user_info: Any = None


class ChannelInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A channel that somebody is on. `users` is None where nobody says who they are."""

    channel: str
    subscriptions: int | None = None
    users: int | None = None
    offset: int = 0


class Missed(msgspec.Struct, frozen=True, kw_only=True):
    """What was said on a channel after an offset, the oldest first.

    `complete` says that nothing between the two is missing. `offset` is where to go on from.
    `epoch` names the history: offsets of another one mean nothing here.
    """

    events: list[Event]
    complete: bool
    offset: int
    epoch: str


class Broadcasted(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a broadcast: the events as they are kept, by channel.

    `duplicates` are the channels on which this very event had been said before. `waiting` is how
    many events wait to be taken to the Pusher outside; 0 where there is none.
    """

    events: list[Event]
    duplicates: list[str]
    route: Server
    waiting: int = 0


class WebhookTarget(msgspec.Struct, frozen=True):
    """An address that is told what happens on channels; of no `kinds`, everything."""

    url: str
    kinds: tuple[str, ...] = ()


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """How the house's events do. `route` is the server that clients are to be on.

    `said`, `delivered`, `duplicates` and `dropped` (clients that were too slow) count since the
    start; `sent` what went to the Pusher outside. `waiting` events are still to go there, the
    oldest said at `oldest`; `refused` it will never take. `away` says why it can't be reached.
    """

    route: Server
    app_id: str
    key: str
    credentials: str
    connections: int
    channels: int
    said: int
    delivered: int
    duplicates: int
    dropped: int
    offset: int
    epoch: str
    outside: str = ""
    away: str = ""
    sent: int = 0
    waiting: int = 0
    oldest: float = 0.0
    refused: int = 0
    webhooks: list[WebhookTarget] = []
    webhooks_waiting: int = 0


def data_of(event: Event) -> Any:
    """What was said, as a value where it is JSON."""
    try:
        return msgspec.json.decode(event.data)
    except (msgspec.DecodeError, RecursionError):
        return event.data


def record_of(event: Event) -> dict[str, Any]:
    """An event as flows see it."""
    return {
        "event": event.name,
        "data": data_of(event),
        "offset": event.offset,
        "id": event.id,
        "user_id": event.user_id,
        "at": event.at,
    }
