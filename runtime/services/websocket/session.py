"""One client at the socket: what it has subscribed to, and what it is told."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import WebSocket
from litestar.exceptions import WebSocketDisconnect

from graph.errors import HeddleError
from runtime.events import LIVE_ONLY
from runtime.runtime import Runtime
from runtime.services.following import followed
from runtime.services.websocket.channels import Channel
from runtime.services.websocket.messages import (
    Ended,
    FromClient,
    Heartbeat,
    Hello,
    Ping,
    Pong,
    Refused,
    Subscribe,
    Subscribed,
    Told,
    Topic,
    Unsubscribe,
)
from runtime.services.websocket.outbox import Outbox, Queue
from runtime.wire import as_json, begun

PROTOCOL = "heddle.json"
"""The subprotocol that is taken; browsers, which give their token as another, want one."""
HEARTBEAT = 15.0
"""Seconds between two heartbeats."""
SLOW = 60.0
"""Seconds that a client may take for one message before it is given up."""
MOST = 100
"""Subscriptions of one socket."""
TOO_SLOW, TOO_MUCH = 4408, 4429
"""Codes with which a socket is closed: it takes nothing; it says too much without listening."""
UNREAD = 2_000
"""Answers that may wait for a client which goes on asking."""

log = logging.getLogger("heddle.server")

_decode = msgspec.json.Decoder(FromClient).decode


class Session:
    """Serves one socket until one side goes."""

    def __init__(
        self, socket: WebSocket[Any, Any, Any], runtime: Runtime, channels: Mapping[Topic, Channel]
    ) -> None:
        self._socket = socket
        self._runtime = runtime
        self._channels = channels
        self._outbox = Outbox()
        self._queues = dict[str, tuple[Queue, Channel | asyncio.Task[None]]]()

    async def serve(self) -> None:
        """Let the client in, and tell it what it wants to know."""
        offered = PROTOCOL in self._socket.scope.get("subprotocols", ())
        await self._socket.accept(subprotocols=PROTOCOL if offered else None)
        self._outbox.say(Hello(self._runtime.owner, HEARTBEAT))
        tasks = [asyncio.create_task(work()) for work in (self._hear, self._send, self._beat)]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for id in list(self._queues):
                self._leave(id)
        with contextlib.suppress(Exception):  # it may be gone by now
            await self._socket.close()

    async def _hear(self) -> None:
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                said = await self._socket.receive_data("text")
                try:
                    self._obey(_decode(said))
                except (msgspec.DecodeError, RecursionError) as error:
                    self._outbox.say(Refused("Malformed", f"That is no message: {error}."))
                if self._outbox.answers > UNREAD:
                    await self._socket.close(TOO_MUCH, "Too much is asked, and nothing taken.")
                    return

    def _obey(self, message: FromClient) -> None:
        match message:
            case Ping():
                self._outbox.say(Pong(message.nonce))
            case Unsubscribe():
                if self._leave(message.id):
                    self._outbox.say(Ended(message.id, "Unsubscribed."))
            case Subscribe() if message.id in self._queues:
                self._refuse(message, "Taken", "There is a subscription of that id.")
            case Subscribe() if len(self._queues) >= MOST:
                self._refuse(message, "TooMany", f"A socket has at most {MOST} subscriptions.")
            case Subscribe(topic="run"):
                self._follow(message)
            case Subscribe():
                self._join(message)

    def _refuse(self, message: Subscribe, title: str, detail: str) -> None:
        self._outbox.say(Refused(title, detail, message.id))

    def _join(self, message: Subscribe) -> None:
        channel, queue = self._channels[message.topic], Queue(message.id)
        self._queues[message.id] = queue, channel
        self._outbox.say(Subscribed(message.id, channel.epoch))
        channel.join(message, queue, self._outbox)

    def _follow(self, message: Subscribe) -> None:
        queue = Queue(message.id)
        self._outbox.say(Subscribed(message.id))
        self._queues[message.id] = queue, asyncio.create_task(self._tell_run(message, queue))

    async def _tell_run(self, message: Subscribe, queue: Queue) -> None:
        """The events of a run until its end. They can be read again, so they wait for room."""
        try:
            async for batch in followed(self._runtime, message.run, message.after or 0):
                for event in batch:
                    shown = isinstance(event, LIVE_ONLY)
                    told = Told(message.id, begun(event), None if shown else event.seq)
                    if shown:
                        self._outbox.offer(queue, told)
                    else:
                        await self._outbox.hand(queue, told)
            await self._outbox.hand(queue, Ended(message.id, "The run is over."))
        except HeddleError as error:
            title = type(error).__name__
            self._outbox.say(Refused(title, error.message, message.id, error.cure))
        except Exception as error:
            log.error("A run could not be told.", exc_info=error)
            said = f"Heddle met something unexpected: {type(error).__name__}."
            cure = "Subscribe again, after the last event that is known."
            self._outbox.say(Refused("Unexpected", said, message.id, cure))
        self._queues.pop(message.id, None)

    def _leave(self, id: str) -> bool:
        """End a subscription; says whether there was one."""
        if (found := self._queues.pop(id, None)) is None:
            return False
        queue, way = found
        if isinstance(way, Channel):
            way.leave(queue)
        else:
            way.cancel()
        self._outbox.drop(queue)
        return True

    async def _send(self) -> None:
        with contextlib.suppress(WebSocketDisconnect, ConnectionError):
            while True:
                message = as_json(await self._outbox.next()).decode()
                try:
                    async with asyncio.timeout(SLOW):
                        await self._socket.send_text(message)
                except TimeoutError:
                    await self._socket.close(TOO_SLOW, "Nothing was taken for too long.")
                    return

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            self._outbox.say(Heartbeat(time.time()))
