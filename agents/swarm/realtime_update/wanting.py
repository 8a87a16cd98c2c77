"""What somebody wants said, looked at before anything is kept or sent."""

from collections.abc import Sequence
from typing import Any

import msgspec

from agents.swarm.realtime_update.names import (
    MOST_CHANNELS,
    is_encrypted,
    look_at_channel,
    look_at_event,
    look_at_socket,
)
from agents.swarm.realtime_update.sealing import sealed
from agents.swarm.realtime_update.shapes import Wanted
from agents.swarm.realtime_update.signing import Credentials
from graph.errors import BadInput


def wanted_of(
    channels: Sequence[str],
    event: str,
    data: Any,
    *,
    socket_id: str = "",
    id: str = "",
    app: Credentials,
) -> list[Wanted]:
    """An event as it is wanted on each of the channels, sealed by the app's key where it is to be.

    Raises BadInput.
    """
    if not channels:
        raise BadInput("No channel is named.", cure="Name at least one.")
    if len(channels) > MOST_CHANNELS:
        raise BadInput(f"An event may be said on {MOST_CHANNELS} channels at once.")
    text = data if isinstance(data, str) else msgspec.json.encode(data).decode()
    look_at_event(event, text)
    look_at_socket(socket_id)
    for channel in channels:
        look_at_channel(channel)
    return [
        Wanted(
            channel=channel,
            name=event,
            data=_sealed(app, channel, event, text) if is_encrypted(channel) else text,
            id=id,
            except_socket=socket_id,
        )
        for channel in dict.fromkeys(channels)
    ]


def _sealed(app: Credentials, channel: str, event: str, text: str) -> str:
    made = sealed(app, channel, text)
    look_at_event(event, made)
    return made
