"""The app at /graphql: questions by POST, and subscriptions as Server-Sent Events."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from litestar import Litestar, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation
from litestar.response import Stream
from strawberry.dataloader import DataLoader

from runtime.runtime import Runtime
from runtime.services.graphql.limits import LONGEST
from runtime.services.graphql.schema import schema
from runtime.services.graphql.types import Surroundings, flows_at_once
from runtime.services.house import House, app_of
from runtime.services.roles import ByRole
from runtime.wire import JSON, as_json

PREFIX = "/graphql"
EVENT_STREAM = "text/event-stream"

Engine = NamedDependency[SkipValidation[Runtime]]


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A question, what its variables are, and which operation of it is meant."""

    query: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST)]
    variables: dict[str, Any] | None = None
    operation_name: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    extensions: dict[str, Any] | None = None


@post("/", status_code=200)
async def ask(
    request: Request[Any, Any, Any], runtime: Engine, data: JSONBody[Question]
) -> Response[bytes] | Stream:
    """Answer a question. A subscription is told as events until it is over."""
    if EVENT_STREAM in request.headers.get("accept", ""):
        return Stream(_told(runtime, data), media_type=EVENT_STREAM)
    result = await schema.execute(
        data.query, data.variables, _surroundings(runtime), operation_name=data.operation_name
    )
    return Response(as_json(_result(result)), media_type=JSON)


@get("/sdl", media_type="text/plain")
async def described() -> str:
    """The schema in GraphQL's own language."""
    return schema.as_str()


async def _told(runtime: Runtime, asked: Question) -> AsyncIterator[bytes]:
    """Each result as an event `next`, and `complete` at the end."""
    results = await schema.subscribe(
        asked.query, asked.variables, _surroundings(runtime), operation_name=asked.operation_name
    )
    if hasattr(results, "__aiter__"):
        async for result in results:
            yield b"event: next\ndata: %s\n\n" % as_json(_result(result))
    else:
        yield b"event: next\ndata: %s\n\n" % as_json(_result(results))
    yield b"event: complete\ndata:\n\n"


def _result(result: Any) -> dict[str, Any]:
    errors = [error.formatted for error in result.errors or ()]
    return {"data": result.data, **({"errors": errors} if errors else {})}


def _surroundings(runtime: Runtime) -> Surroundings:
    return Surroundings(runtime, DataLoader(load_fn=flows_at_once(runtime)))


GRAPHQL = ByRole(viewer=(ask, described))


def graphql(house: House) -> Litestar:
    """Questions at /graphql."""
    return app_of(house, "graphql", "GraphQL", [GRAPHQL], prefix=PREFIX)
