"""What a client is told of a run as it happens: stops, output, progress, the end."""

import asyncio
import logging
from typing import Any

import msgspec

from graph.errors import HeddleError
from graph.values import as_text, shorten
from runtime.answering import answered_words
from runtime.events import (
    AnyEvent,
    BreakpointsSet,
    FaultInjected,
    InputsChanged,
    OutputsChanged,
    ReplayDiverged,
    RunCancelled,
    RunContinued,
    RunFailed,
    RunInterrupted,
    RunPaused,
    RunRewound,
    RunStalled,
    RunSucceeded,
    ScopeClosed,
    TaskAnswered,
    TaskAsked,
    TaskDoubted,
    TaskFailed,
    TaskHeld,
    TaskLogged,
    TaskProgressed,
    TaskReleased,
    TaskRetried,
    TaskStreamed,
    WheelTaken,
)
from runtime.services.dap.desk import Desk
from runtime.services.dap.threads import MAIN

log = logging.getLogger("heddle.dap")

MOMENT = 0.15
"""Seconds in which a pause finds a block to stand at; if it doesn't, the client is told so."""

DONE, FAILED, RESUMABLE = 0, 1, 3
"""Exit codes, as those of the command line."""


class Telling:
    """Tells one client of one run."""

    def __init__(self, desk: Desk, order: asyncio.Lock) -> None:
        self._desk = desk
        self._order = order
        self._progress: dict[str, _Progress] = {}
        self._waiting: asyncio.Task[None] | None = None

    async def go(self) -> None:
        """Until the run has ended, or nobody tells of it any more."""
        debuggee = self._desk.debugged()
        try:
            async for batch in debuggee.happenings():
                async with self._order:
                    for event in batch:
                        await self._tell(event)
            if debuggee.story.end is None:
                await self._output("stderr", "Nobody tells of the run any more.\n")
                await self._end(RESUMABLE)
        except HeddleError as error:
            await self._output("stderr", f"{error}\n")
            await self._end(RESUMABLE)
        except ConnectionError:
            pass  # nobody listens any more
        except Exception as error:
            log.error("What happened in a run could not be told.", exc_info=error)
            await self._output(
                "stderr", f"Heddle met something unexpected: {type(error).__name__}.\n"
            )
            await self._end(RESUMABLE)

    async def stand(self) -> None:
        """Tell of where a run stands that was joined, or went back."""
        story = self._desk.debugged().story
        for event in story.held.values():
            await self._stopped(event)
        if story.paused and not story.held:
            self.wait()

    def stop(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()

    # Events.

    async def _tell(self, event: AnyEvent) -> None:
        match event:
            case TaskHeld():
                await self._stopped(event)
            case TaskReleased():
                await self._released(event.task)
            case RunPaused():
                self.wait()
            case RunContinued():
                for task in self._desk.threads.held():
                    await self._released(task)
                await self._continued(MAIN)
            case RunRewound():
                await self._went_back()
            case RunSucceeded() | RunFailed() | RunCancelled() | RunInterrupted():
                await self._ended(event)
            case TaskProgressed():
                await self._progressed(event)
            case ScopeClosed():
                await self._round_done(event.scope)
            case InputsChanged() | OutputsChanged():
                await self._invalidated("variables")
            case BreakpointsSet() | WheelTaken():
                pass
            case _:
                await self._words(event)

    async def _words(self, event: AnyEvent) -> None:
        match event:
            case TaskLogged():
                await self._output("console", f"{event.message}\n", event.task)
            case TaskStreamed():
                text = "".join(map(_streamed, event.items))
                await self._output("stdout", text, event.task)
            case TaskFailed():
                caught = "" if event.outcome == "stop" else " The flow goes on."
                await self._output("stderr", f"{event.failure}{caught}\n", event.task)
            case TaskRetried():
                after = f" in {event.wait:.1f} s" if event.wait else ""
                told = f"{event.failure} Tries again{after}.\n"
                await self._output("stderr", told, event.task)
            case TaskDoubted():
                told = "It was interrupted, and nobody knows what became of it."
                await self._output("stderr", f"{event.task}: {told}\n", event.task)
            case TaskAsked():
                told = f"{event.task} asks: {event.question.get('title', '')}\n"
                await self._output("console", told, event.task)
            case TaskAnswered():
                await self._output("console", f"{answered_words(event)}\n", event.task)
            case FaultInjected():
                await self._output("console", f"{event.task}: {event.kind}, on purpose.\n")
            case ReplayDiverged():
                told = (
                    f"First different from the recording: {event.task}.{event.port} was"
                    f" {shorten(event.before)} and is {shorten(event.after)}.\n"
                )
                await self._output("console", told, event.task)
            case RunStalled():
                await self._output("console", " ".join(event.waits_for) + "\n")
            case _:
                pass

    # Standing still and going on.

    async def _stopped(self, event: TaskHeld) -> None:
        desk = self._desk
        self.stop()
        is_new = not desk.threads.of(event.task)
        thread = desk.threads.hold(event.task)
        if thread != MAIN and is_new:
            await desk.say("thread", {"reason": "started", "threadId": thread})
        number, kind = desk.wanted.find(event.breakpoint)
        body: dict[str, Any] = {
            "reason": self._reason(event, kind),
            "threadId": thread,
            "allThreadsStopped": desk.debugged().story.paused,
            "description": _described(event),
        }
        if event.failure is not None:
            body["text"] = str(event.failure)
        elif event.note:
            body["text"] = event.note
        if number:
            body["hitBreakpointIds"] = [number]
        desk.going = desk.pausing = desk.entering = False
        await desk.say("stopped", body)

    def _reason(self, event: TaskHeld, kind: str) -> str:
        desk = self._desk
        if event.phase == "error":
            return "exception"
        if event.reason == "breakpoint":
            return kind if kind and kind != "exception" else "breakpoint"
        if desk.entering:
            return "entry"
        return "pause" if desk.pausing or event.reason == "pause" else "step"

    async def _released(self, task: str) -> None:
        thread = self._desk.threads.release(task)
        if thread and thread != MAIN:
            await self._desk.say("thread", {"reason": "exited", "threadId": thread})
        elif thread:
            await self._continued(thread)

    async def _continued(self, thread: int) -> None:
        """Tell that somebody else had it go on."""
        desk = self._desk
        self.stop()
        if not desk.going:
            desk.going = True
            all_ = not desk.debugged().story.paused
            await desk.say("continued", {"threadId": thread, "allThreadsContinued": all_})
        desk.handles.clear()

    async def _went_back(self) -> None:
        desk = self._desk
        desk.threads.clear()
        desk.handles.clear()
        await self._invalidated("all")
        await self.stand()

    def wait(self) -> None:
        """Tell of a pause in a moment, unless the run stands at a block by then."""
        self.stop()
        self._waiting = asyncio.create_task(self._paused())

    async def _paused(self) -> None:
        await asyncio.sleep(MOMENT)
        desk = self._desk
        async with self._order:
            story = desk.debugged().story
            if not story.paused or story.held or story.end or (desk.going and not desk.pausing):
                return
            at_work = ", ".join(list(story.running)[:3])
            told = f"Paused; {at_work} still at work" if at_work else "Paused"
            desk.going = desk.pausing = False
            self._waiting = None
            body = {"reason": "pause", "threadId": MAIN, "allThreadsStopped": True}
            await desk.say("stopped", {**body, "description": told})

    # The end.

    async def _ended(self, event: AnyEvent) -> None:
        code = FAILED
        match event:
            case RunSucceeded():
                code = DONE
                await self._outputs(event)
            case RunFailed():
                await self._output("stderr", f"The run failed: {event.failure}\n")
            case RunCancelled():
                await self._output(
                    "stderr", f"The run was cancelled. {event.reason}".rstrip() + "\n"
                )
            case RunInterrupted():
                code = RESUMABLE
                await self._output("stderr", f"{event.failure}\n")
        await self._end(code)

    async def _outputs(self, event: RunSucceeded) -> None:
        desk = self._desk
        if event.stopped:
            await self._output("console", f"{event.stopped}\n")
        for name, value in event.outputs.items():
            variable = desk.handles.variable(name, value)
            text = value if isinstance(value, str) else variable.value
            body: dict[str, Any] = {"category": "stdout", "output": f"{name} = {text}\n"}
            if variable.variables_reference:
                body["variablesReference"] = variable.variables_reference
            await desk.say("output", body)

    async def _end(self, code: int) -> None:
        self.stop()
        for task in list(self._progress):
            await self._no_progress(task)
        await self._desk.say("exited", {"exitCode": code})
        await self._desk.say("terminated", {})

    # Beside all that.

    async def _progressed(self, event: TaskProgressed) -> None:
        about = self._desk.about
        if about is None or not about.supports_progress_reporting or event.total <= 0:
            return
        known = self._progress.get(event.task)
        if known is None:
            known = self._progress[event.task] = _Progress(event.total)
            body = {"progressId": event.task, "title": event.task, "percentage": 0}
            await self._desk.say("progressStart", body)
        await self._advance(event.task, known, event.done, event.note)

    async def _advance(self, task: str, known: "_Progress", done: float, note: str) -> None:
        known.done = max(known.done, done)
        percent = 100.0 * min(1.0, known.done / known.total)
        if percent >= 100.0:
            await self._no_progress(task)
        elif percent - known.told >= 1.0 or note:
            known.told = percent
            body: dict[str, Any] = {"progressId": task, "percentage": percent}
            await self._desk.say("progressUpdate", body | ({"message": note} if note else {}))

    async def _round_done(self, scope: str) -> None:
        """A round of a loop that says how many there are."""
        task = scope.rpartition("[")[0]
        if (known := self._progress.get(task)) is not None:
            await self._advance(task, known, known.done + 1, "")

    async def _no_progress(self, task: str) -> None:
        if self._progress.pop(task, None) is not None:
            await self._desk.say("progressEnd", {"progressId": task})

    async def _invalidated(self, area: str) -> None:
        about = self._desk.about
        if about is not None and about.supports_invalidated_event:
            await self._desk.say("invalidated", {"areas": [area]})

    async def _output(self, category: str, text: str, task: str = "") -> None:
        body: dict[str, Any] = {"category": category, "output": text}
        debuggee = self._desk.debugged()
        if task and debuggee.shown is not None:
            way = debuggee.shown.way_to(task, debuggee.story.bodies)
            if way and way[-1].source and way[-1].spot:
                body["source"] = msgspec.to_builtins(way[-1].source)
                body["line"] = self._desk.line(way[-1].spot.first)
        await self._desk.say("output", body)


class _Progress(msgspec.Struct):
    """How far a task is, and how far a client was told that it is, in per cent."""

    total: float
    done: float = 0.0
    told: float = 0.0


def _streamed(item: Any) -> str:
    return item if isinstance(item, str) else f"{as_text(item)}\n"


def _described(event: TaskHeld) -> str:
    match event.phase:
        case "before":
            where = f"Before {event.task}"
        case "after":
            where = f"After {event.task}"
        case _:
            where = f"An error in {event.task}"
    return where
