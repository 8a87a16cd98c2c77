"""Values of a run: members page by page, and what expressions come to."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from graph.errors import HeddleError
from runtime.large import Large, Page, Place, Side
from runtime.projections.task_data import Field, TaskData
from runtime.recorded import scope_of
from runtime.services.dap.desk import Desk
from runtime.services.dap.handles import Blocks, Frame, Held, Part
from runtime.services.dap.shapes import Variable, Variables

MOST = 1000
"""Members given at once to who doesn't say how many."""


async def members(desk: Desk, asked: Variables) -> Sequence[Variable]:
    """Some members of what stands behind a number. Raises HeddleError."""
    handle = desk.handles.get(asked.variables_reference)
    start, count = max(0, asked.start), min(asked.count or MOST, MOST)
    match handle:
        case Part():
            found = await _side(desk, handle)
        case Blocks():
            found = _blocks(desk, handle)
        case Held():
            return await _inside(desk, handle, start, count)
        case _:
            raise HeddleError("The run has gone on since: these values are gone.")
    return found[start : start + count]


async def _side(desk: Desk, part: Part) -> list[Variable]:
    debuggee, task = desk.debugged(), part.task
    if not task or task.endswith("]"):
        return await _of_flow(desk, part)
    values = side_of(await debuggee.eyes.task(debuggee.run, task), part.side)
    return [
        _variable(desk, name, value, Place(debuggee.run, task, part.side, name))
        for name, value in values.items()
    ]


async def _of_flow(desk: Desk, part: Part) -> list[Variable]:
    """The inputs of a flow, with those left to their defaults; or its outputs."""
    debuggee = desk.debugged()
    if part.side == "outputs":
        outputs = getattr(debuggee.story.end, "outputs", {})
        places = [(n, v, Place(debuggee.run, "", "outputs", n)) for n, v in outputs.items()]
        return [desk.handles.variable(name, value, place) for name, value, place in places]
    inputs = await debuggee.eyes.evaluate(debuggee.run, part.task, "inputs")
    return [
        desk.handles.variable(name, value, None, f"inputs[{name!r}]")
        for name, value in inputs.items()
    ]


def _blocks(desk: Desk, blocks: Blocks) -> list[Variable]:
    done = [task for task in desk.debugged().story.done if scope_of(task) == blocks.scope]
    return [
        Variable(
            task.removeprefix(f"{blocks.scope}/") if blocks.scope else task,
            "…",
            desk.handles.keep(Part(task, "outputs")),
            "block",
        )
        for task in done
    ]


def side_of(data: TaskData, side: Side) -> Mapping[str, Any]:
    """The values of one side of a task; of fields, the fields."""
    values: Mapping[str, Any] = getattr(data, side)
    return values


def _variable(desk: Desk, name: str, value: Any, place: Place) -> Variable:
    if not isinstance(value, Field):
        return desk.handles.variable(name, value, place, name)
    if value.trouble:
        return Variable(name, f"({value.trouble})", 0, value.expression)
    kind = f"= {value.expression}" if value.expression else value.origin
    return desk.handles.variable(name, value.value, place, name, kind)


async def _inside(desk: Desk, held: Held, start: int, count: int) -> list[Variable]:
    page = await _page(desk, held, start, count)
    if page.kind == "record":
        keys: Sequence[str | int] = page.names
    else:
        keys = range(page.start, page.start + len(page.values))
    return [
        desk.handles.variable(
            str(key) if isinstance(key, int) else key,
            value,
            held.place.inside(key) if held.place else None,
            f"{held.name}[{key!r}]" if held.name else "",
        )
        for key, value in zip(keys, page.values, strict=True)
    ]


async def _page(desk: Desk, held: Held, start: int, count: int) -> Page:
    match held.value:
        case Large():
            return await desk.debugged().eyes.part(held.value.place, start, count)
        case Mapping():
            some = list(held.value.items())[start : start + count]
            values, names = [value for _, value in some], [str(name) for name, _ in some]
            return Page("record", len(held.value), start, values, names)
        case list() | tuple():
            return Page("list", len(held.value), start, list(held.value[start : start + count]))
    return Page("other", 0, start, [])


# Expressions.


