"""The same two verbs for a runtime elsewhere: `obey` and `watch`, over HTTP and WebSocket."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from graph.errors import HeddleError
from runtime.commands import Answer, AnyCommand, ImportRun
from runtime.engine.hub import Subscription
from runtime.events import AnyEvent
from runtime.journal.contract import UnknownRun
from runtime.projections.inbox import Question
from runtime.remote_agents import RemoteAgents
from runtime.remote_connections import RemoteConnections
from runtime.remote_errors import ServerGone, ServerRefused, error_of
from runtime.remote_journal import RemoteJournal, RemoteMetrics
from runtime.wire import JSON, MSGPACK, Missed, unpacked

BYTES = "application/octet-stream"

PAUSES = (0.1, 0.3, 1.0, 2.0, 4.0)
"""Seconds before each new attempt to watch a server that hung up."""

_EVENTS = Subprotocol("heddle.msgpack")
_TIMES = httpx.Timeout(5, read=60, write=60)


class RemoteRuntime:
    """A runtime behind an address. To be used as `async with`."""

    def __init__(self, address: str, token: str, *, brief: bool = False) -> None:
        """`address` is that of `heddle serve`, `http://127.0.0.1:8004`, `token` its token.

        `brief`: large values in events come only as they begin (see `runtime.large`).
        """
        self.brief = "true" if brief else ""
        self.address = address.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.AsyncClient(base_url=self.address, headers=self._headers, timeout=_TIMES)
        self._watching: set[asyncio.Task[None]] = set()
        self._beginning: set[asyncio.Future[None]] = set()
        self.journal = RemoteJournal(self.get, self.brief)
        self.metrics = RemoteMetrics(self.get)
        self.connections = RemoteConnections(self.say)
        self.agents = RemoteAgents(self.get, self.post, self.say, self._hear)

    async def __aenter__(self) -> "RemoteRuntime":
        """See that the server is there and lets us in. Raises ServerGone, Unwelcome."""
        try:
            await self.get("/health")
        except BaseException:
            await self._http.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._watching:
            task.cancel()
        if self._watching:
            await asyncio.wait(self._watching)
        await self._http.aclose()

    async def obey(self, command: AnyCommand) -> Answer:
        """Have a command done. Raises HeddleError when that can't be."""
        if self._beginning:  # or whoever watches already would miss what comes of it
            await asyncio.wait(self._beginning)
        if isinstance(command, ImportRun):  # which may be larger than commands are
            reply = await self._ask("POST", "/bundles", command.bundle, {"Content-Type": BYTES})
        else:
            content = msgspec.msgpack.encode(command)
            reply = await self._ask("POST", "/commands", content, {"Content-Type": MSGPACK})
        return msgspec.json.decode(reply.content, type=Answer)

    @contextmanager
    def watch(self, run: str = "") -> Iterator[Subscription]:
        """Batches of events from now on, of one run or of all.

        When the server hangs up they go on once it is back; `missed` says that some were lost.
        When it doesn't come back, there are no more.
        """
        subscription = Subscription(run)
        begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._beginning.add(begun)
        begun.add_done_callback(self._beginning.discard)
        task = asyncio.create_task(self._feed(subscription, run, begun))
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)
        try:
            yield subscription
        finally:
            task.cancel()

    async def follow(self, run: str, after: int = 0) -> AsyncIterator[Sequence[AnyEvent]]:
        """The events of a run, past ones first and then live, until its end.

        A run that nobody drives ends with what is recorded. Raises UnknownRun.
        """
        pauses = iter(PAUSES)
        while True:
            try:
                async with self._events(run=run, after=after) as events:
                    async for batch in events:
                        if isinstance(batch, list) and batch:
                            after = batch[-1].seq
                            pauses = iter(PAUSES)
                            yield batch
                return
            except ServerGone as error:
                await _pause(pauses, error)

    async def questions(self, run: str = "") -> list[Question]:
        """What runs there ask people, newest first; or what one run asks."""
        return await self.journal.questions(run)

    async def get(self, path: str, /, **query: Any) -> bytes:
        """The answer to a GET. Raises HeddleError."""
        given = {name: value for name, value in query.items() if value not in (None, "")}
        address = f"{path}?{urlencode(given)}" if given else path
        return (await self._ask("GET", address, None, {"Accept": MSGPACK})).content

    async def post(self, path: str, /, **query: Any) -> bytes:
        """The answer to a POST of nothing but a query. Raises HeddleError."""
        given = {name: value for name, value in query.items() if value not in (None, "")}
        address = f"{path}?{urlencode(given)}" if given else path
        return (await self._ask("POST", address, None, {})).content

    async def say(self, method: str, path: str, body: bytes = b"", /) -> bytes:
        """The answer to any request, with JSON for a body if there is one. Raises HeddleError."""
        headers = {"Content-Type": JSON} if body else {}
        return (await self._ask(method, path, body or None, headers)).content

    async def _ask(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str]
    ) -> httpx.Response:
        try:
            reply = await self._http.request(method, path, content=content, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._gone(error) from error
        if reply.is_success:
            return reply
        raise error_of(reply.status_code, reply.content, reply.headers.get("content-type", ""))

    def _gone(self, error: Exception) -> ServerGone:
        reason = str(error) or type(error).__name__
        return ServerGone(
            f"Nobody answers at {self.address}: {reason}.", cure="Is `heddle serve` running there?"
        )

    async def _feed(
        self, subscription: Subscription, run: str, begun: asyncio.Future[None]
    ) -> None:
        pauses = iter(PAUSES)
        try:
            while True:
                try:
                    async with self._events(run=run) as events:
                        async for batch in events:
                            if not begun.done():
                                begun.set_result(None)
                            if isinstance(batch, Missed):
                                subscription.missed += batch.missed
                            elif batch:
                                pauses = iter(PAUSES)
                                subscription.put(batch)
                    return
                except ServerGone as error:
                    subscription.missed += 1
                    await _pause(pauses, error)
        except HeddleError:
            pass  # whoever sends a command, or reads what was missed, is told
        finally:
            if not begun.done():
                begun.set_result(None)
            subscription.end()

    async def _hear(self, path: str) -> AsyncIterator[bytes]:
        """The messages of a WebSocket until its end. Raises ServerGone, Unwelcome."""
        async with self._socket(path) as socket:
            try:
                while True:
                    yield await socket.recv(decode=False)
            except ConnectionClosed as closed:
                if not closed.rcvd or closed.rcvd.code != 1000:
                    raise self._gone(closed) from closed

    @contextlib.asynccontextmanager
    async def _events(self, **query: Any) -> AsyncIterator[AsyncIterator[list[AnyEvent] | Missed]]:
        """The messages of one WebSocket. Raises ServerGone when it ends before its time."""
        asked = {**query, "brief": self.brief}
        given = {name: value for name, value in asked.items() if value != ""}
        async with self._socket(f"/events?{urlencode(given)}", _EVENTS) as socket:
            yield self._messages(socket)

    @contextlib.asynccontextmanager
    async def _socket(self, path: str, *protocols: Subprotocol) -> AsyncIterator[ClientConnection]:
        """A WebSocket. Raises ServerGone, or what the server says instead of opening one."""
        try:
            async with connect(
                f"ws{self.address.removeprefix('http')}{path}",
                subprotocols=protocols or None,
                additional_headers=self._headers,
                max_size=None,
                compression=None,
                proxy=None,
            ) as socket:
                yield socket
        except InvalidStatus as error:
            body = bytes(error.response.body or b"")
            kind = error.response.headers.get("content-type", "")
            raise error_of(error.response.status_code, body, kind) from error
        except (OSError, WebSocketException) as error:
            raise self._gone(error) from error

    async def _messages(self, socket: ClientConnection) -> AsyncIterator[list[AnyEvent] | Missed]:
        """Until the server says that this was all. Raises ServerGone when it says nothing."""
        try:
            while True:
                message = await socket.recv(decode=False)
                yield unpacked(message)
        except ConnectionClosed as closed:
            said = closed.rcvd.reason if closed.rcvd else ""
            match closed.rcvd and closed.rcvd.code:
                case 1000:
                    return
                case 4404:
                    raise UnknownRun(said, cure="`heddle runs` lists them.") from closed
                case 4500:
                    raise ServerRefused(said) from closed
                case _:
                    raise self._gone(closed) from closed


async def _pause(pauses: Iterator[float], error: ServerGone) -> None:
    """Wait before a new attempt. Raises the error when there have been enough."""
    seconds = next(pauses, None)
    if seconds is None:
        raise error
    await asyncio.sleep(seconds)
