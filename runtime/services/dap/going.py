"""Requests by which a run goes on, stands still, goes back, or is left."""

import contextlib
from collections.abc import Iterator
from typing import Any

from graph.errors import HeddleError
from runtime.commands import (
    CancelRun,
    ContinueRun,
    PauseRun,
    RetryTask,
    RewindRun,
    SkipTask,
    StepRun,
    TakeWheel,
)
from runtime.events import (
    TaskFailed,
    TaskFinished,
    TaskHeld,
    TaskReused,
    TaskStarted,
    block_of,
)
from runtime.history import effective
from runtime.services.dap.desk import Desk
from runtime.services.dap.handles import Frame, Target
from runtime.services.dap.shapes import Goto, Lines, Nothing, OfFrame, OfThread, Skip

BEGINNING = 1
"""The event with which a run begins."""


@contextlib.contextmanager
def _going(desk: Desk) -> Iterator[None]:
    """What follows is of the client's own making, unless it is refused."""
    before = desk.going, desk.pausing
    desk.going, desk.pausing = True, False
    try:
        yield
    except HeddleError:
        desk.going, desk.pausing = before
        raise


async def go_on(desk: Desk, asked: OfThread) -> dict[str, Any]:
    debuggee = desk.debugged()
    task, paused = desk.threads.task(asked.thread_id), debuggee.story.paused
    alone = bool(task) and (asked.single_thread or not paused)
    with _going(desk):
        await debuggee.go_on(task if alone else "")
    return {"allThreadsContinued": not alone}


async def go_on_until(desk: Desk, block: str) -> None:
    """Go on until a block is reached."""
    debuggee = desk.debugged()
    with _going(desk):
        await debuggee.obey(ContinueRun(debuggee.run, until=block, client=debuggee.client))


async def over(desk: Desk, asked: OfThread) -> None:
    await _step(desk, asked, "over")


async def into(desk: Desk, asked: OfThread) -> None:
    await _step(desk, asked, "into")


async def out(desk: Desk, asked: OfThread) -> None:
    await _step(desk, asked, "out")


async def back(desk: Desk, asked: OfThread) -> None:
    await _step(desk, asked, "back")


async def _step(desk: Desk, asked: OfThread, kind: Any) -> None:
    debuggee = desk.debugged()
    task = desk.threads.task(asked.thread_id)
    with _going(desk):
        await debuggee.obey(StepRun(debuggee.run, kind, task, client=debuggee.client))


async def pause(desk: Desk, asked: OfThread) -> None:
    debuggee = desk.debugged()
    desk.pausing = True
    await debuggee.obey(PauseRun(debuggee.run, client=debuggee.client))


async def back_to_last_stop(desk: Desk, asked: OfThread) -> None:
    """Go back to where a breakpoint stopped the run before, or else to its beginning."""
    debuggee = desk.debugged()
    here = desk.threads.task(asked.thread_id)
    events = effective(await debuggee.eyes.events(debuggee.run))
    stops = [e for e in events if isinstance(e, TaskHeld) and e.reason == "breakpoint"]
    if stops and stops[-1].task == here and here in debuggee.story.held:
        stops.pop()
    to = stops[-1].seq if stops else BEGINNING
    with _going(desk):
        await debuggee.obey(RewindRun(debuggee.run, to, debuggee.client))


async def restart_frame(desk: Desk, asked: OfFrame) -> None:
    frame = desk.handles.get(asked.frame_id)
    if not isinstance(frame, Frame):
        raise HeddleError("The run has gone on since: this frame is gone.")
    await _go_before(desk, frame.task)


async def goto_targets(desk: Desk, asked: Lines) -> dict[str, Any]:
    """Blocks on a line that were done: one can go back to before them."""
    debuggee = desk.debugged()
    flow = debuggee.adopt(asked.source)
    line = desk.line_from(asked.line)
    spot = flow.spot(asked.source.path or "", line) if flow else None
    if flow is None or spot is None:
        return {"targets": []}
    places = {meant.block for meant in flow.meant(asked.source.path or "", spot)}
    done = [task for task in debuggee.story.done if block_of(task) in places]
    targets = [
        {"id": desk.handles.keep(Target(task)), "label": f"Before {task}", "line": asked.line}
        for task in reversed(done[-20:])
    ]
    return {"targets": targets}


async def goto(desk: Desk, asked: Goto) -> None:
    target = desk.handles.get(asked.target_id)
    if not isinstance(target, Target):
        raise HeddleError("The run has gone on since: there is nothing to go to.")
    await _go_before(desk, target.task)


async def _go_before(desk: Desk, task: str) -> None:
    """Go back to before a task, or to the beginning of the run."""
    debuggee = desk.debugged()
    to = await _before(desk, task) if task else BEGINNING
    with _going(desk):
        await debuggee.obey(RewindRun(debuggee.run, to, debuggee.client))


async def _before(desk: Desk, task: str) -> int:
    debuggee = desk.debugged()
    about = (TaskHeld, TaskStarted, TaskFinished, TaskReused, TaskFailed)
    events = effective(await debuggee.eyes.events(debuggee.run))
    own = [event for event in events if isinstance(event, about) and event.task == task]
    if not own:
        raise HeddleError(f"{task} hasn't begun yet.")
    first = own[0]
    stood = isinstance(first, TaskHeld) and first.phase == "before"
    return first.seq if stood else first.seq - 1


# What the protocol has no words for.


async def skip(desk: Desk, asked: Skip) -> None:
    debuggee = desk.debugged()
    task = _held(desk, asked.thread_id)
    with _going(desk):
        await debuggee.obey(SkipTask(debuggee.run, task, asked.outputs, debuggee.client))


async def retry(desk: Desk, asked: OfThread) -> None:
    debuggee = desk.debugged()
    task = _held(desk, asked.thread_id)
    with _going(desk):
        await debuggee.obey(RetryTask(debuggee.run, task, debuggee.client))


def _held(desk: Desk, thread: int) -> str:
    task = desk.threads.task(thread)
    if not task:
        raise HeddleError("No block is held there.", cure="Set a breakpoint, or step to one.")
    return task


async def take_wheel(desk: Desk, asked: Nothing) -> None:
    debuggee = desk.debugged()
    await debuggee.obey(TakeWheel(debuggee.run, debuggee.client))


async def terminate(desk: Desk, asked: Nothing) -> None:
    debuggee = desk.debugged()
    if debuggee.story.end is None:
        await debuggee.obey(CancelRun(debuggee.run, f"{debuggee.client} ended it."))
