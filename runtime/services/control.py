"""The runtime's two verbs over HTTP and WebSocket, and what can be read beside them."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Literal

import msgspec
from litestar import Litestar, Request, Response, WebSocket, get, post, websocket
from litestar.config.cors import CORSConfig
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException, WebSocketDisconnect
from litestar.params import FromPath, FromQuery, QueryParameter, SkipValidation

from agents.contract import Grants
from graph.errors import HeddleError
from runtime.bundle.contents import LARGEST_BUNDLE
from runtime.commands import (
    Answer,
    AnswerTask,
    AnyCommand,
    ImportRun,
    PruneRuns,
    ReplayRun,
    StartRun,
)
from runtime.events import AnyEvent
from runtime.journal.contract import (
    FlowRow,
    Found,
    RunRow,
    RunState,
    Spot,
    TaskRow,
    UnknownRun,
)
from runtime.links import Links
from runtime.runtime import Runtime
from runtime.services.agents import AGENTS
from runtime.services.connections import CONNECTIONS
from runtime.services.described import openapi_of
from runtime.services.house import LARGEST, House
from runtime.services.inbox import INBOX, signed
from runtime.services.kinds import KINDS
from runtime.services.lookup import LOOKUP
from runtime.services.metrics import METRICS
from runtime.services.narrowing import narrowed
from runtime.services.paging import LARGEST as LARGEST_SEQ
from runtime.services.recording import note
from runtime.services.refusals import HANDLERS
from runtime.services.roles import ByRole, Roles, needs, principal_of
from runtime.wire import (
    CHUNK,
    JSON,
    MSGPACK,
    Missed,
    as_json,
    packed,
)

JSON_EVENTS, MSGPACK_EVENTS = "heddle.json", "heddle.msgpack"
"""WebSocket subprotocols: how batches of events are written. JSON when none is asked for."""

UNKNOWN, LOST = 4404, 4500
"""Codes with which a WebSocket is closed: no such run, and something went wrong here."""

Engine = NamedDependency[SkipValidation[Runtime]]
Own = NamedDependency[SkipValidation[Grants]]
Seq = Annotated[int, QueryParameter(ge=0, le=LARGEST_SEQ)]

log = logging.getLogger("heddle.server")


class Health(msgspec.Struct, frozen=True):
    """That the server is there, and whose runs are its own."""

    owner: str
    status: Literal["ok"] = "ok"


def control(
    runtime: Runtime, grants: Grants, origins: Sequence[str] = (), links: Links | None = None
) -> Litestar:
    """The control service of a runtime that is open already.

    What a request asks to be granted can only be less than `grants`. `origins` are other
    servers' pages that may speak to this one, `links` signs links to questions. Whoever may
    speak at all is a guard's business; what they may do their role says.
    """
    roles = Roles((CONTROL, LOOKUP, METRICS, AGENTS, CONNECTIONS, INBOX))
    return Litestar(
        roles.handlers,
        guards=[roles],
        dependencies={
            "runtime": Provide(lambda: runtime, sync_to_thread=False, use_cache=True),
            "links": Provide(lambda: links, sync_to_thread=False, use_cache=True),
            "grants": Provide(lambda: grants, sync_to_thread=False, use_cache=True),
        },
        exception_handlers=HANDLERS,
        cors_config=CORSConfig(list(origins), allow_headers=["*"]) if origins else None,
        request_max_body_size=LARGEST,
        logging_config=None,
        openapi_config=openapi_of("Heddle", ""),
    )


def control_of(house: House) -> Litestar:
    """The control service of a house."""
    return control(house.runtime, house.grants, house.origins, house.links)


@get("/health")
async def health(runtime: Engine) -> Health:
    """Whether the server is there."""
    return Health(runtime.owner)


# Commands.

_from_json = msgspec.json.Decoder(AnyCommand)
_from_msgpack = msgspec.msgpack.Decoder(AnyCommand)


@post("/commands", status_code=200)
async def obey(
    request: Request[Any, Any, Any],
    runtime: Engine,
    grants: Own,
) -> Answer:
    """Do what a command says, given as JSON or MessagePack."""
    body = await request.body()
    is_msgpack = request.headers.get("content-type", "").startswith(MSGPACK)
    command = _from_msgpack.decode(body) if is_msgpack else _from_json.decode(body)
    match command:
        case PruneRuns():
            needs(request, "admin")
        case AnswerTask():
            by = signed(principal_of(request), command.by)
            command = msgspec.structs.replace(command, by=by)
        case StartRun() | ReplayRun():
            command = msgspec.structs.replace(command, grants=narrowed(grants, command.grants))
    verb = str(command.__struct_config__.tag)
    note(request, verb, getattr(command, "run", ""))
    answer = await runtime.obey(command)
    note(request, verb, answer.run or answer.flow)
    return answer


@post("/bundles", status_code=200, request_max_body_size=LARGEST_BUNDLE)
async def bring_in(request: Request[Any, Any, Any], runtime: Engine) -> Answer:
    """Keep the run of a bundle, given as it is: what the command ImportRun does."""
    return await runtime.obey(ImportRun(await request.body()))


# What can be read.


@get("/runs")
async def runs(
    runtime: Engine,
    flow: FromQuery[str] = "",
    in_state: Annotated[RunState | Literal[""], QueryParameter(name="state")] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=10_000)] = 100,
    before: FromQuery[float | None] = None,
    since: FromQuery[float | None] = None,
) -> list[RunRow]:
    """Runs, newest first, optionally of one flow (hash or name), in one state, at some time."""
    return await runtime.journal.runs(
        flow=flow, state=in_state, limit=limit, before=before, since=since
    )


@get("/find")
async def find(
    runtime: Engine,
    text: Annotated[str, QueryParameter(min_length=1, max_length=1000)],
    flow: FromQuery[str] = "",
    in_state: Annotated[RunState | Literal[""], QueryParameter(name="state")] = "",
    since: FromQuery[float | None] = None,
    started: FromQuery[float | None] = None,
    run: FromQuery[str] = "",
) -> Found:
    """The next runs, newest first, in whose values a text stands: one step of a search.

    `started` and `run` are those of `next` in the answer before.
    """
    after = None if started is None else Spot(started, run)
    return await runtime.journal.find(text, flow=flow, state=in_state, since=since, after=after)


@get("/runs/{wanted:str}")
async def run(runtime: Engine, wanted: FromPath[str]) -> RunRow:
    """A run, by its id or an unambiguous beginning of it."""
    return await runtime.journal.run(wanted)


@get("/runs/{wanted:str}/events")
async def events(
    request: Request[Any, Any, Any],
    runtime: Engine,
    wanted: FromPath[str],
    after: Seq = 0,
    brief: FromQuery[bool] = False,
) -> Response[bytes]:
    """What happened in a run, as JSON or MessagePack; `brief`: large values as they begin."""
    happened = await runtime.journal.read(wanted, after)
    if MSGPACK in request.headers.get("accept", ""):
        content = await asyncio.to_thread(packed, happened, brief=brief)
        return Response(content, media_type=MSGPACK)
    return Response(as_json(happened), media_type=JSON)


@get("/runs/{wanted:str}/tasks")
async def tasks(runtime: Engine, wanted: FromPath[str]) -> list[TaskRow]:
    """What became of the tasks of a run."""
    return await runtime.journal.tasks(wanted)


@get("/flows/{hash:str}")
async def flow(runtime: Engine, hash: FromPath[str]) -> FlowRow:
    """A stored flow, by its content hash."""
    row = await runtime.journal.flow(hash)
    if row is None:
        raise NotFoundException(f"No flow {hash!r} is stored here.")
    return row


# Events as they happen.


@websocket("/events")
async def watch(
    socket: WebSocket[Any, Any, Any],
    runtime: Engine,
    run: FromQuery[str] = "",
    after: Annotated[int | None, QueryParameter(ge=0, le=LARGEST_SEQ)] = None,
    brief: FromQuery[bool] = False,
) -> None:
    """Events of a run, or of all, from now on; with `after` a run's past first, until its end.

    Every message is a batch: an array of events, the first one empty to say that watching has
    begun; or, to a watcher too slow, a record that says how many it missed. With `brief` and
    MessagePack, large values come only as they begin.
    """
    offered = [
        name
        for name in socket.scope.get("subprotocols", ())
        if name in (JSON_EVENTS, MSGPACK_EVENTS)
    ]
    chosen = offered[0] if offered else JSON_EVENTS
    await socket.accept(subprotocols=chosen if offered else None)
    batches = _from_now(runtime, run) if after is None else _followed(runtime, run, after)
    sending = asyncio.create_task(_send(socket, batches, chosen, brief=brief))
    gone = asyncio.create_task(_until_gone(socket))
    try:
        await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
    finally:
        sending.cancel()
        gone.cancel()
        await asyncio.wait((sending, gone))


Batches = AsyncIterator[Sequence[AnyEvent] | Missed]


async def _from_now(runtime: Runtime, run: str) -> Batches:
    with runtime.watch(run) as happenings:
        yield ()
        async for batch in happenings:
            if happenings.missed:
                yield Missed(happenings.missed)
                happenings.missed = 0
            yield batch


async def _followed(runtime: Runtime, run: str, after: int) -> Batches:
    yield ()
    async for batch in runtime.follow(run, after):
        yield batch


async def _send(
    socket: WebSocket[Any, Any, Any], batches: Batches, protocol: str, *, brief: bool
) -> None:
    """Send batches as fast as they are taken; whoever is slow makes only itself wait."""
    code, reason = 1000, "That was all."
    try:
        async for batch in batches:
            for part in _parts(batch):
                if protocol == JSON_EVENTS:
                    await socket.send_text(as_json(part))
                else:
                    await socket.send_bytes(packed(part, brief=brief))
    except (WebSocketDisconnect, ConnectionError):
        return
    except UnknownRun as error:
        code, reason = UNKNOWN, error.message
    except HeddleError as error:
        code, reason = LOST, error.message
    except Exception as error:
        log.error("A watcher met something unexpected.", exc_info=error)
        code, reason = LOST, "Something unexpected happened in the server."
    with contextlib.suppress(Exception):  # it may be gone by now
        await socket.close(code, reason.encode()[:120].decode(errors="ignore"))


def _parts(batch: Sequence[AnyEvent] | Missed) -> Sequence[Any]:
    if isinstance(batch, Missed) or len(batch) <= CHUNK:
        return (batch,)
    return [batch[start : start + CHUNK] for start in range(0, len(batch), CHUNK)]


async def _until_gone(socket: WebSocket[Any, Any, Any]) -> None:
    """Come back once the other side has hung up; what it says is of no interest."""
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.receive_data("text")


CONTROL = ByRole(
    viewer=(health, runs, find, run, events, tasks, flow, *KINDS, watch),
    runner=(obey, bring_in),
)
