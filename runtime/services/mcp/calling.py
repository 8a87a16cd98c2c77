"""One call of a flow: a run from its start to what the caller is told of it."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import msgspec

from graph.errors import HeddleError
from runtime.answering import Unasked
from runtime.commands import AnswerTask, CancelRun, StartRun
from runtime.events import (
    AnyEvent,
    Failure,
    RunCancelled,
    RunFailed,
    RunInterrupted,
    RunStalled,
    RunSucceeded,
    TaskAsked,
    TaskFailed,
    TaskFinished,
    TaskProgressed,
    TaskReused,
    TaskSkipped,
)
from runtime.ownership import new_id
from runtime.projections.run_view import RunView
from runtime.runtime import Runtime
from runtime.services.mcp.offers import Offer

Tell = Callable[[float, float, str], Awaitable[None]]
"""Hears how far a run is: so many blocks of so many, and what it is at."""

EVERY = 0.1
"""Seconds between two that are told."""

PATIENCE = 20
"""So often it is looked whether a run does nothing but wait."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a call: `outputs` of a run that is done, else why there are none.

    With `waits` the run isn't over: it goes on once somebody has done what that says. With
    `asked` it waits for a person's answer.
    """

    run: str
    outputs: Mapping[str, Any] | None = None
    failure: Failure | None = None
    waits: Sequence[str] = ()
    asked: TaskAsked | None = None


class Call:
    """A call under way."""

    def __init__(self, runtime: Runtime, offer: Offer, tell: Tell) -> None:
        self._runtime = runtime
        self._offer = offer
        self._tell = tell
        self._after = 0
        self._settled = 0
        self._told = 0.0
        self.run = new_id()

    async def begin(self, inputs: Mapping[str, Any], grants: Mapping[str, Any]) -> None:
        """Start the run. Raises HeddleError for inputs that the flow doesn't take."""
        await self._runtime.obey(StartRun(self._offer.hash, dict(inputs), self.run, dict(grants)))

    async def next(self) -> Told:
        """Wait for what comes of it, from where the last wait ended."""
        total = len(await self._runtime.plan(self._offer.hash))
        async for batch in self._runtime.follow(self.run, self._after):
            for event in batch:
                self._after = max(self._after, event.seq)
                if told := await self._outcome(event):
                    return told
            await self._tell_of(batch, total)
        return self._failed("Interrupted", "The run was left where it is.")

    async def leave(self) -> bool:
        """Let others go on with the run, which waits for a person; says whether they can."""
        for _ in range(PATIENCE):
            if await self._runtime.leave(self.run):
                return True
            await asyncio.sleep(EVERY)
        return False

    async def cancel(self) -> None:
        """End the run. Nothing is awaited in here: whoever is cancelled can't wait any more."""
        with contextlib.suppress(HeddleError):
            await self._runtime.obey(CancelRun(self.run, "The caller cancelled it."))

    async def answer(self, asked: TaskAsked, values: Mapping[str, Any], by: str) -> None:
        """Give an answer to what the run asks; nothing happens if somebody was quicker.

        Raises BadInputs for one that doesn't fit the question.
        """
        with contextlib.suppress(Unasked):
            await self._runtime.obey(
                AnswerTask(self.run, dict(values), asked.task, asked.label, by=by, through="api")
            )

    async def _outcome(self, event: AnyEvent) -> Told | None:
        match event:
            case RunSucceeded():
                return Told(run=self.run, outputs=event.outputs)
            case RunFailed() | RunInterrupted():
                return Told(run=self.run, failure=event.failure)
            case RunCancelled():
                return self._failed("Cancelled", f"The run was cancelled. {event.reason}".strip())
            case TaskAsked(level=0):
                return Told(run=self.run, asked=event)
            case RunStalled():
                return await self._stalled()
        return None

    async def _stalled(self) -> Told | None:
        """Why it doesn't move, if it still doesn't: somebody may have helped it meanwhile."""
        view = reduce(RunView.after, await self._runtime.journal.read(self.run), RunView())
        return Told(run=self.run, waits=view.waits_for) if view.state == "stalled" else None

    def _failed(self, kind: str, message: str) -> Told:
        return Told(run=self.run, failure=Failure(kind, message))

    async def _tell_of(self, batch: Sequence[AnyEvent], total: int) -> None:
        """Tell how many blocks of the flow itself are settled; it only ever grows."""
        note = ""
        for event in batch:
            match event:
                case TaskFinished() | TaskReused() | TaskSkipped() | TaskFailed():
                    self._settled += "[" not in event.task
                    note = event.task
                case TaskProgressed():
                    note = f"{event.task}: {event.note}" if event.note else event.task
        now = time.monotonic()
        if note and now - self._told >= EVERY:
            self._told = now
            await self._tell(min(self._settled, total), total, note)
