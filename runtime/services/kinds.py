"""What blocks there are, for whoever draws flows or writes them."""

from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from runtime.runtime import Runtime
from runtime.wire import described

Engine = NamedDependency[SkipValidation[Runtime]]


@get("/blocks")
async def blocks(runtime: Engine) -> list[dict[str, Any]]:
    """Every kind of block there is, with the JSON Schema of its fields."""
    return [described(spec) for spec in runtime.catalog]


@get("/blocks/{kind:str}")
async def block(runtime: Engine, kind: FromPath[str]) -> dict[str, Any]:
    """One kind of block."""
    return described(runtime.catalog.spec(kind))


KINDS = (blocks, block)