async def evaluated(desk: Desk, frame: Frame, expression: str) -> Variable:
    """What an expression comes to; if it only names a value, that one. Raises HeddleError."""
    debuggee = desk.debugged()
    text = expression.strip()
    if (place := await place_named(desk, frame, text)) is not None:
        found = await _found(desk, place)
        return desk.handles.variable(text, found, place, text)
    value = await debuggee.eyes.evaluate(debuggee.run, frame.task, text)
    return desk.handles.variable(text, value, None, text)


async def _found(desk: Desk, place: Place) -> Any:
    """A value, as it begins if it is large."""
    outer = place.path[:-1] if place.path else ()
    data = await desk.debugged().eyes.task(place.run, place.task)
    if place.name not in (values := side_of(data, place.side)):
        raise HeddleError(f"{place.task} has given no {place.name!r}.")
    value = values[place.name]
    value = value.value if isinstance(value, Field) else value
    if not place.path:
        return value
    if isinstance(value, Large):
        holder = msgspec.structs.replace(place, path=outer)
        return await _one(desk, holder, place.path[-1])
    for step in place.path:
        value = value[step]
    return value


async def _one(desk: Desk, holder: Place, step: str | int) -> Any:
    eyes = desk.debugged().eyes
    if isinstance(step, int):
        values = (await eyes.part(holder, step, 1)).values
        if not values:
            raise HeddleError(f"There is no item {step}.")
        return values[0]
    return await eyes.value(holder.inside(step))


async def place_named(desk: Desk, frame: Frame, text: str) -> Place | None:
    """Where the value is that an expression names, None for one that has to be worked out.

    `order['lines'][0]` of the task's own names, `parse.items` of a block beside it.
    """
    named = _named(text)
    if named is None:
        return None
    name, path, attribute = named
    debuggee = desk.debugged()
    if attribute:
        scope = frame.task if frame.is_round else scope_of(frame.task)
        beside = f"{scope}/{name}" if scope else name
        if beside not in debuggee.story.done:
            return None
        return Place(debuggee.run, beside, "outputs", attribute, path)
    if not frame.task or frame.is_round:
        return None
    data = await debuggee.eyes.task(debuggee.run, frame.task)
    sides: tuple[Side, ...] = ("outputs", "inputs", "fields")
    for side in sides:
        if name in (values := side_of(data, side)):
            if side == "fields" and (not _leads(values[name].value, path) or values[name].trouble):
                return None
            if not isinstance(values[name], Large) and not _leads(_plain(values[name]), path):
                return None
            return Place(debuggee.run, frame.task, side, name, path)
    return None


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Field) else value


def _leads(value: Any, path: Sequence[str | int]) -> bool:
    """Whether a path leads to something inside a value."""
    for step in path:
        match value:
            case Large():
                return True
            case Mapping() if step in value:
                value = value[step]
            case list() | tuple() if isinstance(step, int) and 0 <= step < len(value):
                value = value[step]
            case _:
                return False
    return True


def _named(text: str) -> tuple[str, tuple[str | int, ...], str] | None:
    """The name, the way from there, and the port, of an expression that is nothing else."""
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    path: list[str | int] = []
    while isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        if not isinstance(node.slice.value, str | int) or isinstance(node.slice.value, bool):
            return None
        path.insert(0, node.slice.value)
        node = node.value
    match node:
        case ast.Name():
            return node.id, tuple(path), ""
        case ast.Attribute(value=ast.Name() as block):
            return block.id, tuple(path), node.attr
    return None


async def whole(desk: Desk, frame: Frame, expression: str) -> str:
    """All of what an expression comes to, as JSON, to be copied."""
    debuggee = desk.debugged()
    place = await place_named(desk, frame, expression.strip())
    if place is not None:
        value = await debuggee.eyes.value(place)
    else:
        value = await debuggee.eyes.evaluate(debuggee.run, frame.task, expression)
    if isinstance(value, str):
        return value
    return msgspec.json.format(msgspec.json.encode(value, enc_hook=repr)).decode()


def names_in(data: TaskData) -> Iterator[str]:
    """The names that expressions about a task see."""
    yield from dict.fromkeys((*data.inputs, *data.fields, *data.outputs, "inputs"))
