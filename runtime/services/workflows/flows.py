"""Flows of the workflow engine: kept under names, each version by its hash."""

from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter, SkipValidation

from graph.errors import BadInput
from graph.file_format import read
from runtime.flow_calls import FlowCalls
from runtime.journal.contract import FlowRow
from runtime.runtime import Runtime
from runtime.services.paging import Cursor, Limit, Page, after, cursor_of
from runtime.services.roles import ByRole
from runtime.services.workflows.shapes import FlowVersion, FlowWhole, NewFlow

Engine = NamedDependency[SkipValidation[Runtime]]
FlowName = Annotated[str, QueryParameter(max_length=200, description="All versions of that name.")]


@get("/flows")
async def flows(
    runtime: Engine, name: FlowName = "", limit: Limit = 50, cursor: Cursor = ""
) -> Page[FlowVersion]:
    """Versions of flows, the newest first."""
    rows = await runtime.journal.flows(name=name, limit=limit, before=after(cursor))
    return Page([_version(row) for row in rows], _next(rows, limit))


@get("/flows/{wanted:str}")
async def flow(runtime: Engine, wanted: FromPath[str]) -> FlowWhole:
    """A flow by its hash, or the newest version of a name."""
    shape = await FlowCalls(runtime).shape(wanted)
    row = await runtime.journal.flow(shape.flow)
    assert row is not None, "a flow that has a shape is stored"
    return FlowWhole(_version(row), row.text, shape)


@post("/flows", status_code=201)
async def store(runtime: Engine, data: JSONBody[NewFlow]) -> FlowVersion:
    """Keep a flow. The same flow has the same hash and is kept once."""
    kept = await runtime.store(read(text_of(data)), data.name)
    row = await runtime.journal.flow(kept)
    assert row is not None, "it was stored just now"
    return _version(row)


def text_of(given: NewFlow) -> str:
    """The text of a flow's file, however it was given. Raises BadInput."""
    if given.flow is not None and not given.text:
        return _written(given.flow)
    if given.text and given.flow is None:
        return given.text
    raise BadInput("A flow is given as `text` or as `flow`.", cure="Give one of them.")


def _written(flow: Any) -> str:
    return msgspec.json.encode(flow).decode()


def _version(row: FlowRow) -> FlowVersion:
    return FlowVersion(row.flow, row.name, row.stored)


def _next(rows: list[FlowRow], limit: int) -> str:
    return cursor_of(rows[-1].stored) if len(rows) == limit else ""


FLOWS = ByRole(viewer=(flows, flow), runner=(store,))
