"""Channels and what is said on them, as the dock of channels tells of it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from agents.swarm.realtime_update.names import kind_of
from agents.swarm.realtime_update.shapes import ChannelInfo, Event, Member, Missed, Statistics
from app.presenters.amounts import amount
from app.presenters.signs import Sign

COLUMNS = ("Channel", "Clients", "People", "Last event")

ABOUT = (
    "What events are said on; its name says who may join",
    "Connections that are on it now",
    "Who is on it, where they say who they are",
    "The place of what was said last, by which clients make up for what they missed",
)
"""What each column tells."""

KINDS: Mapping[str, tuple[str, str]] = {
    "public": ("Public", "mdi6.bullhorn-outline"),
    "private": ("Private", "mdi6.lock-outline"),
    "presence": ("Presence", "mdi6.account-group-outline"),
    "user": ("To one user", "mdi6.account-outline"),
}
"""By kind: what it is called, and its icon."""

MOST_SHOWN = 200
"""Characters of an event's data in the list."""


class ChannelRow(NamedTuple):
    """A channel in the list; a quiet one has no clients now."""

    channel: str
    texts: tuple[str, ...]
    icon: str
    quiet: bool

    @property
    def key(self) -> str:
        """What it is known by."""
        return self.channel


class Overview(NamedTuple):
    """What the dock shows of all channels."""

    rows: tuple[ChannelRow, ...]
    route: Sign
    figures: str
    key: str
    credentials: str


class Selected(NamedTuple):
    """What the dock shows of one channel: people, and what was said, the newest first.

    Of what was said: when, by which name, and with which data.
    """

    channel: str
    headline: str
    people: tuple[tuple[str, str], ...]
    said: tuple[tuple[str, str, str], ...]


def overview(statistics: Any, channels: Any) -> Overview:
    """What the agent tells of itself and of its channels, from JSON."""
    told = msgspec.convert(statistics, Statistics)
    infos = msgspec.convert(channels, list[ChannelInfo])
    return Overview(
        tuple(_row(info) for info in sorted(infos, key=lambda one: not one.subscriptions)),
        _route(told),
        _figures(told),
        told.key,
        told.credentials,
    )


def selected(info: ChannelRow, missed: Any, members: Any) -> Selected:
    """What was said on a channel and who is there, from JSON."""
    events = msgspec.convert(missed, Missed).events
    people = msgspec.convert(members, list[Member])
    kind, _ = KINDS[kind_of(info.channel)]
    told = [f"{kind} channel", _count(info.texts[1], "client", "clients")]
    if people:
        told.append(_count(str(len(people)), "person", "people"))
    return Selected(
        info.channel,
        ", ".join(told),
        tuple((one.user_id, _short(one.user_info)) for one in people),
        tuple(_said(event) for event in reversed(events)),
    )


def data_from(text: str) -> Any:
    """What somebody typed to be said: JSON where it is some, else the text itself."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _row(info: ChannelInfo) -> ChannelRow:
    _, icon = KINDS[kind_of(info.channel)]
    clients = info.subscriptions or 0
    people = "" if info.users is None else str(info.users)
    offset = str(info.offset) if info.offset else ""
    return ChannelRow(info.channel, (info.channel, str(clients), people, offset), icon, not clients)


def _route(told: Statistics) -> Sign:
    if not told.outside:
        return Sign(
            "mdi6.access-point", "done", "Our own server",
            "Clients are on the server of this house. No Pusher app outside is named.",
        )  # fmt: skip
    if told.away:
        return Sign(
            "mdi6.alert-outline", "warning",
            f"Pusher is away; our own server serves. {told.waiting:,} events wait", told.away,
        )  # fmt: skip
    return Sign(
        "mdi6.cloud-check-outline", "done", f"Pusher at {told.outside.partition('://')[2]}",
        "What is said is taken there, and kept here as well.",
    )  # fmt: skip


def _figures(told: Statistics) -> str:
    parts = [
        _count(f"{told.connections:,}", "client here", "clients here"),
        f"{amount(told.said, 'count')} said",
        f"{amount(told.delivered, 'count')} delivered",
    ]
    if told.outside:
        parts.append(f"{amount(told.sent, 'count')} taken to Pusher")
    for count, what in (
        (told.refused, "refused by Pusher"),
        (told.duplicates, "said twice"),
        (told.dropped, "too slow"),
        (told.webhooks_waiting, "webhooks wait"),
    ):
        if count:
            parts.append(f"{count:,} {what}")
    return "   ".join(parts)


def _said(event: Event) -> tuple[str, str, str]:
    at = datetime.fromtimestamp(event.at).astimezone().strftime("%H:%M:%S")
    return at, event.name, _shortened(_spaced(event.data))


def _spaced(text: str) -> str:
    """JSON with spaces, at which a narrow dock can break it; any other text as it is."""
    try:
        return json.dumps(msgspec.json.decode(text), ensure_ascii=False)
    except msgspec.DecodeError:
        return text


def _short(value: Any) -> str:
    return "" if value is None else _shortened(json.dumps(value, ensure_ascii=False))


def _shortened(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _count(number: str, one: str, many: str) -> str:
    return f"{number} {one if number == '1' else many}"
