"""Drawings over HTTP: whoever changes one says of which version, and others' changes stay."""

import asyncio
from typing import Annotated, Any

from litestar import Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter, SkipValidation

from graph.errors import BadInput
from graph.file_format import read, write
from graph.flow import Flow
from graph.merging import merge
from runtime.runtime import Runtime
from runtime.services.paging import Limit, Page
from runtime.services.roles import ByRole, principal_of
from runtime.services.visual.drawings import Drawing, Drawings, Moved
from runtime.services.visual.edits import applied, edits_in, flow_in, record_of
from runtime.services.visual.shapes import (
    LATEST,
    DrawingListed,
    DrawingShown,
    Drawn,
    Edited,
    Stored,
)

LONGEST = 200
"""Characters of a name."""

Engine = NamedDependency[SkipValidation[Runtime]]
Kept = NamedDependency[SkipValidation[Drawings]]
AnyRequest = Request[Any, Any, Any]
Version = Annotated[int, QueryParameter(ge=0, le=LATEST, description="0 for the newest.")]
Base = Annotated[
    int, QueryParameter(name="version", ge=1, le=LATEST, description="The newest you know.")
]
After = Annotated[str, QueryParameter(max_length=200, description="The last name known.")]


@get("/drawings")
async def drawings(
    request: AnyRequest, drawings: Kept, cursor: After = "", limit: Limit = 50
) -> Page[DrawingListed]:
    """All drawings by name, each at its newest version."""
    found = await drawings.list(principal_of(request).tenant, cursor, limit)
    items = [DrawingListed(one.name, one.version, one.author, one.at) for one in found]
    return Page(items, found[-1].name if len(found) == limit else "")


@get("/drawings/{name:str}")
async def drawing(
    request: AnyRequest, drawings: Kept, name: FromPath[str], version: Version = 0
) -> DrawingShown:
    """A drawing, as it is or as it was at a version."""
    return _shown(await drawings.get(principal_of(request).tenant, name, version))


@put("/drawings/{name:str}", status_code=200)
async def draw(
    request: AnyRequest, drawings: Kept, name: FromPath[str], data: JSONBody[Drawn]
) -> DrawingShown:
    """Keep a flow as the next version of a drawing, or as a new one."""
    if not 0 < len(name) <= LONGEST:
        raise BadInput(f"A drawing's name has 1 to {LONGEST} characters.")
    who, text = principal_of(request), write(flow_in(data.flow))
    return _shown(await drawings.put(who.tenant, name, text, who.user, data.version))


@post("/drawings/{name:str}/edits", status_code=200)
async def edit(
    request: AnyRequest, drawings: Kept, name: FromPath[str], data: JSONBody[Edited]
) -> DrawingShown:
    """Change a drawing by edits of a version, put together with later ones if that is wanted."""
    who, edits = principal_of(request), edits_in(data.edits)
    base = await drawings.get(who.tenant, name, data.version)
    newest = await drawings.get(who.tenant, name)
    mine = await asyncio.to_thread(applied, read(base.text), edits)
    merged = newest.version != base.version and data.merge
    if merged:
        mine = await asyncio.to_thread(_merged, read(base.text), mine, read(newest.text), newest)
    after = newest.version if merged else base.version
    made = await drawings.put(who.tenant, name, write(mine), who.user, after)
    return _shown(made, merged=merged)


@post("/drawings/{name:str}/store", status_code=200)
async def store(
    request: AnyRequest, runtime: Engine, drawings: Kept, name: FromPath[str]
) -> Stored:
    """Keep the flow of a drawing so that it can be run."""
    found = await drawings.get(principal_of(request).tenant, name)
    return Stored(await runtime.store(read(found.text), name))


@delete("/drawings/{name:str}", status_code=204)
async def remove(request: AnyRequest, drawings: Kept, name: FromPath[str], version: Base) -> None:
    """Take a drawing away, if nobody has changed it since that version."""
    who = principal_of(request)
    await drawings.remove(who.tenant, name, who.user, version)


def _merged(base: Flow, mine: Flow, theirs: Flow, newest: Drawing) -> Flow:
    """Both changes in one. Raises Moved where they clash."""
    together = merge(base, mine, theirs)
    if together.clashes:
        said = "; ".join(f"{one.what} ({one.theirs})" for one in together.clashes[:20])
        raise Moved(
            f"{newest.author} has changed the same by version {newest.version}: {said}.",
            cure="Look at that version, and send the edits that are still wanted.",
        )
    return together.flow


def _shown(one: Drawing, *, merged: bool = False) -> DrawingShown:
    flow = record_of(read(one.text))
    return DrawingShown(one.name, one.version, one.author, one.at, flow, merged)


DRAWINGS = ByRole(viewer=(drawings, drawing), runner=(draw, edit, store, remove))
