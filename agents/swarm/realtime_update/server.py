"""Our server's face: WebSockets at /app/KEY, the HTTP API at /apps/ID, letting in at /pusher."""

import asyncio
import contextlib
from urllib.parse import parse_qsl

import msgspec

from agents.contract import Receive, Scope, Send
from agents.errors import AgentError
from agents.swarm.realtime_update import protocol
from agents.swarm.realtime_update.http_api import Answer, HttpApi, Request
from agents.swarm.realtime_update.lines import Line
from agents.swarm.realtime_update.protocol import SUPPORTED, Trouble
from agents.swarm.realtime_update.signing import Credentials
from agents.swarm.realtime_update.station import Station
from agents.swarm.realtime_update.visit import Visit

MOST_CONNECTIONS = 10_000
MOST_BODY = 2 * 1024 * 1024
"""Bytes of a request: a hundred events with every character escaped."""

BODY_SECONDS = 30.0
"""Seconds that a request may take to arrive."""

WEBSOCKETS = "/app/"
LOOK_SECONDS = 5.0


class Server:
    """An ASGI application over a station."""

    def __init__(self, app: Credentials, station: Station, api: HttpApi) -> None:
        self._app = app
        self._station = station
        self._api = api
        self._looking: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Start to look for clients that are gone without a word."""
        self._looking = asyncio.create_task(self._look())

    async def close(self) -> None:
        """Send all clients away; they come again at once."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        for line in tuple(self._station.lines.values()):
            line.close(protocol.ENDING, "The server ends.")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._visited(scope, receive, send)
        else:
            await _answer(send, await self._answered(scope, receive))

    async def _answered(self, scope: Scope, receive: Receive) -> Answer:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _body(receive)
        except TimeoutError:
            return Answer(408, {"error": f"A request is sent within {BODY_SECONDS:g} s."})
        if body is None:
            return Answer(413, {"error": f"A request has at most {MOST_BODY:,} bytes."})
        request = Request(
            method=scope["method"],
            path=scope["path"],
            query=dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
            headers={n.decode("latin-1"): v.decode("latin-1") for n, v in scope["headers"]},
            body=body,
        )
        try:
            return await self._api.answer(request)
        except AgentError as error:
            return Answer(503, {"error": error.message, "cure": error.cure})

    async def _visited(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        line = Line(scope, send)
        carrying = asyncio.create_task(line.carry())
        try:
            self._look_at(scope)
            self._station.enter(line)
            await self._hear(line, receive)
        except Trouble as trouble:
            line.write(protocol.error(trouble))
            line.close(trouble.code, trouble.message)
            await _until_gone(receive)
        finally:
            self._station.depart(line)
            line.close(1000, "")
            carrying.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await carrying

    async def _hear(self, line: Line, receive: Receive) -> None:
        visit = Visit(self._station, line, self._app)
        while (message := await receive())["type"] != "websocket.disconnect":
            if line.closed is None:
                visit.hear(message.get("text") or message.get("bytes") or "")

    def _look_at(self, scope: Scope) -> None:
        """Raises Trouble for who can't be served."""
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        if scope["path"] != WEBSOCKETS + self._app.key:
            raise Trouble(protocol.NO_SUCH_APP, "There is no app with this key.")
        if "protocol" not in query:
            raise Trouble(protocol.NO_VERSION, "Say which protocol: ?protocol=7.")
        if not query["protocol"].isdecimal():
            raise Trouble(protocol.BAD_VERSION, "The version of the protocol is a number.")
        if query["protocol"] not in map(str, SUPPORTED):
            raise Trouble(protocol.OTHER_VERSION, "Protocols 5 to 7 are spoken here.")
        if len(self._station.lines) >= MOST_CONNECTIONS:
            raise Trouble(protocol.TOO_MANY, f"{MOST_CONNECTIONS:,} clients are connected.")

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self._station.look_for_life()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "websocket.disconnect":
        pass


async def _body(receive: Receive) -> bytes | None:
    """What came with a request, None when that is too much."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > MOST_BODY:
            return None
        if not message.get("more_body", False):
            return bytes(body)


async def _answer(send: Send, answer: Answer) -> None:
    body = msgspec.json.encode(answer.body)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
