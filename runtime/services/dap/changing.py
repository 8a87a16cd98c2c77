"""Values of a held task, given anew."""

import ast
from typing import Any

import msgspec

from graph.errors import HeddleError
from runtime.commands import ChangeInputs, ChangeOutputs
from runtime.large import Large, Place
from runtime.services.dap.desk import Desk
from runtime.services.dap.handles import Frame, Held, Part
from runtime.services.dap.looking import place_named
from runtime.services.dap.shapes import SetExpression, SetVariable, Variable


async def set_variable(desk: Desk, asked: SetVariable) -> Variable:
    """Give a member of a value, or a value by its name. Raises HeddleError."""
    debuggee = desk.debugged()
    match desk.handles.get(asked.variables_reference):
        case Part() as part if part.task and not part.task.endswith("]"):
            place = Place(debuggee.run, part.task, part.side, asked.name)
        case Held(value=value, place=Place() as outer):
            is_list = isinstance(value, list | tuple) or getattr(value, "kind", "") == "list"
            place = outer.inside(int(asked.name) if is_list else asked.name)
        case _:
            raise HeddleError(
                "This value can't be changed.",
                cure="Inputs, fields and outputs of a held block can.",
            )
    return await _give(desk, place, asked.value)


async def set_expression(desk: Desk, asked: SetExpression) -> Variable:
    """Give the value that an expression names. Raises HeddleError."""
    frame = desk.handles.get(asked.frame_id)
    frame = frame if isinstance(frame, Frame) else Frame(desk.threads.task(1))
    place = await place_named(desk, frame, asked.expression.strip())
    if place is None or place.task != frame.task:
        raise HeddleError(
            f"{asked.expression!r} names no input, field or output of {frame.task or 'a block'}."
        )
    return await _give(desk, place, asked.value)


async def _give(desk: Desk, place: Place, text: str) -> Variable:
    if place.side not in ("inputs", "fields", "outputs"):
        raise HeddleError("This is how it was before: it can't be changed.")
    debuggee, task = desk.debugged(), place.task
    value = await _meant(desk, task, text)
    given = await _with(desk, place, value) if place.path else value
    if place.side == "outputs":
        outputs = await _changed_outputs(desk, task)
        await debuggee.obey(
            ChangeOutputs(debuggee.run, task, {**outputs, place.name: given}, debuggee.client)
        )
    else:
        arguments = {**debuggee.story.given.get(task, {}), place.name: given}
        await debuggee.obey(ChangeInputs(debuggee.run, task, arguments, debuggee.client))
        debuggee.story.given[task] = arguments
    await debuggee.shows(task, outputs=place.side == "outputs")
    name = str(place.path[-1]) if place.path else place.name
    return desk.handles.variable(name, value, place)


async def _with(desk: Desk, place: Place, value: Any) -> Any:
    """The whole value with one part of it given anew."""
    outer = await desk.debugged().eyes.value(msgspec.structs.replace(place, path=()))
    made = msgspec.msgpack.decode(msgspec.msgpack.encode(outer, enc_hook=str))
    inner = made
    try:
        for step in place.path[:-1]:
            inner = inner[step]
        inner[place.path[-1]] = value
    except (KeyError, IndexError, TypeError):
        raise HeddleError("There is nothing there that could be changed.") from None
    return made


async def _changed_outputs(desk: Desk, task: str) -> dict[str, Any]:
    """The outputs of a task that somebody gave it already."""
    debuggee = desk.debugged()
    if task not in debuggee.story.regiven:
        return {}
    data = await debuggee.eyes.task(debuggee.run, task)
    differing = [n for n, value in data.outputs.items() if data.gave.get(n, value) != value]
    places = {name: Place(debuggee.run, task, "outputs", name) for name in differing}
    return {
        name: await debuggee.eyes.value(place)
        if isinstance(data.outputs[name], Large)
        else data.outputs[name]
        for name, place in places.items()
    }


async def _meant(desk: Desk, task: str, text: str) -> Any:
    """The value that somebody wrote: JSON, a Python literal, or an expression."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        pass
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        pass
    debuggee = desk.debugged()
    try:
        return await debuggee.eyes.evaluate(debuggee.run, task, text)
    except HeddleError as error:
        raise HeddleError(
            f"{text!r} is no value: {error.message}", cure="Write a text in quotes."
        ) from error
