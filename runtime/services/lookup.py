"""What can be looked up in a run over HTTP: a task, and parts of a value."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter, SkipValidation

from runtime.large import Place, Side
from runtime.runtime import Runtime
from runtime.services.paging import LARGEST
from runtime.services.roles import ByRole
from runtime.watching import WatchedAll
from runtime.wire import JSON, MSGPACK, as_json, looked

Engine = NamedDependency[SkipValidation[Runtime]]
Expressions = Annotated[list[str], msgspec.Meta(min_length=1)]
Upto = Annotated[int | None, QueryParameter(ge=0, le=LARGEST)]


@get("/runs/{wanted:str}/tasks/{task:path}")
async def task(
    request: Request[Any, Any, Any],
    runtime: Engine,
    wanted: FromPath[str],
    task: FromPath[str],
    upto: Upto = None,
) -> Response[bytes]:
    """All about one task (`each[3]/parse`); values that are large only as they begin.

    With `upto`, the seq of an event, as it was after that event.
    """
    return _answer(request, await runtime.look.task(wanted, task.lstrip("/"), upto))


@get("/runs/{wanted:str}/value")
async def value(
    request: Request[Any, Any, Any],
    runtime: Engine,
    wanted: FromPath[str],
    side: FromQuery[Side],
    name: FromQuery[str],
    task: FromQuery[str] = "",
    path: FromQuery[str] = "[]",
    start: FromQuery[int] = 0,
    count: Annotated[int, QueryParameter(ge=1)] = 200,
) -> Response[bytes]:
    """Members of a value of a task, or a piece of a text; `path` leads into it, as a JSON list."""
    steps = msgspec.json.decode(path, type=tuple[str | int, ...])
    place = Place(wanted, task, side, name, steps)
    return _answer(request, await runtime.look.part(place, start, count))


@get("/runs/{wanted:str}/whole")
async def whole(
    runtime: Engine,
    wanted: FromPath[str],
    side: FromQuery[Side],
    name: FromQuery[str],
    task: FromQuery[str] = "",
    path: FromQuery[str] = "[]",
) -> Response[bytes]:
    """A whole value: a text or bytes as they are, anything else as JSON."""
    steps = msgspec.json.decode(path, type=tuple[str | int, ...])
    found = await runtime.look.value(Place(wanted, task, side, name, steps))
    match found:
        case bytes():
            return Response(found, media_type="application/octet-stream")
        case str():
            text = found.encode(errors="backslashreplace")
            return Response(text, media_type="text/plain; charset=utf-8")
    return Response(as_json(found), media_type=JSON)


@get("/runs/{wanted:str}/evaluate")
async def evaluate(
    request: Request[Any, Any, Any],
    runtime: Engine,
    wanted: FromPath[str],
    expression: Annotated[str, QueryParameter(min_length=1, max_length=10_000)],
    task: FromQuery[str] = "",
) -> Response[bytes]:
    """What an expression comes to with the values of a task, or of a round (`each[3]`)."""
    return _answer(request, await runtime.look.evaluate(wanted, task, expression))


@get("/runs/{wanted:str}/watches")
async def watches(
    request: Request[Any, Any, Any],
    runtime: Engine,
    wanted: FromPath[str],
    expressions: FromQuery[str],
    at: FromQuery[str] = "",
    in_round: Annotated[str, QueryParameter(name="round")] = "",
    rounds: FromQuery[bool] = False,
    upto: Upto = None,
) -> Response[bytes]:
    """What watches come to, `expressions` being a JSON list; with `rounds` the first in each.

    With `upto`, the seq of an event, what they came to after that event.
    """
    asked = msgspec.json.decode(expressions, type=Expressions)
    look = runtime.look
    if rounds:
        found = await look.watch_rounds(wanted, at, in_round, asked[0], upto)
    else:
        found = await look.watched(wanted, at, in_round, asked, upto)
    return _answer(request, WatchedAll(found))


def _answer(request: Request[Any, Any, Any], found: Any) -> Response[bytes]:
    if MSGPACK in request.headers.get("accept", ""):
        return Response(looked(found), media_type=MSGPACK)
    return Response(as_json(found), media_type=JSON)


LOOKUP = ByRole(viewer=(task, value, whole, evaluate, watches))
