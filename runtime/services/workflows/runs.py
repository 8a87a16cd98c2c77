"""Runs of the workflow engine: started, listed, steered, and what they gave."""

import asyncio
import contextlib
import hashlib
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter, SkipValidation

from agents.contract import Grants
from runtime.commands import (
    Answer,
    CancelRun,
    ContinueRun,
    PauseRun,
    ReplayRun,
    ResumeRun,
    StartRun,
)
from runtime.events import RunSucceeded
from runtime.flow_calls import FlowCalls
from runtime.journal.contract import RunRow, RunState, TaskRow, UnknownRun
from runtime.runtime import Runtime
from runtime.services.following import followed
from runtime.services.house import Home
from runtime.services.narrowing import narrowed
from runtime.services.paging import Cursor, Limit, Page, after, cursor_of
from runtime.services.roles import ByRole, principal_of
from runtime.services.steering import Steers, steered, word_of
from runtime.services.workflows.shapes import Again, Begun, NewRun, Outputs, Reason
from runtime.steering import NotPossible
from runtime.wire import JSON, as_json

Engine = NamedDependency[SkipValidation[Runtime]]
Own = NamedDependency[SkipValidation[Grants]]
AnyRequest = Request[Any, Any, Any]

LONGEST_WAIT = 60.0
"""Seconds that a request may wait for a run to end."""
Wait = Annotated[
    float, QueryParameter(ge=0, le=LONGEST_WAIT, description="Seconds to wait for its end.")
]
InState = Annotated[RunState | Literal[""], QueryParameter(name="state")]


@get("/runs")
async def runs(
    runtime: Engine,
    flow: FromQuery[str] = "",
    in_state: InState = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[RunRow]:
    """Runs, the newest first, optionally of one flow (hash or name) or in one state."""
    journal = runtime.journal
    rows = await journal.runs(flow=flow, state=in_state, limit=limit, before=after(cursor))
    return Page(rows, cursor_of(rows[-1].started) if len(rows) == limit else "")


@post("/runs", status_code=202)
async def start(
    request: AnyRequest, runtime: Engine, grants: Own, data: JSONBody[NewRun]
) -> Response[Begun]:
    """Run a stored flow. With an Idempotency-Key it is started once, whatever happens between."""
    run = data.run or _named_by_key(request)
    if run and (runtime.drives(run) or await _is_known(runtime, run)):
        return _begun(run)
    shape = await FlowCalls(runtime).shape(data.flow)
    command = StartRun(
        shape.flow, data.inputs, run, narrowed(grants, data.grants), data.breakpoints,
        paused=data.paused, budget=data.budget,
    )  # fmt: skip
    return await _recorded(runtime, (await runtime.obey(command)).run)


@get("/runs/{wanted:str}")
async def run(runtime: Engine, wanted: FromPath[str]) -> RunRow:
    """A run, by its id or an unambiguous beginning of it."""
    return await runtime.journal.run(wanted)


@get("/runs/{wanted:str}/tasks")
async def tasks(runtime: Engine, wanted: FromPath[str]) -> list[TaskRow]:
    """What became of the tasks of a run."""
    return await runtime.journal.tasks((await runtime.journal.run(wanted)).run)


@get("/runs/{wanted:str}/outputs")
async def outputs(runtime: Engine, wanted: FromPath[str], wait: Wait = 0.0) -> Response[bytes]:
    """What a run gave. One that isn't over answers 409, one that failed says why."""
    row = await runtime.journal.run(wanted)
    if row.ended is None and wait:
        await _ended(runtime, row.run, wait)
        row = await runtime.journal.run(row.run)
    if row.state != "succeeded":
        said = f": {row.summary}" if row.summary else ""
        raise NotPossible(f"The run {row.run} is {row.state}{said}.", cure=_cure(row))
    last = (await runtime.journal.read(row.run, row.events - 1))[-1]
    assert isinstance(last, RunSucceeded), "a run that succeeded ends so"
    return Response(as_json(Outputs(row.run, last.outputs)), media_type=JSON)


@post("/runs/{wanted:str}/cancel", status_code=200)
async def cancel(
    request: AnyRequest, house: Home, runtime: Engine, wanted: FromPath[str], data: JSONBody[Reason]
) -> Answer:
    """End a run, wherever it is driven, once what it did is undone."""
    command = CancelRun(wanted, data.reason, data.force)
    return await _steered(request, house, runtime, command)


@post("/runs/{wanted:str}/pause", status_code=200)
async def pause(request: AnyRequest, house: Home, runtime: Engine, wanted: FromPath[str]) -> Answer:
    """Start nothing new in a run."""
    return await _steered(request, house, runtime, PauseRun(wanted))


@post("/runs/{wanted:str}/continue", status_code=200)
async def go_on(request: AnyRequest, house: Home, runtime: Engine, wanted: FromPath[str]) -> Answer:
    """Let a paused run go on."""
    return await _steered(request, house, runtime, ContinueRun(wanted))


@post("/runs/{wanted:str}/resume", status_code=200)
async def resume(runtime: Engine, wanted: FromPath[str]) -> Answer:
    """Take over a run whose process is gone, and finish it."""
    return await runtime.obey(ResumeRun(wanted))


@post("/runs/{wanted:str}/replay", status_code=202)
async def replay(
    runtime: Engine, grants: Own, wanted: FromPath[str], data: JSONBody[Again]
) -> Response[Begun]:
    """Run again from a block, with what was changed; the rest is taken from the recording."""
    command = ReplayRun(
        wanted, data.begin_at, data.changes, data.flow, narrowed(grants, data.grants),
        paused=data.paused,
    )  # fmt: skip
    return await _recorded(runtime, (await runtime.obey(command)).run)


async def _steered(request: AnyRequest, house: Home, runtime: Runtime, command: Steers) -> Answer:
    if not runtime.drives(command.run):
        row = await runtime.journal.run(command.run)
        command = msgspec.structs.replace(command, run=row.run)
    return await steered(runtime, house.registry, command, word_of(request))


async def _ended(runtime: Runtime, run: str, within: float) -> None:
    """Come back when a run has ended, or the time is over."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within):
            async for _ in followed(runtime, run):
                pass


async def _is_known(runtime: Runtime, run: str) -> bool:
    try:
        return (await runtime.journal.run(run)).run == run
    except UnknownRun:
        return False


def _named_by_key(request: AnyRequest) -> str:
    """The id that a key makes: after a crash, the same request means the same run."""
    key = request.headers.get("idempotency-key", "")
    if not key:
        return ""
    principal = principal_of(request)
    whole = "\0".join((principal.tenant, principal.user, key)).encode()
    return f"k{hashlib.sha256(whole).hexdigest()[:24]}"


async def _recorded(runtime: Runtime, run: str) -> Response[Begun]:
    """Say that a run was started, once that is recorded and can't be lost."""
    async with contextlib.aclosing(followed(runtime, run)) as batches:
        await anext(batches)
    return _begun(run)


def _begun(run: str) -> Response[Begun]:
    return Response(Begun(run), headers={"Location": f"/api/v1/workflows/runs/{run}"})


def _cure(row: RunRow) -> str:
    return "Ask again when it is over; `wait` waits for that." if row.ended is None else ""


RUNS = ByRole(
    viewer=(runs, run, tasks, outputs),
    runner=(start, cancel, pause, go_on, resume, replay),
)
