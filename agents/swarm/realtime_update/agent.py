"""Pushes events to clients: by a Pusher server of our own, and by the one outside, if any."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from agents.contract import Grants, Health, Means, Receive, Scope, Send
from agents.errors import AgentError, Overdue, Refused, Unavailable
from agents.swarm.realtime_update import protocol
from agents.swarm.realtime_update.courier import LANES, Courier
from agents.swarm.realtime_update.credentials import app_outside, own_app
from agents.swarm.realtime_update.history import IN_ALL
from agents.swarm.realtime_update.http_api import HttpApi, channel_answer, user_answer
from agents.swarm.realtime_update.keeper import Keeper
from agents.swarm.realtime_update.log import Kept, Log
from agents.swarm.realtime_update.names import (
    look_at_channel,
)
from agents.swarm.realtime_update.outside import Pusher
from agents.swarm.realtime_update.sealing import look_at_key, opened
from agents.swarm.realtime_update.server import Server
from agents.swarm.realtime_update.shapes import (
    Broadcasted,
    ChannelInfo,
    Event,
    Member,
    Missed,
    Statistics,
    Wanted,
    WebhookTarget,
    record_of,
)
from agents.swarm.realtime_update.shapes import (
    Server as Where,
)
from agents.swarm.realtime_update.signing import BadSignature, Credentials, check_webhook
from agents.swarm.realtime_update.station import Station
from agents.swarm.realtime_update.wanting import wanted_of
from agents.swarm.realtime_update.webhooks import Webhook, Webhooks, look_at_target
from agents.worker import Worker, capability
from graph.errors import BadInput

if TYPE_CHECKING:
    from agents.swarm.realtime_update.fellows import Fellows

T = TypeVar("T")

DEEP_SECONDS = 0.8
"""Seconds within which Pusher has to answer when it is asked how it is."""

MOST_HISTORY = 1_000


class RealtimeAgent(Worker):
    """Says events for all flows of this home. Every method raises BadInput and AgentError.

    All that is said is said by our own server, and kept there for a while. Where the house has a
    Pusher app outside (its cluster is named), all of it is taken there, too, at least once and in
    order; while that can't be reached, clients are to be on our own.
    """

    kind: ClassVar[str] = "realtime_update"
    title: ClassVar[str] = "Realtime"
    for_all: ClassVar[bool] = True

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self._misfit = ""
        try:
            self._outside = app_outside(means.outside)
        except BadInput as error:  # our own server does all the same
            self._outside, self._misfit = None, str(error)
        try:
            look_at_key(means.outside.pusher_encryption_master_key_base64)
        except BadInput as error:  # all other channels do
            self._misfit = self._misfit or str(error)
        lanes = LANES if self._outside is not None else 0
        self._log = Log(means.folder, lanes, flushes=means.durability == "full")
        self._app = Credentials("", "", "")
        self._credentials = ""
        self._is_open = False
        self._duplicates = 0
        self._courier: Courier | None = None
        self._pusher: Pusher | None = None
        self._fellows: Fellows | None = None
        self._readings = set[asyncio.Task[None]]()
        self._targeting = asyncio.Lock()

    async def connect(self) -> None:
        """Open the log, and let clients in."""
        self._app, self._credentials = await asyncio.to_thread(
            own_app, self.means.folder, self.means.outside
        )
        past = await asyncio.to_thread(self._log.open, IN_ALL)
        targets = await asyncio.to_thread(self._log.webhooks)
        self._webhooks = Webhooks(self._app, self.means.guards)
        self._station = Station(self._webhooks.notice)
        self._station.remember(past.epoch, past.begins, past.events)
        self._keeper = Keeper(self._log, self._station.deliver)
        self._keeper.begin(self._station.history.offset)
        api = HttpApi(self._app, self._station, self._publish)
        self._server = Server(self._app, self._station, api)
        self._server.begin()
        self._is_open = True
        await self._webhooks.tell_these(targets)
        if self.means.outside.redis_url:
            self._begin_fellows(self.means.outside.redis_url, past.epoch)
        if self._outside is not None:
            self._begin_outside(*self._outside, past.epoch)

    def _begin_fellows(self, url: str, home: str) -> None:
        # 0.1 s of redis that only those who name one need spend.
        from agents.swarm.realtime_update.fellows import Fellows  # noqa: PLC0415 - see above

        self._fellows = Fellows(
            url,
            home,
            self._station,
            tell=self._webhooks.notice,
            changed=lambda: self.means.report(self._health()),
            retargeted=self._retargeted,
        )
        self._station.outward = self._fellows
        self._fellows.begin()

    def _begin_outside(self, app: Credentials, address: str, epoch: str) -> None:
        guard = self.means.guards.of(f"realtime_update:{urlsplit(address).netloc}")
        self._pusher = Pusher(app, address, guard)
        self._courier = Courier(self._log, self._pusher, self._route_changed)
        self._courier.begin(epoch)

    async def close(self) -> None:
        """Send clients away, keep what was asked for, and stop."""
        if self._is_open:
            self._is_open = False
            await self._server.close()
            if self._fellows is not None:
                await self._fellows.close()
            for reading in self._readings:
                reading.cancel()
            await asyncio.gather(*self._readings, return_exceptions=True)
            await self._keeper.close()
            if self._courier is not None:
                await self._courier.close()
            await self._webhooks.close()
        await asyncio.to_thread(self._log.close)

    async def health(self, *, deep: bool = False) -> Health:
        """Deep: whether the log can be read, and Pusher answers."""
        try:
            if deep:
                await asyncio.to_thread(self._log.waiting)
        except AgentError as error:
            return Health("down", str(error))
        if deep and self._pusher is not None and self._courier is not None:
            await self._look_outside(self._pusher, self._courier)
        return self._health()

    def _health(self) -> Health:
        if self._misfit:
            return Health("degraded", self._misfit)
        for one in (self._courier, self._fellows):
            if one is not None and one.away:
                return Health("degraded", one.trouble)
        return Health("ok")

    async def _look_outside(self, pusher: Pusher, courier: Courier) -> None:
        try:
            async with asyncio.timeout(DEEP_SECONDS):
                await pusher.channels("heddle-", again=False)
        except TimeoutError:
            courier.noticed(Overdue(f"{pusher.address} takes too long to answer."))
        except AgentError as error:
            courier.noticed(error)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The Pusher server: WebSockets at /app/KEY, the HTTP API at /apps/ID."""
        await self._server(scope, receive, send)

    @capability("write")
    async def broadcast(
        self,
        channels: list[str],
        event: str,
        data: Any = None,
        *,
        socket_id: str = "",
        id: str = "",
    ) -> Broadcasted:
        """Say an event on channels; it is kept once this gives, and reaches every client there.

        `data` that is a text goes out as it is, anything else as JSON. Not to `socket_id`. What
        has an `id` is said once on a channel, however often it is asked for.
        """
        wanted = wanted_of(channels, event, data, socket_id=socket_id, id=id, app=self._app)
        kept = await self._publish(wanted)
        return Broadcasted(
            events=[one.event for one in kept],
            duplicates=[one.event.channel for one in kept if one.known],
            route=self._route,
            waiting=(await self._waiting())[0],
        )

    @capability("read")
    async def channels(
        self, *, prefix: str = "", server: Where | None = None, quiet: bool = False
    ) -> list[ChannelInfo]:
        """The channels that somebody is on, where clients are to be or on the server named.

        `quiet` has those listed as well on which something was said here lately.
        """
        if (pusher := self._asked_outside(server)) is not None:
            return await self._told(lambda: pusher.channels(prefix))
        names = set(self._station.channels(prefix))
        if quiet:
            names.update(self._station.history.channels(prefix))
        return [self._station.info(name) for name in sorted(names)]

    @capability("read")
    async def presence(self, channel: str, *, server: Where | None = None) -> list[Member]:
        """Who is on a presence channel."""
        look_at_channel(channel)
        if not channel.startswith("presence-"):
            raise BadInput(
                f"Nobody on {channel!r} says who they are.",
                cure="Only channels that begin with presence- know who is there.",
            )
        if (pusher := self._asked_outside(server)) is not None:
            return await self._told(lambda: pusher.users(channel))
        return list(self._station.members(channel).values())

    @capability("read")
    async def history(
        self, channel: str, *, since: int = 0, limit: int = 100, newest: bool = False
    ) -> Missed:
        """What was said on a channel after an offset, the oldest first; or what was said last."""
        look_at_channel(channel)
        most = max(1, min(limit, MOST_HISTORY))
        told = (
            self._station.latest(channel, most)
            if newest
            else self._station.missed(channel, since, most)
        )
        return replace(told, events=[self._opened(event) for event in told.events])

    @capability("read")
    async def wait_for(
        self,
        channel: str,
        *,
        event: str = "",
        condition: str = "",
        after: float | None = None,
        seconds: float = 60.0,
    ) -> Event | None:
        """The next event on a channel of our own server; None when none came in time.

        What was said since `after`, in seconds since the epoch, counts as well. `condition` is an
        expression over `event`, `data`, `user_id` and `offset`.
        """
        look_at_channel(channel)
        heard = asyncio.Queue[Event]()
        with self._station.listening(channel, heard.put_nowait):
            for said in self._station.said_since(channel, after):
                heard.put_nowait(said)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while True:
                        said = self._opened(await heard.get())
                        if event in ("", said.name) and await self._fits(said, condition):
                            return said
        return None

    def _opened(self, event: Event) -> Event:
        """An event as it was said, where it is sealed for the clients."""
        data = opened(self._app, event.channel, event.data)
        return event if data == event.data else replace(event, data=data)

    async def _fits(self, said: Event, condition: str) -> bool:
        if not condition:
            return True
        names = {name: record_of(said)[name] for name in ("event", "data", "user_id", "offset")}
        return bool(await self.means.evaluate(condition, names))

    @capability("read")
    async def authorize(
        self, socket_id: str, channel: str, *, user_id: str = "", user_info: Any = None
    ) -> dict[str, str]:
        """What lets a connection onto a private or presence channel."""
        return channel_answer(self._app, socket_id, channel, user_id, user_info)

    @capability("read")
    async def authenticate(
        self, socket_id: str, user_id: str, *, user_info: Any = None
    ) -> dict[str, str]:
        """What makes a connection that of a user."""
        return user_answer(self._app, socket_id, user_id, user_info)

    @capability("write")
    async def set_webhooks(self, targets: list[WebhookTarget]) -> list[WebhookTarget]:
        """Have these addresses told what happens on channels of our own server, and no others."""
        for target in targets:
            look_at_target(target)
        async with self._targeting:
            await asyncio.to_thread(self._log.set_webhooks, targets)
            await self._webhooks.tell_these(targets)
        if self._fellows is not None:
            self._fellows.retarget()
        return targets

    def _retargeted(self) -> None:
        """Another process was told of webhooks, or may have been."""
        reading = asyncio.create_task(self._read_targets())
        self._readings.add(reading)
        reading.add_done_callback(self._readings.discard)

    async def _read_targets(self) -> None:
        with contextlib.suppress(AgentError):  # whoever set them was told
            async with self._targeting:
                targets = await asyncio.to_thread(self._log.webhooks)
                if targets != self._webhooks.targets:
                    await self._webhooks.tell_these(targets)

    @capability("read")
    async def read_webhook(self, headers: dict[str, str], body: str) -> list[dict[str, Any]]:
        """What a Pusher server tells by a webhook of the house's app. Raises Refused for others."""
        try:
            check_webhook(self._app, headers, body.encode())
            return msgspec.json.decode(body, type=Webhook).events
        except BadSignature as error:
            raise Refused(f"That is no webhook of the app: {error}") from error
        except (msgspec.DecodeError, RecursionError) as error:
            raise BadInput(f"The webhook can't be read: {error}.") from error

    @capability("read")
    async def statistics(self) -> Statistics:
        """How many are connected, what was said, and what waits for the Pusher outside."""
        waiting, oldest, refused = await self._waiting()
        courier, station = self._courier, self._station
        return Statistics(
            route=self._route,
            app_id=self._app.app_id,
            key=self._app.key,
            credentials=self._credentials,
            connections=len(station.lines),
            channels=len(station.channels()),
            said=station.said,
            delivered=station.delivered,
            duplicates=self._duplicates,
            dropped=station.dropped,
            offset=station.history.offset,
            epoch=station.epoch,
            outside=self._pusher.address if self._pusher is not None else "",
            away=courier.away if courier is not None else "",
            sent=courier.sent if courier is not None else 0,
            waiting=waiting,
            oldest=oldest,
            refused=refused,
            webhooks=self._webhooks.targets,
            webhooks_waiting=self._webhooks.waiting,
        )

    @property
    def _route(self) -> Where:
        courier = self._courier
        return "pusher" if courier is not None and not courier.away else "own"

    def _route_changed(self) -> None:
        self._station.write_to_all(protocol.told(protocol.ROUTE, {"route": self._route}))
        self.means.report(self._health())

    async def _publish(self, wanted: Sequence[Wanted]) -> list[Kept]:
        kept = await self._keeper.keep(wanted)
        self._duplicates += sum(one.known for one in kept)
        if self._courier is not None:
            self._courier.wake()
        return kept

    async def _waiting(self) -> tuple[int, float, int]:
        if self._courier is None:
            return 0, 0.0, 0
        return await asyncio.to_thread(self._log.waiting)

    def _asked_outside(self, server: Where | None) -> Pusher | None:
        """The Pusher to be asked, None for our own server."""
        if (server or self._route) == "own":
            return None
        if self._pusher is None:
            raise Unavailable(
                "This house has no app at a Pusher outside.",
                cure="Set PUSHER_APP_ID, PUSHER_KEY, PUSHER_SECRET and PUSHER_CLUSTER.",
            )
        return self._pusher

    async def _told(self, ask: Callable[[], Awaitable[list[T]]]) -> list[T]:
        assert self._courier is not None
        try:
            return await ask()
        except AgentError as error:
            self._courier.noticed(error)
            raise
