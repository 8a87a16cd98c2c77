"""Requests that only look, and those that set breakpoints or values."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from graph.errors import HeddleError
from runtime.events import Failure, block_of
from runtime.services.dap import changing, frames, looking, typed
from runtime.services.dap.desk import Desk
from runtime.services.dap.handles import Frame, Part
from runtime.services.dap.points import data_id
from runtime.services.dap.shapes import (
    Bound,
    Completions,
    DataBreakpointInfo,
    Evaluate,
    FilterOption,
    InSource,
    Lines,
    Nothing,
    OfFrame,
    OfThread,
    SetBreakpoints,
    SetDataBreakpoints,
    SetExceptionBreakpoints,
    SetExpression,
    SetFunctionBreakpoints,
    SetVariable,
    SourceBreakpoint,
    StackTrace,
    Variables,
)
from runtime.services.dap.threads import MAIN

_WORD = re.compile(r"(?:([A-Za-z_]\w*)\.)?([A-Za-z_]\w*)?$")

Body = dict[str, Any]


def plain(value: Any) -> Any:
    """A shape as it is sent."""
    return msgspec.to_builtins(value)


# Breakpoints.


async def set_breakpoints(desk: Desk, asked: SetBreakpoints) -> Body:
    wanted = asked.breakpoints or [SourceBreakpoint(line) for line in asked.lines]
    moved = [msgspec.structs.replace(one, line=desk.line_from(one.line)) for one in wanted]
    debuggee = desk.debuggee
    flow = debuggee.adopt(asked.source) if debuggee else None
    check = debuggee.remark if debuggee else str
    bound = desk.wanted.set_lines(asked.source, moved, flow, check)
    await tell_points(desk)
    return answer(desk, bound)


async def set_function_breakpoints(desk: Desk, asked: SetFunctionBreakpoints) -> Body:
    flow = desk.debuggee.shown if desk.debuggee else None
    bound = desk.wanted.set_blocks(asked.breakpoints, flow)
    await tell_points(desk)
    return answer(desk, bound)


async def set_exception_breakpoints(desk: Desk, asked: SetExceptionBreakpoints) -> Body:
    options = [*map(FilterOption, asked.filters), *asked.filter_options]
    bound = desk.wanted.set_filters(options)
    await tell_points(desk)
    return answer(desk, bound)


async def set_data_breakpoints(desk: Desk, asked: SetDataBreakpoints) -> Body:
    bound = desk.wanted.set_values(asked.breakpoints)
    await tell_points(desk)
    return answer(desk, bound)


async def data_breakpoint_info(desk: Desk, asked: DataBreakpointInfo) -> Body:
    part = desk.handles.get(asked.variables_reference)
    if isinstance(part, Part) and part.task and part.side in ("inputs", "outputs"):
        block = block_of(part.task)
        if block:
            before = part.side == "inputs"
            return {
                "dataId": data_id(block, asked.name, before=before),
                "description": f"{block}.{asked.name}",
                "accessTypes": ["write"],
            }
    return {"dataId": None, "description": "Only inputs and outputs of blocks can be watched."}


async def tell_points(desk: Desk) -> None:
    """Tell the run, if it has begun, of all breakpoints as they are now."""
    if desk.debuggee is not None and desk.begun and desk.debuggee.is_debugged:
        await desk.debuggee.set_breakpoints(desk.wanted.all())


def answer(desk: Desk, bound: Sequence[Bound]) -> Body:
    return {"breakpoints": [plain(seen(desk, one)) for one in bound]}


def seen(desk: Desk, bound: Bound) -> Bound:
    """What became of a breakpoint, in lines as the client counts them."""
    return msgspec.structs.replace(
        bound,
        line=None if bound.line is None else desk.line(bound.line),
        column=None if bound.column is None else desk.column(bound.column),
        end_line=None if bound.end_line is None else desk.line(bound.end_line),
    )


async def breakpoint_locations(desk: Desk, asked: Lines) -> Body:
    flow = desk.debuggee.adopt(asked.source) if desk.debuggee else None
    if flow is None:
        return {"breakpoints": []}
    first = desk.line_from(asked.line)
    last = first if asked.end_line is None else desk.line_from(asked.end_line)
    places = flow.spots(asked.source.path or "", first, last)
    return {"breakpoints": [{"line": desk.line(line)} for line in places]}


# Where it stands.


async def threads(desk: Desk, asked: Nothing) -> Body:
    name = (desk.debuggee.story.name if desk.debuggee else "") or "The run"
    named = {MAIN: name}
    known = desk.threads.all()
    named |= {thread: task for thread, task in known.items() if thread != MAIN}
    return {"threads": [{"id": thread, "name": name} for thread, name in named.items()]}


async def stack_trace(desk: Desk, asked: StackTrace) -> Body:
    some, total = frames.stack(desk, asked)
    return {"stackFrames": plain(some), "totalFrames": total}


async def scopes(desk: Desk, asked: OfFrame) -> Body:
    return {"scopes": plain(frames.scopes(desk, frame_of(desk, asked.frame_id)))}


async def variables(desk: Desk, asked: Variables) -> Body:
    return {"variables": plain(await looking.members(desk, asked))}


def frame_of(desk: Desk, number: int) -> Frame:
    """The frame of a number. Raises HeddleError for one that is gone."""
    if not number:
        return Frame(desk.threads.task(MAIN))
    found = desk.handles.get(number)
    if not isinstance(found, Frame):
        raise HeddleError("The run has gone on since: this frame is gone.")
    return found


async def exception_info(desk: Desk, asked: OfThread) -> Body:
    held = desk.debugged().story.held.get(desk.threads.task(asked.thread_id))
    if held is None or held.failure is None:
        raise HeddleError("No error is about to be raised there.")
    return {
        "exceptionId": held.failure.type,
        "description": str(held.failure),
        "breakMode": "always",
        "details": _details(held.failure),
    }


def _details(failure: Failure) -> Body:
    details: Body = {"message": failure.message, "typeName": failure.type}
    details["stackTrace"] = "\n".join(_chain(failure))
    if failure.cause is not None:
        details["innerException"] = [_details(failure.cause)]
    return details


def _chain(failure: Failure | None) -> list[str]:
    return [] if failure is None else [f"{failure.type}: {failure}", *_chain(failure.cause)]


async def loaded_sources(desk: Desk, asked: Nothing) -> Body:
    return {"sources": plain(frames.loaded(desk))}


async def source(desk: Desk, asked: InSource) -> Body:
    flow = desk.debuggee.stored if desk.debuggee else None
    if flow is None or not (asked.source_reference or asked.source):
        raise HeddleError("There is no such source.")
    return {"content": flow.text(), "mimeType": "application/json"}


# Expressions.


async def evaluate(desk: Desk, asked: Evaluate) -> Body:
    frame = frame_of(desk, asked.frame_id)
    text = asked.expression.strip()
    if asked.context == "repl" and text.startswith(":"):
        return {"result": await typed.obeyed(desk, frame, text), "variablesReference": 0}
    if asked.context == "clipboard":
        return {"result": await looking.whole(desk, frame, text), "variablesReference": 0}
    found = await looking.evaluated(desk, frame, text)
    return {"result": found.value, **_members(found)}


async def set_variable(desk: Desk, asked: SetVariable) -> Body:
    found = await changing.set_variable(desk, asked)
    return {"value": found.value, **_members(found)}


async def set_expression(desk: Desk, asked: SetExpression) -> Body:
    found = await changing.set_expression(desk, asked)
    return {"value": found.value, **_members(found)}


def _members(found: Any) -> Body:
    body: Body = plain(found)
    kept = ("variablesReference", "type", "namedVariables", "indexedVariables")
    return {name: body[name] for name in kept if name in body}


async def completions(desk: Desk, asked: Completions) -> Body:
    begun = asked.text[: max(0, asked.column - desk.column(1))]
    if begun.lstrip().startswith(":"):
        return {"targets": [{"label": word, "type": "keyword"} for word in typed.COMMANDS]}
    frame = frame_of(desk, asked.frame_id)
    word = _WORD.search(begun)
    of, start = (word[1], word[2] or "") if word else ("", "")
    names = await _names(desk, frame, of or "")
    fitting = [name for name in dict.fromkeys(names) if name.startswith(start)]
    return {"targets": [{"label": name, "type": "variable"} for name in fitting[:200]]}


async def _names(desk: Desk, frame: Frame, of: str) -> Sequence[str]:
    debuggee = desk.debugged()
    if of:
        beside = typed.beside(frame.task, of)
        if beside not in debuggee.story.done:
            return ()
        return list((await debuggee.eyes.task(debuggee.run, beside)).outputs)
    blocks = [task for task in debuggee.story.done if typed.beside(frame.task, task) == task]
    if not frame.task or frame.is_round:
        return ["inputs", *blocks]
    data = await debuggee.eyes.task(debuggee.run, frame.task)
    return [*looking.names_in(data), *blocks]
