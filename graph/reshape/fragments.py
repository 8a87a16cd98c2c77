"""Blocks copied as the text of a flow file, pasted from one, and duplicated."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from graph.catalog import Catalog
from graph.compile.ports import INPUT, OUTPUT, Level, interface
from graph.edits import (
    AddBlock,
    AddFlow,
    Connect,
    Edit,
    MoveBlocks,
    Position,
    SetColour,
    SetExposed,
    SetFrame,
    SetRoute,
)
from graph.edits.edit import together
from graph.errors import EditRefused
from graph.file_format import FORMAT, flow_hash, is_file, read, write
from graph.flow import Block, End, Flow, Frame, Link
from graph.layout import arranged
from graph.reshape.collapsing import frames_around
from graph.reshape.linking import Around
from graph.reshape.names import Names, taken_ids
from graph.reshape.parts import only
from graph.reshape.references import names_in, renamed_inside, with_names

_FENCED = re.compile(r"```\w*[ \t]*\r?\n(.*?)```", re.DOTALL)


class Pasted(NamedTuple):
    """The edit that puts blocks in, and the ids they get."""

    edit: Edit
    ids: tuple[str, ...]


def fragment(
    flow: Flow,
    ids: Collection[str],
    catalog: Catalog,
    around: Around = (),
    frames: Collection[str] = (),
) -> str:
    """The blocks as the text of a flow file, with the links among them and the flows they use.

    The `frames` come along, and those in which no other blocks stand. Raises EditRefused when
    there is nothing to copy.
    """
    part = _part(flow, ids, frames)
    used = _used_flows(Level(flow, catalog, around), part)
    return write(msgspec.structs.replace(part, flows=used), name="The selection")


def _part(flow: Flow, ids: Collection[str], frames: Collection[str] = ()) -> Flow:
    part = only(flow, {id for id in ids if id in flow.blocks})
    if not part.blocks and not frames:
        raise EditRefused("There is nothing to copy.", cure="Select some blocks.")
    framed = {id: flow.view.frames[id] for id in frames if id in flow.view.frames}
    view = msgspec.structs.replace(
        part.view, frames=frames_around(flow, part.blocks) | framed, bookmarks={}
    )
    return msgspec.structs.replace(part, name="", description="", flows={}, view=view)


def _used_flows(level: Level, part: Flow) -> dict[str, Flow]:
    """The embedded flows that blocks use, and those that these use, each under its name."""
    used, seen = dict[str, Flow](), set[tuple[object, str]]()
    todo = [(level, name) for name in names_in(part, level.catalog)]
    while todo:
        here, name = todo.pop()
        found = here.find(name)
        if found is None or is_file(name) or (here.place, name) in seen:
            continue
        seen.add((here.place, name))
        if used.setdefault(name, found.flow) is not found.flow:
            message = f"Two different flows called {name!r} are used."
            raise EditRefused(message, cure="Rename one of them.")
        home = Level(found.around[-1], here.catalog, found.around[:-1])
        todo += ((home, other) for other in names_in(found.flow, here.catalog))
    return used


def paste(
    flow: Flow, text: str, at: Position | None, catalog: Catalog, around: Around = ()
) -> Pasted:
    """The edit that puts in the blocks of a text, their upper left corner `at` a place.

    The text is a copied fragment or a whole flow file, also with words around it. Ids that are
    taken become others, and so do the names of inputs, outputs and embedded flows. Raises
    FlowFileError for what is no flow, EditRefused for an empty one.
    """
    part = read(_json_in(text), name="The pasted text")
    if not part.blocks and not part.view.frames:
        raise EditRefused("There are no blocks in the pasted text.")
    level = Level(flow, catalog, around)
    names = _flow_names(level, part)
    flows = (
        AddFlow(new, renamed_inside(part.flows[old], names, catalog))
        for old, new in names.items()
        if level.find(new) is None
    )
    blocks = {id: with_names(block, names, catalog) for id, block in part.blocks.items()}
    placed = _placed(msgspec.structs.replace(part, blocks=blocks))
    left, top = _corner(placed)
    offset = (at[0] - left, at[1] - top) if at else (0.0, 0.0)
    return _put(flow, placed, offset, flows)


def _json_in(text: str) -> str:
    """The flow in what somebody copied from a chat: without the words and the fence around it."""
    if not text.lstrip().startswith("{"):
        fenced = _FENCED.search(text)
        text = fenced[1] if fenced else text
    start, end = text.find("{"), text.rfind("}")
    text = text[start : end + 1] if 0 <= start < end else text
    return _with_format(text)


def _with_format(text: str) -> str:
    """The text, saying that it has today's format if it is a flow that says nothing of it."""
    try:
        tree: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return text  # reading it says what is wrong with it
    if isinstance(tree, dict) and "blocks" in tree and "heddle" not in tree:
        return text.replace("{", f'{{"heddle": {FORMAT}, ', 1)
    return text


