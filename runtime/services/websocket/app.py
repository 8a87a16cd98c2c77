"""The app of the WebSocket service."""

from typing import Any

from litestar import Litestar, WebSocket, websocket
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from runtime.runtime import Runtime
from runtime.services.house import House, app_of
from runtime.services.roles import ByRole
from runtime.services.websocket import sources
from runtime.services.websocket.channels import Channel
from runtime.services.websocket.messages import Topic
from runtime.services.websocket.session import Session

PREFIX = "/ws"

Engine = NamedDependency[SkipValidation[Runtime]]
Channels = NamedDependency[SkipValidation[dict[Topic, Channel]]]


@websocket("/")
async def listen(socket: WebSocket[Any, Any, Any], runtime: Engine, channels: Channels) -> None:
    """Subscribe to runs, agents, services and metrics; see the how-to for what is said."""
    await Session(socket, runtime, channels).serve()


def websocket_of(house: House) -> Litestar:
    """The socket at /ws."""
    runtime, registry, epoch = house.runtime, house.registry, house.runtime.owner
    channels: dict[Topic, Channel] = {
        "runs": Channel(epoch, lambda: sources.events_of_all(runtime)),
        "agents": Channel(epoch, lambda: sources.happenings(runtime)),
        "services": Channel(epoch, lambda: sources.services(registry, house.came_by), stand=True),
        "metrics": Channel(epoch, lambda: sources.metrics(runtime), stand=True),
    }
    for channel in channels.values():
        house.at_end.callback(channel.close)
    table = [ByRole(viewer=(listen,))]
    return app_of(house, "websocket", "WebSocket", table, prefix=PREFIX, channels=channels)
