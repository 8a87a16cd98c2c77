"""What channels and events may be called, and what kind of channel a name means."""

import re
from typing import Literal

from graph.errors import BadInput

Kind = Literal["public", "private", "presence", "user"]

MOST_CHANNELS = 100
"""Channels that one event may be said on."""
MOST_DATA = 10_240
"""Bytes of an event's data: what Pusher takes."""
LONGEST_EVENT = 200

TO_USER = "#server-to-user-"
"""Begins the channel that leads to all connections of a user."""

_CHANNEL = re.compile(r"[A-Za-z0-9_\-=@,.;]{1,164}")
_TO_USER = re.compile(TO_USER + r"[^\s\x00-\x1f]{1,128}")
_SOCKET = re.compile(r"\d{1,20}\.\d{1,20}")


def kind_of(channel: str) -> Kind:
    """Who may join a channel: everybody, who was let in, who says who they are, one user."""
    if channel.startswith("private-"):
        return "private"
    if channel.startswith("presence-"):
        return "presence"
    return "user" if channel.startswith(TO_USER) else "public"


def is_cached(channel: str) -> bool:
    """Whether who joins gets what was said last."""
    return channel.startswith(
        ("cache-", "private-cache-", "presence-cache-", "private-encrypted-cache-")
    )


def is_encrypted(channel: str) -> bool:
    """Whether data on it can be read by its clients alone."""
    return channel.startswith("private-encrypted-")


def may_be_joined(channel: str) -> bool:
    """Whether it is a name that a client may subscribe to."""
    return _CHANNEL.fullmatch(channel) is not None


def look_at_channel(channel: str) -> None:
    """Raises BadInput for what is no channel that can be said something on."""
    if not may_be_joined(channel) and _TO_USER.fullmatch(channel) is None:
        raise BadInput(
            f"{channel[:80]!r} is no name of a channel.",
            cure="Use up to 164 letters, digits and _ - = @ , . ; (private- and presence- begin"
            " those that not everybody may join).",
        )


def look_at_event(name: str, data: str) -> None:
    """Raises BadInput for an event that no Pusher server takes."""
    if not name or len(name) > LONGEST_EVENT:
        raise BadInput(f"The name of an event has 1 to {LONGEST_EVENT} characters.")
    if name.startswith(("pusher:", "pusher_internal:", "heddle:")):
        raise BadInput(
            f"{name!r} is a name that servers use themselves.", cure="Choose another name."
        )
    if (size := len(data.encode())) > MOST_DATA:
        raise BadInput(
            f"The data of {name!r} has {size:,} bytes, and an event takes {MOST_DATA:,}.",
            cure="Say where it is to be had instead, such as an address.",
        )


def look_at_socket(socket_id: str) -> None:
    """Raises BadInput for what is no connection's id."""
    if socket_id and _SOCKET.fullmatch(socket_id) is None:
        raise BadInput(f"{socket_id[:40]!r} is no socket id.", cure="They look like 1234.5678.")
