"""Flows called by agents: found by hash or name, begun, waited for, ended."""

import contextlib
import time
from collections.abc import Mapping
from typing import Any

import msgspec

from agents.contract import FlowCourse, FlowShape
from agents.errors import INTERRUPTED, FlowFailed
from graph.compile.signature import gives_of, signature_of
from graph.errors import HeddleError
from graph.file_format import read
from runtime.commands import CancelRun, ResumeRun, StartRun
from runtime.events import RunCancelled, RunFailed, RunInterrupted, RunSucceeded
from runtime.flow_course import course, steps_of
from runtime.history import effective
from runtime.inputs import common
from runtime.journal.contract import FlowRow, RunRow, UnknownRun
from runtime.runtime import Runtime
from runtime.steering import NotPossible


class FlowCalls:
    """The flows of a runtime; see `agents.contract.Flows`."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def store(self, text: str, name: str = "") -> str:
        """Keep a flow, given as the text of its file; gives its hash. Raises FlowInvalid."""
        return await self._runtime.store(read(text), name)

    async def shape(self, flow: str) -> FlowShape:
        """What a flow takes and gives. Raises NotPossible when none is stored."""
        row = await self._row(flow)
        plan, whole = await self._runtime.plan(row.flow), read(row.text)
        signature = signature_of(row.name, plan)
        return FlowShape(
            flow=row.flow,
            name=row.name,
            description=signature.description,
            takes=signature.takes,
            gives=gives_of(whole),
            writes=signature.writes,
            steps=tuple(steps_of(whole, plan, self._runtime.catalog)),
        )

    async def text(self, flow: str) -> str:
        """The text of a flow's file. Raises NotPossible when none is stored."""
        return (await self._row(flow)).text

    async def begin(
        self,
        flow: str,
        inputs: Mapping[str, Any],
        *,
        run: str = "",
        within: Mapping[str, Any] | None = None,
        also: Mapping[str, Any] | None = None,
    ) -> str:
        """Start a run and give its id; one that was started under that id is left as it is."""
        if run and await self._is_begun(run):
            return run
        row = await self._row(flow)
        grants = common(self._runtime.grants, *(one for one in (within, also) if one is not None))
        try:
            answer = await self._runtime.obey(StartRun(row.flow, dict(inputs), run, grants))
        except HeddleError:
            if run and await self._is_begun(run):  # somebody was quicker
                return run
            raise
        return answer.run

    async def result(self, run: str) -> Mapping[str, Any]:
        """Wait for what a run gives. Raises FlowFailed."""
        match await self._runtime.ended(run):
            case RunSucceeded(outputs=outputs):
                return outputs
            case RunFailed(failure=failure):
                raise FlowFailed(
                    str(failure), run=run, retryable=failure.retryable, reason=failure.type
                )
            case RunInterrupted(failure=failure):
                raise FlowFailed(str(failure), run=run, retryable=True, reason=INTERRUPTED)
            case RunCancelled(reason=reason):
                raise FlowFailed(f"The run was cancelled. {reason}".strip(), run=run)
            case other:
                raise AssertionError(f"a run doesn't end with {other}")

    async def course(self, run: str) -> FlowCourse | None:
        """How far a run is, step by step; None for one that isn't recorded."""
        journal = self._runtime.journal
        try:
            row, events = await journal.run(run), await journal.read(run)
        except UnknownRun:
            return None
        flow, plan = await self._row(row.flow), await self._runtime.plan(row.flow)
        found = course(read(flow.text), plan, self._runtime.catalog, effective(events))
        left = found.ended is None and not self._runtime.drives(run) and await self._is_left(row)
        return msgspec.structs.replace(found, state="left") if left else found

    async def go_on(self, run: str) -> bool:
        """Go on with a run that nobody drives; says whether it is driven here now."""
        with contextlib.suppress(HeddleError):
            await self._runtime.obey(ResumeRun(run))
        return self._runtime.drives(run)

    async def cancel(self, run: str, reason: str, *, force: bool = False) -> None:
        """End a run if it is still under way here, once it is undone; with `force` at once."""
        with contextlib.suppress(HeddleError):
            await self._runtime.obey(CancelRun(run, reason, force))

    async def _is_begun(self, run: str) -> bool:
        if self._runtime.drives(run):
            return True
        try:
            return (await self._runtime.journal.run(run)).run == run
        except UnknownRun:
            return False

    async def _is_left(self, row: RunRow) -> bool:
        """Whether nobody drives a run any more, here or elsewhere."""
        return row.lease_until <= time.time() or not await self._runtime.driver(row.run)

    async def _row(self, flow: str) -> FlowRow:
        """A stored flow by its hash, or the newest of a name. Raises NotPossible."""
        journal = self._runtime.journal
        if (row := await journal.flow(flow)) is not None:
            return row
        if named := await journal.flows(name=flow, limit=1):
            return named[0]
        raise NotPossible(f"No flow {flow!r} is stored here.", cure="Store it first.")
