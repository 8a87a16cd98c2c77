"""The call path: flow, sub-flow, round, block; each a frame with its line and its scopes."""

from collections.abc import Sequence

from graph.errors import HeddleError
from runtime.recorded import scope_of
from runtime.services.dap.debuggee import Debuggee
from runtime.services.dap.desk import Desk
from runtime.services.dap.handles import Blocks, Frame, Held, Part
from runtime.services.dap.shapes import Scope, Source, StackFrame, StackTrace
from runtime.services.dap.sources import Stand


def stack(desk: Desk, asked: StackTrace) -> tuple[Sequence[StackFrame], int]:
    """Some frames of a thread, the innermost first, and how many there are in all."""
    debuggee = desk.debugged()
    if asked.thread_id not in desk.threads.all():
        raise HeddleError(f"There is no thread {asked.thread_id}.")
    task = desk.threads.task(asked.thread_id) or _at_work(debuggee)
    flow = debuggee.shown
    way = flow.way_to(task, debuggee.story.bodies) if flow and task else []
    stands: list[Stand | None] = [*reversed(way), None]
    until = asked.start_frame + asked.levels if asked.levels else None
    some = stands[asked.start_frame : until]
    return [_frame(desk, debuggee, stand) for stand in some], len(stands)


def _at_work(debuggee: Debuggee) -> str:
    """What a paused run still waits for."""
    return next(reversed(debuggee.story.running), "")


def _frame(desk: Desk, debuggee: Debuggee, stand: Stand | None) -> StackFrame:
    if stand is None:
        name = debuggee.story.name or "the flow"
        source = next(iter(debuggee.shown.sources()), None) if debuggee.shown else None
        return StackFrame(desk.handles.keep(Frame("")), name, desk.line(1), desk.column(1), source)
    number = desk.handles.keep(Frame(stand.task, stand.is_round))
    spot = stand.spot
    return StackFrame(
        number,
        _name(stand),
        desk.line(spot.first if spot else 1),
        desk.column(spot.column if spot else 1),
        stand.source,
        desk.line(spot.last) if spot else None,
        can_restart=not stand.is_round,
        presentation_hint="subtle" if stand.is_round else None,
    )


def _name(stand: Stand) -> str:
    """`Number it (line)`; of a round `For each word, round 4`."""
    id = stand.task.removesuffix("]").rpartition("/")[2].partition("[")[0]
    title = stand.block.title if stand.block else ""
    if not stand.is_round:
        return f"{title} ({id})" if title and title != id else id
    label = stand.task.removesuffix("]").rpartition("[")[2]
    which = f"round {int(label) + 1:,}" if label.isdigit() else label
    return f"{title or id}, {which}"


def scopes(desk: Desk, frame: Frame) -> list[Scope]:
    """The values that can be seen in a frame."""
    keep = desk.handles.keep
    if frame.is_round or not frame.task:
        inputs = keep(Part(frame.task, "inputs"))
        found = [Scope("Flow inputs", inputs, False, "arguments")]
        found.append(Scope("Blocks", keep(Blocks(frame.task)), True))
        if not frame.task:
            found.append(Scope("Flow outputs", keep(Part("", "outputs")), False, "returnValue"))
        return found
    story = desk.debugged().story
    sides = [Scope("Inputs", keep(Part(frame.task, "inputs")), False, "arguments")]
    sides.append(Scope("Fields", keep(Part(frame.task, "fields")), False, "locals"))
    held = story.held.get(frame.task)
    if frame.task in story.done or (held is not None and held.phase == "after"):
        sides.append(Scope("Outputs", keep(Part(frame.task, "outputs")), False, "returnValue"))
    if held is not None and held.failure is not None:
        failure = {"type": held.failure.type, "message": held.failure.message}
        cure = {"cure": held.failure.cure} if held.failure.cure else {}
        sides.append(Scope("Error", keep(Held({**failure, **cure})), False))
    if frame.task in story.given:
        sides.append(Scope("Before the change", keep(Part(frame.task, "came")), True))
    if frame.task in story.regiven:
        sides.append(Scope("Before the change", keep(Part(frame.task, "gave")), True))
    sides.append(Scope("Flow inputs", keep(Part(scope_of(frame.task), "inputs")), False))
    sides.append(Scope("Blocks", keep(Blocks(scope_of(frame.task))), True))
    return sides


def loaded(desk: Desk) -> list[Source]:
    """The files of the flow."""
    flow = desk.debugged().shown
    return list(flow.sources()) if flow else []
