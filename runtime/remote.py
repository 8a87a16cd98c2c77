"""The same two verbs for a runtime elsewhere: `obey` and `watch`, over HTTP and WebSocket.

HeddleError
├── ServerGone              nobody answers at the address any more
├── ServerRefused           the server won't; `status` is that of its answer
│   └── Unwelcome           it doesn't let us in
└── …                       whatever the runtime raises, raised here
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Literal
from urllib.parse import quote, urlencode

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from graph.errors import (
    EditRefused,
    FlowFileError,
    FlowInvalid,
    HeddleError,
    NewerFormat,
    UnknownKind,
)
from runtime.bundle.contents import BadBundle
from runtime.changes import NoSuchField
from runtime.commands import Answer, AnyCommand, ImportRun
from runtime.engine.hub import Subscription
from runtime.engine.points import BadBreakpoint
from runtime.events import AnyEvent
from runtime.journal.contract import (
    Conflict,
    FlowRow,
    Found,
    JournalError,
    JournalFull,
    JournalGone,
    RunRow,
    RunState,
    Spot,
    TaskRow,
    UnknownRun,
)
from runtime.large import Page, Place
from runtime.lookup import NoSuchValue
from runtime.metrics.series import Line, NoSuchMetric, Overview, Question
from runtime.metrics.store import MetricsGone
from runtime.projections.task_data import TaskData
from runtime.projections.tasks import NoSuchTask
from runtime.runtime import BadInputs
from runtime.steering import NotPossible, NotYourWheel, WrongValue
from runtime.watching import Watched, WatchedAll
from runtime.wire import MSGPACK, PROBLEM, Missed, Refusal, looked_up, unpacked

BYTES = "application/octet-stream"

PAUSES = (0.1, 0.3, 1.0, 2.0, 4.0)
"""Seconds before each new attempt to watch a server that hung up."""

_EVENTS = Subprotocol("heddle.msgpack")
_TIMES = httpx.Timeout(5, read=60, write=60)


class ServerGone(HeddleError):
    """Nobody answers at the address."""


class ServerRefused(HeddleError):
    """The server won't do it, for a reason that is its own."""

    status = 500


class Unwelcome(ServerRefused):
    """The server doesn't let us in."""


