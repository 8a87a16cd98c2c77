"""A sub-flow taken apart: its blocks in its place."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from graph.catalog import Catalog
from graph.compile.ports import CALL, INPUT, OUTPUT, Level, interface, is_expression
from graph.edits import (
    AddBlock,
    AddFlow,
    Connect,
    Edit,
    MoveBlocks,
    Position,
    RemoveBlock,
    RemoveFlow,
    SetColour,
    SetExposed,
    SetFrame,
    SetRoute,
)
from graph.edits.draft import Draft
from graph.edits.edit import together
from graph.errors import EditRefused
from graph.file_format import is_file
from graph.flow import PLAIN, Block, End, Flow, Link
from graph.layout import Sizes, arranged, room_for
from graph.layout.boxes import box_of
from graph.reshape.collapsing import centre_of
from graph.reshape.linking import Around
from graph.reshape.names import Names, as_name, taken_ids
from graph.reshape.parts import only
from graph.reshape.references import flow_fields, names_in, renamed_inside, with_names

CONSTANT = "flow.constant"

NO_SIZES: Sizes = {}


def expand(
    flow: Flow, id: str, catalog: Catalog, around: Around = (), sizes: Sizes = NO_SIZES
) -> Edit:
    """The edit that puts the blocks of a sub-flow in the place of the block that uses it.

    Others make way for them; `sizes` are those of the blocks that are there. An input that gets
    a value from a field becomes a constant. The sub-flow itself goes too, if it is embedded and
    nothing else uses it. Raises EditRefused for what is no sub-flow, and for one that is run in
    a way its blocks couldn't be.
    """
    call = _call(flow, id)
    level = Level(flow, catalog, around)
    found = level.find(str(call.fields.get("flow", "")))
    if found is None:
        raise EditRefused(f"{id} uses a flow that isn't there.", cure="Choose a flow for it first.")
    return together(_Unfolding(level, call, found.flow, sizes).edits())


def _call(flow: Flow, id: str) -> Block:
    block = Draft(flow).block(id)
    if block.kind != CALL:
        raise EditRefused(f"{id} is no sub-flow, so there is nothing to take apart.")
    if block.settings != PLAIN:
        message = f"{id} has settings of its own, which its blocks can't have together."
        raise EditRefused(message, cure="Set them back first.")
    return block


class _Feed(NamedTuple):
    """Where a value comes from, and what it is converted to on its way."""

    source: End
    converts: tuple[str, ...] = ()

    def then(self, convert: str) -> "_Feed":
        return _Feed(self.source, (*self.converts, convert)) if convert else self


class _Unfolding:
    """One sub-flow on its way out: new ids for what has to be told apart, and the edits so far."""

    def __init__(self, level: Level, call: Block, inner: Flow, sizes: Sizes) -> None:
        self._level, self._call, self._inner, self._sizes = level, call, inner, sizes
        self._outer = level.flow
        self._key = str(call.fields["flow"])
        self._names = Names(taken_ids(self._outer) - {call.id})
        self._kept = [b for b in inner.blocks.values() if b.kind not in (INPUT, OUTPUT)]
        self._ids = {block.id: self._names.fresh(block.id) for block in self._kept}
        self._given = {
            link.target.port: link
            for link in self._outer.links_into(call.id)
            if link.source.block != call.id
        }
        self._constants: dict[str, str] = {}
        self._edits: list[Edit] = []

    def edits(self) -> list[Edit]:
        self._edits += [RemoveBlock(self._call.id)]
        self._add_blocks()
        for link in sorted(self._inner.links.values(), key=lambda link: link.target):
            if link.target.block in self._ids and (feed := self._feed(link.source)):
                target = End(self._ids[link.target.block], link.target.port)
                self._link(feed.then(link.convert), target)
        for link in sorted(self._outer.links_from(self._call.id), key=lambda link: link.target):
            if link.target.block != self._call.id and (feed := self._output(link.source.port)):
                self._link(feed.then(link.convert), link.target)
        self._draw()
        return self._edits

    # Blocks and the flows they name

    def _add_blocks(self) -> None:
        catalog, taken = self._level.catalog, {*self._outer.flows, *self._level.names()}
        used_elsewhere = self._key not in self._outer.flows or _is_used(
            self._outer, self._key, catalog, except_by=self._call.id
        )
        if not used_elsewhere and not is_file(self._key):
            self._edits.append(RemoveFlow(self._key))
            taken -= {self._key}
        names = self._flow_names(Names(taken))
        for old, new in names.items():
            if new not in self._outer.flows or not is_file(new):
                inner = renamed_inside(self._inner.flows[old], names, catalog)
                self._edits.append(AddFlow(new, inner))
        for block in self._kept:
            renamed = with_names(block, names, catalog)
            self._edits.append(AddBlock(msgspec.structs.replace(renamed, id=self._ids[block.id])))

    def _flow_names(self, names: Names) -> Mapping[str, str]:
        files = [name for name in self._inner.flows if is_file(name)]
        if files and is_file(self._key):
            message = f"{self._key} uses files beside it, such as {files[0]}."
            raise EditRefused(message, cure="Open that file, and copy its blocks from there.")
        return {
            name: name if is_file(name) else names.fresh(name) for name in sorted(self._inner.flows)
        }

    # Where values come from

    def _feed(self, source: End) -> _Feed | None:
        """What an output inside is once the sub-flow is gone."""
        block = self._inner.blocks.get(source.block)
        if block is None:
            return None
        if block.kind == OUTPUT:
            return self._arriving(block)
        if block.kind != INPUT:
            return _Feed(End(self._ids[source.block], source.port))
        name = str(block.fields.get("name", block.id))
        if link := self._given.get(name):
            return _Feed(link.source).then(link.convert)
        value = self._call.fields.get(name, block.fields.get("default"))
        return _Feed(End(self._constant(name, value), "value"))

    def _output(self, name: str) -> _Feed | None:
        block = interface(self._inner)[1].get(name)
        return self._arriving(block) if block else None

    def _arriving(self, output: Block) -> _Feed | None:
        """What an output of the sub-flow is given."""
        link = self._inner.links.get(End(output.id, "value"))
        if link is None:
            value = output.fields.get("value")
            return _Feed(End(self._constant(f"{output.id}_value", value), "value"))
        feed = self._feed(link.source)
        return feed.then(link.convert) if feed else None

    def _constant(self, name: str, value: Any) -> str:
        """A block that gives the value, made when it is first asked for."""
        if name not in self._constants:
            id = self._constants[name] = self._names.fresh(as_name(name))
            self._edits.append(AddBlock(Block(id, CONSTANT, {"value": value})))
            inputs = interface(self._inner)[0]
            extra = (link for port, link in self._given.items() if port not in inputs)
            for link in extra if is_expression(value) else ():
                self._edits.append(
                    Connect(Link(link.source, End(id, link.target.port), link.convert))
                )
        return self._constants[name]

    def _link(self, feed: _Feed, target: End) -> None:
        """Link it; a link converts once, so for more there are constants to pass through."""
        source = feed.source
        for convert in feed.converts[:-1]:
            id = self._names.fresh(convert)
            self._edits.append(AddBlock(Block(id, CONSTANT)))
            self._edits.append(Connect(Link(source, End(id, "value"), convert)))
            source = End(id, "value")
        self._edits.append(Connect(Link(source, target, "".join(feed.converts[-1:]))))

    # How it is drawn

    def _draw(self) -> None:
        view, ids = self._inner.view, self._ids
        x, y = self._place()
        self._edits += (SetColour(ids[i], c) for i, c in view.colours.items() if i in ids)
        self._edits += (SetExposed(ids[i], f) for i, f in view.exposed.items() if i in ids)
        self._edits += self._routes(x, y)
        frames = Names(self._outer.view.frames)
        for id, frame in view.frames.items():
            there = msgspec.structs.replace(frame, x=frame.x + x, y=frame.y + y)
            self._edits.append(SetFrame(frames.fresh(id), there))

    def _place(self) -> Position:
        """Place the blocks, and others that are in their way; gives how far that moves them."""
        inner, here = self._inner, self._outer.view.positions.get(self._call.id)
        places = {id: place for id, place in inner.view.positions.items() if id in self._ids}
        if here and not places:
            places = arranged(only(inner, self._ids), {})
        if not places:
            return (0.0, 0.0)
        moves, by = dict[str, Position](), (0.0, 0.0)
        if here:
            middle = centre_of(places.values())
            call = box_of(self._call.id, here, self._sizes)
            others = {
                id: place
                for id, place in self._outer.view.positions.items()
                if id != self._call.id and id in self._outer.blocks
            }
            wanted = (here[0] - middle[0], here[1] - middle[1])
            by, moves = room_for(places, wanted, call, others, self._sizes)
        new = {self._ids[id]: (x + by[0], y + by[1]) for id, (x, y) in places.items()}
        self._edits.append(MoveBlocks(moves | new))
        return by

    def _routes(self, x: float, y: float) -> Iterator[Edit]:
        for target, link in self._inner.links.items():
            points = self._inner.view.routes.get(str(target))
            if points and target.block in self._ids and link.source.block in self._ids:
                led = tuple((px + x, py + y) for px, py in points)
                yield SetRoute(End(self._ids[target.block], target.port), led)


def _is_used(flow: Flow, name: str, catalog: Catalog, *, except_by: str) -> bool:
    """Whether a block other than that one, here or in a flow inside, uses the embedded flow."""
    return any(
        name == used
        for id, block in flow.blocks.items()
        if id != except_by
        for _, used in flow_fields(block, catalog)
    ) or any(name in names_in(inner, catalog) for inner in flow.flows.values())
