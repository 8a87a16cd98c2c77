"""One run, from a command to its end: watched, told of, and left in good order."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar, Union

from runtime.commands import (
    AnswerTask,
    ContinueRun,
    ReplayRun,
    ResumeRun,
    SetBreakpoints,
    SettleTask,
    StartRun,
    TakeWheel,
)
from runtime.engine.hub import Subscription
from runtime.events import (
    LIVE_ONLY,
    AnyEvent,
    Failure,
    RunInterrupted,
    RunRewound,
    TaskDoubted,
)
from runtime.headless.exits import DONE, FAILED, RESUMABLE
from runtime.headless.progress import FRAME, Teller
from runtime.history import effective
from runtime.journal.contract import JournalError
from runtime.projections.outline import Line
from runtime.projections.run_view import RunView
from runtime.runtime import Runtime

if TYPE_CHECKING:  # 0.2 s that only who works on a server need spend
    from runtime.remote import RemoteRuntime

T = TypeVar("T")
AnyRuntime = Union[Runtime, "RemoteRuntime"]

LOOK_AROUND = 1.0
"""Seconds between two looks into the journal, for somebody else who ended the run."""


class Verdict(NamedTuple):
    """What somebody says became of a task that was interrupted."""

    word: Literal["again", "done", "failed"]
    outputs: Mapping[str, Any]


class Drive:
    """Has one run done, by a runtime here or elsewhere, and follows it.

    `view` is the run as far as it is known, `run` its id, from the moment the runtime obeyed.
    """

    def __init__(
        self,
        runtime: AnyRuntime,
        teller: Teller,
        *,
        verdicts: Mapping[str, Verdict] | None = None,
    ) -> None:
        self.view = RunView()
        self.run = ""
        self._runtime = runtime
        self._teller = teller
        self._verdicts = dict(verdicts or {})
        self._seq = 0
        self._looked = time.monotonic()

    async def go(
        self,
        command: StartRun | ResumeRun | ReplayRun | AnswerTask,
        lines: Sequence[Line],
        name: str = "",
    ) -> RunView:
        """Give the command and follow the run until it is over, or can't go on by itself."""
        self.view.name = name
        known = "" if isinstance(command, ReplayRun) else command.run
        with self._runtime.watch(known) as happenings:
            if isinstance(command, ResumeRun | AnswerTask):
                await self._take_past(command.run)
                self.view.waits_for = []  # as it was before
            was_paused = self.view.state == "paused"
            debugged = bool(self.view.wheel or self.view.held)
            self.run = self.view.run = (await self._runtime.obey(command)).run
            if was_paused or debugged:
                # Nobody sits here who could be asked how it goes on.
                await self._runtime.obey(TakeWheel(self.run, ""))
                await self._runtime.obey(SetBreakpoints(self.run, []))
                await self._runtime.obey(ContinueRun(self.run))
            await _aside(self._teller.begin, self.view, lines)
            try:
                await self._follow(happenings)
            finally:
                if not self.view.over and self.view.state != "interrupted":
                    await self._tell([self._left()])
                await _aside(self._teller.end, self.view)
        return self.view

    async def _take_past(self, run: str) -> None:
        """What happened before is known, and told to nobody again."""
        past = await self._runtime.journal.read(run)
        reduce(RunView.after, effective(past), self.view)
        self._seq = past[-1].seq if past else 0

    async def _follow(self, happenings: Subscription) -> None:
        batches, getting = aiter(happenings), None
        try:
            while not self._stands_still():
                getting = getting or asyncio.ensure_future(anext(batches, None))
                await asyncio.wait((getting,), timeout=FRAME)
                if getting.done():
                    batch, getting = getting.result(), None
                    if batch is None:
                        return
                    await self._take(await self._without_gaps(happenings, batch))
                await _aside(self._teller.tick, self.view)
                await self._look_around()
        finally:
            if getting is not None:
                getting.cancel()

    def _stands_still(self) -> bool:
        """Whether nothing more will happen, unless somebody else sees to it."""
        alone = isinstance(self._runtime, Runtime)  # then nobody else could see to it
        return self.view.over or self.view.state == "interrupted" or (
            alone and bool(self.view.waits_for)
        )  # fmt: skip

    async def _without_gaps(
        self, happenings: Subscription, batch: Sequence[AnyEvent]
    ) -> Sequence[AnyEvent]:
        """The events of our run in a batch, with those missed before it."""
        if happenings.missed:
            happenings.missed = 0
            return await self._runtime.journal.read(self.run, self._seq)
        ours = [event for event in batch if event.run == self.run]
        return [e for e in ours if e.seq > self._seq or isinstance(e, LIVE_ONLY)]

    async def _take(self, events: Sequence[AnyEvent]) -> None:
        await self._tell(events)
        for event in events:
            if isinstance(event, TaskDoubted) and (verdict := self._verdicts.get(event.task)):
                settled = SettleTask(self.run, event.task, verdict.word, dict(verdict.outputs))
                await self._runtime.obey(settled)

    async def _tell(self, events: Sequence[AnyEvent]) -> None:
        if events:
            self._seq = events[-1].seq
            if any(isinstance(event, RunRewound) for event in events):
                past = effective(await self._runtime.journal.read(self.run))
                self.view = reduce(RunView.after, past, RunView())
            else:
                reduce(RunView.after, events, self.view)
            await _aside(self._teller.tell, events, self.view)

    async def _look_around(self) -> None:
        """See whether somebody else ended the run: then it is over for us, too."""
        if time.monotonic() - self._looked < LOOK_AROUND and self.view.state != "interrupted":
            return
        self._looked = time.monotonic()
        with contextlib.suppress(JournalError):
            row = await self._runtime.journal.run(self.run)
            if row.ended is not None and not self.view.over:
                # Of what we did meanwhile nothing counts that isn't recorded.
                end = (await self._runtime.journal.read(self.run))[-1]
                if end.seq > self._seq or self.view.state == "interrupted":
                    await self._tell([end])

    def _left(self) -> RunInterrupted:
        """That the run is left where it is: the last that is told of it here."""
        if self.view.waits_for:
            failure = Failure("Stalled", " ".join(self.view.waits_for))
        else:
            failure = Failure("Interrupted", "Somebody asked the process to end.")
        return RunInterrupted(self.run, self._seq + 1, time.time(), failure)


def exit_code(view: RunView) -> int:
    """What the exit code says of a run."""
    if view.state == "succeeded":
        return DONE
    return FAILED if view.over else RESUMABLE


async def _aside(call: Callable[..., T], *arguments: Any) -> T:
    """Call in a thread, so that a reader who is slow never holds up the run; never two at once."""
    calling = asyncio.ensure_future(asyncio.to_thread(call, *arguments))
    try:
        return await asyncio.shield(calling)
    except asyncio.CancelledError:
        with contextlib.suppress(Exception):
            await calling
        raise