_KNOWN: dict[str, type[HeddleError]] = {
    kind.__name__: kind
    for kind in (
        BadBreakpoint, BadBundle, BadInputs, Conflict, EditRefused, FlowFileError, FlowInvalid,
        JournalError, JournalFull, JournalGone, MetricsGone, NewerFormat, NoSuchField,
        NoSuchMetric, NoSuchTask, NoSuchValue, NotPossible, NotYourWheel, UnknownKind, UnknownRun,
        WrongValue,
    )
}  # fmt: skip


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
        self.journal = RemoteJournal(self)
        self.metrics = RemoteMetrics(self)

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

    async def get(self, path: str, /, **query: Any) -> bytes:
        """The answer to a GET. Raises HeddleError."""
        given = {name: value for name, value in query.items() if value not in (None, "")}
        address = f"{path}?{urlencode(given)}" if given else path
        return (await self._ask("GET", address, None, {"Accept": MSGPACK})).content

    async def _ask(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str]
    ) -> httpx.Response:
        try:
            reply = await self._http.request(method, path, content=content, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._gone(error) from error
        if reply.is_success:
            return reply
        raise _error_of(reply.status_code, reply.content, reply.headers.get("content-type", ""))

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

    @contextlib.asynccontextmanager
    async def _events(self, **query: Any) -> AsyncIterator[AsyncIterator[list[AnyEvent] | Missed]]:
        """The messages of one WebSocket. Raises ServerGone when it ends before its time."""
        asked = {**query, "brief": self.brief}
        given = {name: value for name, value in asked.items() if value != ""}
        address = f"ws{self.address.removeprefix('http')}/events?{urlencode(given)}"
        try:
            async with connect(
                address,
                subprotocols=[_EVENTS],
                additional_headers=self._headers,
                max_size=None,
                compression=None,
                proxy=None,
            ) as socket:
                yield self._messages(socket)
        except InvalidStatus as error:
            body = bytes(error.response.body or b"")
            kind = error.response.headers.get("content-type", "")
            raise _error_of(error.response.status_code, body, kind) from error
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


class RemoteJournal:
    """What can be read of the journal of a runtime elsewhere."""

    def __init__(self, runtime: RemoteRuntime) -> None:
        self._get = runtime.get
        self._brief = runtime.brief

    async def read(self, run: str, after: int = 0) -> list[AnyEvent]:
        """The events of a run with a `seq` above `after`. Raises UnknownRun."""
        path = f"/runs/{quote(run, '')}/events"
        events = unpacked(await self._get(path, after=after, brief=self._brief))
        assert isinstance(events, list), "only a watcher is told that it missed something"
        return events

    async def runs(
        self,
        *,
        flow: str = "",
        state: RunState | Literal[""] = "",
        limit: int = 100,
        before: float | None = None,
        since: float | None = None,
    ) -> list[RunRow]:
        """Runs, newest first, optionally of one flow (its hash or name) or in one state."""
        rows = await self._get(
            "/runs", flow=flow, state=state, limit=limit, before=before, since=since
        )
        return msgspec.json.decode(rows, type=list[RunRow])

    async def find(
        self,
        text: str,
        *,
        flow: str = "",
        state: RunState | Literal[""] = "",
        since: float | None = None,
        after: Spot | None = None,
    ) -> Found:
        """Look for a text in the values of the next runs, newest first: one step of a search."""
        started, run = after or (None, None)
        found = await self._get(
            "/find", text=text, flow=flow, state=state, since=since, started=started, run=run
        )
        return msgspec.json.decode(found, type=Found)

    async def run(self, run: str) -> RunRow:
        """One run, by its id or an unambiguous beginning of it. Raises UnknownRun."""
        return msgspec.json.decode(await self._get(f"/runs/{quote(run, '')}"), type=RunRow)

    async def tasks(self, run: str) -> list[TaskRow]:
        """What became of the tasks of a run, in the order they came up. Raises UnknownRun."""
        rows = await self._get(f"/runs/{quote(run, '')}/tasks")
        return msgspec.json.decode(rows, type=list[TaskRow])

    async def task(self, run: str, task: str) -> TaskData:
        """All about one task, large values as they begin. Raises UnknownRun, NoSuchTask."""
        found = await self._get(f"/runs/{quote(run, '')}/tasks/{quote(task)}")
        return looked_up(found, TaskData)

    async def part(self, place: Place, start: int, count: int) -> Page:
        """Members of a value, or a piece of a text. Raises NoSuchTask, NoSuchValue."""
        place_and_part = {**_query(place), "start": start, "count": count}
        return looked_up(
            await self._get(f"/runs/{quote(place.run, '')}/value", **place_and_part), Page
        )

    async def watches(
        self, run: str, at: str, scope: str, expressions: Sequence[str], *, rounds: bool = False
    ) -> list[Watched]:
        """What watches come to, or the first of them in every round. Raises UnknownRun."""
        asked = {
            "at": at, "round": scope, "rounds": "true" if rounds else "",
            "expressions": msgspec.json.encode(list(expressions)).decode(),
        }  # fmt: skip
        found = await self._get(f"/runs/{quote(run, '')}/watches", **asked)
        return looked_up(found, WatchedAll).watched

    async def whole(self, place: Place) -> bytes:
        """A whole value: a text in UTF-8, bytes as they are, anything else as JSON."""
        return await self._get(f"/runs/{quote(place.run, '')}/whole", **_query(place))

    async def evaluate(self, run: str, task: str, expression: str) -> Any:
        """What an expression comes to with the values of a task. Raises NoSuchTask, …."""
        asked = {"task": task, "expression": expression}
        return looked_up(await self._get(f"/runs/{quote(run, '')}/evaluate", **asked), Any)

    async def flow(self, flow: str) -> FlowRow | None:
        """A stored flow by its content hash."""
        try:
            row = await self._get(f"/flows/{quote(flow, '')}")
        except ServerRefused as refusal:
            if refusal.status == 404:
                return None
            raise
        return msgspec.json.decode(row, type=FlowRow)


class RemoteMetrics:
    """The metrics of a runtime elsewhere."""

    def __init__(self, runtime: RemoteRuntime) -> None:
        self._get = runtime.get

    async def overview(self) -> Overview:
        """What there is to ask for."""
        return msgspec.json.decode(await self._get("/metrics"), type=Overview)

    async def read(self, question: Question) -> list[Line]:
        """The course of metrics over time. Raises NoSuchMetric."""
        return await self._lines("/metrics/series", question)

    async def of_run(self, run: str, question: Question) -> list[Line]:
        """The course of one run, from its beginning on. Raises UnknownRun, NoSuchMetric."""
        return await self._lines(f"/runs/{quote(run, '')}/metrics", question)

    async def _lines(self, path: str, question: Question) -> list[Line]:
        asked = {**msgspec.to_builtins(question), "names": ",".join(question.names)}
        return msgspec.json.decode(await self._get(path, **asked), type=list[Line])


def _query(place: Place) -> dict[str, Any]:
    path = msgspec.json.encode(place.path).decode()
    return {"task": place.task, "side": place.side, "name": place.name, "path": path}


async def _pause(pauses: Iterator[float], error: ServerGone) -> None:
    """Wait before a new attempt. Raises the error when there have been enough."""
    seconds = next(pauses, None)
    if seconds is None:
        raise error
    await asyncio.sleep(seconds)


def _error_of(status: int, body: bytes, kind: str) -> HeddleError:
    """The error that an answer means."""
    refusal = Refusal("", status, f"The server answered with status {status}.")
    if kind.startswith(PROBLEM):
        with contextlib.suppress(msgspec.DecodeError):
            refusal = msgspec.json.decode(body, type=Refusal)
    known = _KNOWN.get(refusal.title)
    if known is not None:
        return _raised_there(known, refusal)
    error = (Unwelcome if status in (401, 403) else ServerRefused)(
        refusal.detail, cure=refusal.cure
    )
    error.status = status
    return error


def _raised_there(kind: type[HeddleError], refusal: Refusal) -> HeddleError:
    """An error of the runtime's, put together without what its kind is usually made from."""
    error = kind.__new__(kind)
    HeddleError.__init__(error, refusal.detail, cure=refusal.cure)
    if isinstance(error, (FlowInvalid, FlowFileError)):
        error.problems = refusal.problems
    return error
