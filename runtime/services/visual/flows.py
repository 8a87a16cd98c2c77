"""Flows that are sent along: nothing of them is kept here."""

import asyncio
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from graph.catalog import Catalog
from graph.compile import compile_flow
from graph.compile.checks import check
from graph.compile.fixes import fixes
from graph.diff import diff
from graph.edits import Many, MoveBlocks, apply, describe_all, inverse, together
from graph.file_format import flow_hash
from graph.flow import Flow
from graph.layout import arranged
from graph.merging import merge
from runtime.runtime import Runtime
from runtime.services.kinds import KINDS
from runtime.services.roles import ByRole
from runtime.services.visual.edits import edits_in, flow_in, record_of, schema, told
from runtime.services.visual.picture import picture_of
from runtime.services.visual.shapes import (
    Changed,
    Changing,
    Checked,
    ClashTold,
    Comparing,
    Cure,
    Difference,
    Found,
    Given,
    LaidOut,
    Merging,
    Together,
)

Engine = NamedDependency[SkipValidation[Runtime]]


@post("/check", status_code=200)
async def checked(runtime: Engine, data: JSONBody[Given]) -> Checked:
    """What is wrong with a flow: where, what cures it, and the edits that would."""
    return await asyncio.to_thread(_checked, flow_in(data.flow), runtime.catalog)


@get("/edits")
async def kinds_of_edits() -> dict[str, Any]:
    """Every edit there is, as JSON Schema."""
    return schema()


@post("/edits", status_code=200)
async def edited(data: JSONBody[Changing]) -> Changed:
    """The flow after some edits, all of them or none."""
    return await asyncio.to_thread(_changed, flow_in(data.flow), data.edits)


@post("/layout", status_code=200)
async def laid_out(data: JSONBody[LaidOut]) -> Changed:
    """The flow with its blocks in columns along the links."""
    flow = flow_in(data.flow)
    places = await asyncio.to_thread(arranged, flow, data.sizes, data.blocks or None)
    return _change(flow, Many((MoveBlocks(dict(places)),)))


@post("/diff", status_code=200)
async def compared(data: JSONBody[Comparing]) -> Difference:
    """What changed between two flows, as edits and in words."""
    old, new = flow_in(data.old, "old"), flow_in(data.new, "new")
    edits = await asyncio.to_thread(diff, old, new)
    return Difference([told(edit) for edit in edits], list(describe_all(edits, old)))


@post("/merge", status_code=200)
async def put_together(data: JSONBody[Merging]) -> Together:
    """What two people made of one flow in one. Where they clash, mine counts unless taken."""
    flows = (flow_in(data.base, "base"), flow_in(data.mine, "mine"), flow_in(data.theirs, "theirs"))
    merged = await asyncio.to_thread(merge, *flows, frozenset(map(tuple, data.taken)))
    clashes = [ClashTold(*clash) for clash in merged.clashes]
    return Together(record_of(merged.flow), clashes)


@post("/picture", status_code=200, media_type="image/svg+xml")
async def pictured(runtime: Engine, data: JSONBody[Given]) -> Response[str]:
    """The flow as a picture."""
    drawn = await asyncio.to_thread(picture_of, flow_in(data.flow), runtime.catalog)
    return Response(drawn, media_type="image/svg+xml", headers=_PICTURE)


_PICTURE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


def _checked(flow: Flow, catalog: Catalog) -> Checked:
    problems = check(flow, catalog)
    found = [
        Found(one, [Cure(fix.title, told(fix.edit)) for fix in fixes(one, flow, catalog)])
        for one in problems
    ]
    ok = all(one.severity != "error" for one in problems)
    return Checked(ok, compile_flow(flow, catalog).hash if ok else "", found)


def _changed(flow: Flow, given: list[dict[str, Any]]) -> Changed:
    return _change(flow, together(edits_in(given)))


def _change(flow: Flow, edit: Any) -> Changed:
    after, undo = apply(flow, edit), inverse(flow, edit)
    said = list(describe_all(edit.edits if isinstance(edit, Many) else (edit,), flow))
    return Changed(record_of(after), flow_hash(after), said, told(undo))


FLOWS = ByRole(
    viewer=(
        *KINDS,
        kinds_of_edits,
        checked,
        edited,
        laid_out,
        compared,
        put_together,
        pictured,
    )
)
