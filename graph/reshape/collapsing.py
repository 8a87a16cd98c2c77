"""Blocks put together into a sub-flow of their own."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import msgspec

from graph.catalog import Catalog
from graph.compile.ports import CALL, INPUT, OUTPUT, TYPES, Level, ports_of
from graph.edits import (
    AddBlock,
    AddFlow,
    ClearFrame,
    Connect,
    Edit,
    MoveBlocks,
    Position,
    RemoveBlock,
)
from graph.edits.edit import together
from graph.errors import EditRefused
from graph.flow import Block, End, Flow, Frame, Link
from graph.reshape.linking import Around, reached
from graph.reshape.names import Names, as_name, taken_ids
from graph.reshape.parts import only
from graph.values import ANY, TABLE

_BESIDE = 300.0
_BELOW = 130.0


def collapse(
    flow: Flow, ids: Collection[str], catalog: Catalog, name: str, around: Around = ()
) -> Edit:
    """The edit that makes blocks a sub-flow of that name, used in their place.

    Every output they are fed from becomes one input of it, every output that feeds others one
    output. The inputs and outputs of the flow itself stay where they are. Raises EditRefused
    when the blocks would run in a circle with what lies between them.
    """
    moved = _movable(flow, ids)
    _refuse_between(flow, moved)
    level = Level(flow, catalog, around)
    key = Names({*flow.flows, *level.names()}).fresh(as_name(name))
    crossing = _crossing(flow, moved)
    frames = frames_around(flow, moved)
    inner = _inner(level, only(flow, moved), crossing, name, frames)
    call = Block(Names(taken_ids(flow)).fresh(key), CALL, {"flow": key}, name)
    edits: list[Edit] = [AddFlow(key, inner), *map(RemoveBlock, sorted(moved)), AddBlock(call)]
    edits += (Connect(Link(source, End(call.id, port))) for source, port in crossing.inputs.items())
    edits += (
        Connect(Link(End(call.id, crossing.outputs[link.source]), link.target, link.convert))
        for link in crossing.leaving
    )
    edits += map(ClearFrame, frames)
    places = [flow.view.positions[id] for id in moved if id in flow.view.positions]
    return together([*edits, *([MoveBlocks({call.id: centre_of(places)})] if places else [])])


def _movable(flow: Flow, ids: Collection[str]) -> frozenset[str]:
    moved = {id for id in ids if id in flow.blocks and flow.blocks[id].kind not in (INPUT, OUTPUT)}
    if not moved:
        cure = "Select the blocks that are to become a sub-flow; inputs and outputs stay outside."
        raise EditRefused("There is nothing to put together.", cure=cure)
    return frozenset(moved)


def _refuse_between(flow: Flow, moved: Collection[str]) -> None:
    """What is fed by the blocks and feeds them would have to run amid the sub-flow."""
    ways = [
        (link.source.block, link.target.block)
        for link in flow.links.values()
        if not (link.source.block in moved and link.target.block in moved)
    ]
    after = reached(moved, ways) - set(moved)
    before = reached(moved, (pair[::-1] for pair in ways)) - set(moved)
    if between := sorted(after & before):
        message = f"{', '.join(between[:3])} must run after some of them and before others."
        raise EditRefused(message, cure="Select what lies between them, too.")


class _Crossing(NamedTuple):
    """The links into the blocks and out of them, and the ports these become."""

    entering: list[Link]
    leaving: list[Link]
    inputs: dict[End, str]
    outputs: dict[End, str]


def _crossing(flow: Flow, moved: Collection[str]) -> _Crossing:
    found = _Crossing([], [], {}, {})
    inputs, outputs = Names({"flow"}), Names({"error"})
    for target, link in sorted(flow.links.items()):
        if link.source.block in moved and target.block not in moved:
            found.leaving.append(link)
            if link.source not in found.outputs:
                found.outputs[link.source] = outputs.fresh(_port_name(link.source, link.source))
        elif link.source.block not in moved and target.block in moved:
            found.entering.append(link)
            if link.source not in found.inputs:
                found.inputs[link.source] = inputs.fresh(_port_name(target, link.source))
    return found


def _port_name(end: End, source: End) -> str:
    """What a port says of itself, or, if that is nothing, the block it comes from."""
    return source.block if end.port in ("value", "items", "error") else end.port


def _inner(
    level: Level, part: Flow, crossing: _Crossing, name: str, frames: Mapping[str, Frame]
) -> Flow:
    """The sub-flow: the blocks, and an input and an output for all that crosses its border."""
    ids = Names(part.blocks)
    feeding = {port: ids.fresh(f"in_{port}") for port in crossing.inputs.values()}
    taking = {port: ids.fresh(f"out_{port}") for port in crossing.outputs.values()}
    blocks, links = list(part.blocks.values()), list(part.links.values())
    blocks += (_input(level, feeding[port], port, end) for end, port in crossing.inputs.items())
    blocks += (Block(taking[port], OUTPUT, {"name": port}) for port in crossing.outputs.values())
    for link in crossing.entering:
        source = End(feeding[crossing.inputs[link.source]], "value")
        links.append(Link(source, link.target, link.convert))
    links += (Link(end, End(taking[port], "value")) for end, port in crossing.outputs.items())
    positions = dict(part.view.positions)
    if positions:
        fed = {link.source: link.target.block for link in reversed(crossing.entering)}
        firsts = [fed[source] for source in crossing.inputs]
        lasts = [source.block for source in crossing.outputs]
        left, right = min(positions.values())[0], max(positions.values())[0]
        at = part.view.positions.get
        positions |= _column(left - _BESIDE, feeding.values(), map(at, firsts))
        positions |= _column(right + _BESIDE, taking.values(), map(at, lasts))
    view = msgspec.structs.replace(part.view, positions=positions, frames=frames, bookmarks={})
    return Flow.of(blocks, links, name=name, view=view)


def _input(level: Level, id: str, port: str, source: End) -> Block:
    declared = _type_name(level, source)
    return Block(id, INPUT, {"name": port} | ({"type": declared} if declared != "any" else {}))


def _type_name(level: Level, source: End) -> str:
    """The type that an input may be declared to have, so that what comes fits for certain."""
    block = level.flow.blocks.get(source.block)
    spec = level.catalog.get(block.kind) if block else None
    if block is None or spec is None:
        return "any"
    given = ports_of(block, spec, level).outputs.get(source.port, ANY)
    if given == TABLE:
        return "table"
    return given.kind if given.kind in TYPES else "any"


def _column(x: float, ids: Iterable[str], beside: Iterable[Position | None]) -> dict[str, Position]:
    """Places under each other, each beside what it is linked to where there is room."""
    wanted = sorted(
        ((place[1] if place else 0.0), id) for id, place in zip(ids, beside, strict=True)
    )
    placed, lowest = dict[str, Position](), float("-inf")
    for y, id in wanted:
        placed[id] = (x, max(y, lowest))
        lowest = placed[id][1] + _BELOW
    return placed


def frames_around(flow: Flow, ids: Collection[str]) -> dict[str, Frame]:
    """The frames in which some of the blocks stand, and no others."""
    inside = dict[str, set[str]]()
    for key, frame in flow.view.frames.items():
        right, bottom = frame.x + frame.width, frame.y + frame.height
        inside[key] = {
            id
            for id, (x, y) in flow.view.positions.items()
            if frame.x <= x < right and frame.y <= y < bottom and id in flow.blocks
        }
    return {
        key: flow.view.frames[key] for key, found in inside.items() if found and found <= set(ids)
    }


def centre_of(places: Iterable[Position]) -> Position:
    """The middle between the outermost places, of which there is at least one."""
    xs, ys = zip(*places, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
