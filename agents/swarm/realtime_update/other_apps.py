"""Apps of Pusher servers that are no business of the house: what a flow's connections lead to."""

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

from agents.contract import Grants, Means
from agents.swarm.realtime_update.connections import app_in, let_through
from agents.swarm.realtime_update.names import is_encrypted
from agents.swarm.realtime_update.outside import Pusher
from agents.swarm.realtime_update.shapes import ChannelInfo, Member
from agents.swarm.realtime_update.wanting import wanted_of
from agents.worker import Worker, capability
from graph.connections import Connection
from graph.errors import BadInput

MOST_KEPT = 20
"""Apps whose connections are kept open."""


class OtherAppsAgent(Worker):
    """Asks the servers themselves, and keeps nothing. Raises BadInput and AgentError."""

    kind: ClassVar[str] = "pusher"
    title: ClassVar[str] = "Pusher apps"

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self._apps = dict[tuple[str, str, str], Pusher]()

    async def close(self) -> None:
        """Let go of the connections to the servers."""
        apps, self._apps = list(self._apps.values()), {}
        for app in apps:
            await app.close()

    @capability("write")
    async def broadcast(
        self,
        connection: Connection,
        channels: Sequence[str],
        event: str,
        data: Any = None,
        *,
        socket_id: str = "",
        id: str = "",
    ) -> None:
        """Say an event on channels of another app."""
        if encrypted := [channel for channel in channels if is_encrypted(channel)]:
            raise BadInput(
                f"{encrypted[0]!r} is encrypted, and the key of another app isn't known here.",
                cure="Use a private channel, or the house's own app.",
            )
        app = await self._app(connection)
        wanted = wanted_of(channels, event, data, socket_id=socket_id, id=id, app=app.app)
        names = [one.channel for one in wanted]
        await app.trigger_on(names, event, wanted[0].data, socket_id=socket_id, id=id)

    @capability("read")
    async def channels(self, connection: Connection, *, prefix: str = "") -> list[ChannelInfo]:
        """The channels of another app that somebody is on."""
        return await (await self._app(connection)).channels(prefix)

    @capability("read")
    async def presence(self, connection: Connection, channel: str) -> list[Member]:
        """Who is on a presence channel of another app."""
        return await (await self._app(connection)).users(channel)

    async def _app(self, connection: Connection) -> Pusher:
        """The app a connection leads to. Raises NotGranted, BadInput."""
        app, address = app_in(connection)
        let_through(self.grants, connection.name, address)
        key = (address, app.key, app.secret)
        if key not in self._apps:
            while len(self._apps) >= MOST_KEPT:
                await self._apps.pop(next(iter(self._apps))).close()
            guard = self.means.guards.of(f"realtime_update:{urlsplit(address).netloc}")
            self._apps[key] = Pusher(app, address, guard)
        return self._apps[key]
