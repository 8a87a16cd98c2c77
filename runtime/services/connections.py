"""The connections of a runtime over HTTP: secrets go in, and never come out."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from litestar import Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from runtime.connections.contents import Draft, Overview, Served, Shown, Tested
from runtime.connections.nearby import Nearby, nearby
from runtime.runtime import Runtime
from runtime.services.roles import ByRole

Engine = NamedDependency[SkipValidation[Runtime]]


class Value(msgspec.Struct, frozen=True):
    """The value of a plain secret, on its way in."""

    value: Annotated[str, msgspec.Meta(min_length=1, max_length=100_000)]

    def __repr__(self) -> str:
        return "Value(•••)"


class Agreement(msgspec.Struct, frozen=True):
    """What a person agreed to, field by field, as it was shown to them."""

    to: Mapping[str, str]


@get("/connections")
async def connections(runtime: Engine) -> Overview:
    """All connections without their secrets, the kinds there are, and where secrets are kept."""
    return await asyncio.to_thread(runtime.connections.overview)


@get("/models/nearby")
async def models_nearby() -> tuple[Nearby, ...]:
    """The servers of models that answer on this machine."""
    return await nearby()


@get("/connections/{name:str}")
async def connection(runtime: Engine, name: FromPath[str]) -> Shown:
    """One connection, without its secrets."""
    return await asyncio.to_thread(runtime.connections.show, name)


@put("/connections/{name:str}", status_code=200)
async def keep(request: Request[Any, Any, Any], runtime: Engine, name: FromPath[str]) -> Shown:
    """Keep a connection. Secrets that aren't named stay as they are."""
    draft = msgspec.json.decode(await request.body(), type=Draft)
    draft = msgspec.structs.replace(draft, name=name)
    return await asyncio.to_thread(runtime.connections.put, draft)


@delete("/connections/{name:str}", status_code=204)
async def remove(runtime: Engine, name: FromPath[str]) -> None:
    """Forget a connection and its secrets."""
    await asyncio.to_thread(runtime.connections.remove, name)


@post("/connections/{name:str}/test", status_code=200)
async def test(runtime: Engine, name: FromPath[str]) -> Tested:
    """Try a connection out."""
    return await runtime.connections.test(name)


@get("/connections/{name:str}/models")
async def models(runtime: Engine, name: FromPath[str]) -> Served:
    """The models that a connection serves, as its server says."""
    return await runtime.connections.models(name)


@post("/connections/{name:str}/agree", status_code=200)
async def agree(request: Request[Any, Any, Any], runtime: Engine, name: FromPath[str]) -> Shown:
    """Note that a person agreed to what the connection does, word by word."""
    agreement = msgspec.json.decode(await request.body(), type=Agreement)
    return await asyncio.to_thread(runtime.connections.agree, name, agreement.to)


@put("/secrets/{name:str}", status_code=204)
async def keep_secret(
    request: Request[Any, Any, Any], runtime: Engine, name: FromPath[str]
) -> None:
    """Keep a plain secret."""
    given = msgspec.json.decode(await request.body(), type=Value)
    await asyncio.to_thread(runtime.connections.put_secret, name, given.value)


@delete("/secrets/{name:str}", status_code=204)
async def remove_secret(runtime: Engine, name: FromPath[str]) -> None:
    """Forget a plain secret."""
    await asyncio.to_thread(runtime.connections.remove_secret, name)


CONNECTIONS = ByRole(
    viewer=(connections, models_nearby, connection, models),
    admin=(keep, remove, test, agree, keep_secret, remove_secret),
)