def _flow_names(level: Level, part: Flow) -> Mapping[str, str]:
    """What the embedded flows of the text are called here: one that is here already is used."""
    same = {
        name
        for name, inner in part.flows.items()
        if (present := level.find(name)) and flow_hash(present.flow) == flow_hash(inner)
    }
    while other := {n for n in same if _named_here(part, n, level.catalog) - same}:
        same -= other  # it uses one that isn't the same, and so isn't the same itself
    fresh = Names({*level.flow.flows, *level.names()})
    return {name: name if name in same else fresh.fresh(name) for name in sorted(part.flows)}


def _named_here(part: Flow, name: str, catalog: Catalog) -> set[str]:
    """The flows beside it that an embedded flow uses."""
    return names_in(part.flows[name], catalog) & part.flows.keys()


def _placed(part: Flow) -> Flow:
    """The part with a place for every block."""
    if part.blocks.keys() <= part.view.positions.keys():
        return part
    view = msgspec.structs.replace(part.view, positions=arranged(part, {}))
    return msgspec.structs.replace(part, view=view)


def _corner(part: Flow) -> Position:
    places = [part.view.positions[id] for id in part.blocks]
    places += [(frame.x, frame.y) for frame in part.view.frames.values()]
    return min(x for x, _ in places), min(y for _, y in places)


def duplicate(
    flow: Flow,
    ids: Collection[str],
    offset: Position = (40.0, 40.0),
    *,
    keep_inputs: bool = False,
    frames: Collection[str] = (),
) -> Pasted:
    """The edit that puts in the blocks once more, so far from the first ones.

    `keep_inputs` links the copies to what feeds the first ones.
    """
    part = _part(flow, ids, frames)
    made = _put(flow, part, offset, ())
    if not keep_inputs:
        return made
    copies = dict(zip(part.blocks, made.ids, strict=True))
    kept = (
        Connect(Link(link.source, End(copies[target.block], target.port), link.convert))
        for target, link in flow.links.items()
        if target.block in copies and link.source.block not in copies
    )
    return Pasted(together([made.edit, *kept]), made.ids)


def _put(flow: Flow, part: Flow, offset: Position, flows: Iterator[Edit] | tuple[()]) -> Pasted:
    fresh, inputs, outputs = Names(taken_ids(flow)), *map(Names, interface(flow))
    ids, edits = dict[str, str](), list[Edit](flows)
    for block in part.blocks.values():
        ids[block.id] = fresh.fresh(block.id)
        named = {INPUT: inputs, OUTPUT: outputs}.get(block.kind)
        own = _with_own_name(block, named) if named else block
        edits.append(AddBlock(msgspec.structs.replace(own, id=ids[block.id])))
    for target, link in part.links.items():
        if target.block in ids and link.source.block in ids:
            source = End(ids[link.source.block], link.source.port)
            edits.append(Connect(Link(source, End(ids[target.block], target.port), link.convert)))
    return Pasted(together([*edits, *_drawn(flow, part, ids, offset)]), tuple(ids.values()))


def _with_own_name(block: Block, names: Names) -> Block:
    """An input or output that isn't called as another one."""
    name = str(block.fields.get("name", "result" if block.kind == OUTPUT else block.id))
    return msgspec.structs.replace(block, fields={**block.fields, "name": names.fresh(name)})


def _drawn(flow: Flow, part: Flow, ids: Mapping[str, str], offset: Position) -> Iterator[Edit]:
    view, (x, y) = part.view, offset
    places = {ids[id]: (px + x, py + y) for id, (px, py) in view.positions.items() if id in ids}
    if places:
        yield MoveBlocks(places)
    for id in ids.keys() & view.colours.keys():
        yield SetColour(ids[id], view.colours[id])
    for id in ids.keys() & view.exposed.keys():
        yield SetExposed(ids[id], view.exposed[id])
    for target, link in part.links.items():
        points = view.routes.get(str(target))
        if points and target.block in ids and link.source.block in ids:
            led = tuple((px + x, py + y) for px, py in points)
            yield SetRoute(End(ids[target.block], target.port), led)
    names = Names(flow.view.frames)
    for id, frame in view.frames.items():
        yield SetFrame(names.fresh(id), _shifted(frame, offset))


def _shifted(frame: Frame, by: Position) -> Frame:
    return msgspec.structs.replace(frame, x=frame.x + by[0], y=frame.y + by[1])
