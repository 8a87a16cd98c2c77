"""What changed between two flows, as edits that lead from one to the other, and in words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from graph.edits import (
    AddBlock,
    AddFlow,
    ChangeId,
    ChangeKind,
    ClearBookmark,
    ClearField,
    ClearFrame,
    Connect,
    Disconnect,
    Edit,
    Inside,
    MoveBlocks,
    Position,
    RemoveBlock,
    RemoveFlow,
    Rename,
    SetBookmark,
    SetBudget,
    SetColour,
    SetExposed,
    SetField,
    SetFlowText,
    SetFrame,
    SetRoute,
    SetSettings,
)
from graph.edits.draft import Draft
from graph.file_format import flow_hash, is_file
from graph.flow import Block, Flow, Link, end


def diff(old: Flow, new: Flow) -> tuple[Edit, ...]:
    """The edits that make `new` of `old`, each about one thing, in an order that can be applied.

    A block whose id alone changed is renamed, not removed and added. Edits of how the flow is
    drawn come last and stand alone: without those that don't `touches_logic`, the rest leads to
    the logic of `new` drawn as `old` is. Raises EditRefused for what no file can hold.
    """
    return tuple(_Comparison(old, new).edits)


def same(one: Any, other: Any) -> bool:
    """Whether two values say the same in a file: unlike Python, yes is not 1 and 1 is not 1.0."""
    return one is other or (one == other and msgspec.json.encode(one) == msgspec.json.encode(other))


class _Comparison:
    """The edits so far, and the old flow as they have made it."""

    def __init__(self, old: Flow, new: Flow) -> None:
        self.edits: list[Edit] = []
        self._draft = Draft(old)
        self._new = new
        for step in (self._texts, self._ids, self._gone, self._blocks, self._links, self._flows,
                     self._places, self._colours, self._routes, self._exposed, self._frames,
                     self._bookmarks):  # fmt: skip
            for edit in step():
                edit.alter(self._draft)
                self.edits.append(edit)

    def _texts(self) -> Iterator[Edit]:
        old, new = self._draft, self._new
        if (old.name, old.description) != (new.name, new.description):
            yield SetFlowText(
                new.name if new.name != old.name else None,
                new.description if new.description != old.description else None,
            )
        if old.budget != new.budget:
            yield SetBudget(new.budget)

    def _ids(self) -> Iterator[Edit]:
        old, new = self._draft, self._new
        gone = [block for id, block in sorted(old.blocks.items()) if id not in new.blocks]
        come = [block for id, block in sorted(new.blocks.items()) if id not in old.blocks]
        if not gone or not come:
            return
        taken = old.positions.keys() | old.colours.keys() | old.exposed.keys()
        taken |= {end(target).block for target in old.routes}
        common = old.blocks.keys() & new.blocks.keys()
        was = _alike(gone, old.links.values(), common)
        for likeness, renamed in _alike(come, new.links.values(), common).items():
            for before, after in zip(was.get(likeness, ()), renamed, strict=False):
                if after.id not in taken and not old.links_of(after.id):
                    yield ChangeId(before.id, after.id)

    def _gone(self) -> Iterator[Edit]:
        yield from map(RemoveBlock, sorted(self._draft.blocks.keys() - self._new.blocks.keys()))
        # Worked out only now that the removed blocks have taken their links with them.
        yield from map(Disconnect, sorted(self._draft.links.keys() - self._new.links.keys()))

    def _blocks(self) -> Iterator[Edit]:
        for id, block in sorted(self._new.blocks.items()):
            if id in self._draft.blocks:
                yield from _block_changes(self._draft.blocks[id], block)
            else:
                yield AddBlock(block)

    def _links(self) -> Iterator[Edit]:
        for target, link in sorted(self._new.links.items()):
            present = self._draft.links.get(target)
            if present != link:
                yield Connect(link, replaces=present)

    def _flows(self) -> Iterator[Edit]:
        old, new = self._draft.flows, self._new.flows
        for name in sorted(old.keys() | new.keys()):
            if name in old and name in new and not is_file(name):
                yield from (Inside(name, edit) for edit in diff(old[name], new[name]))
            elif name not in new or name not in old or not _same_flow(old[name], new[name]):
                yield from [RemoveFlow(name)] if name in old else []
                yield from [AddFlow(name, new[name])] if name in new else []

    def _places(self) -> Iterator[Edit]:
        old, new = self._draft.positions, self._new.view.positions
        moved: dict[str, Position | None] = {
            id: new.get(id) for id in sorted(old.keys() | new.keys()) if old.get(id) != new.get(id)
        }
        if moved:
            yield MoveBlocks(moved)

    def _colours(self) -> Iterator[Edit]:
        old, new = self._draft.colours, self._new.view.colours
        for id in sorted(old.keys() | new.keys()):
            if old.get(id) != new.get(id):
                yield SetColour(id, new.get(id, ""))

    def _routes(self) -> Iterator[Edit]:
        old, new = self._draft.routes, self._new.view.routes
        for target in sorted(old.keys() | new.keys()):
            if old.get(target, ()) != new.get(target, ()):
                yield SetRoute(end(target), new.get(target, ()))

    def _exposed(self) -> Iterator[Edit]:
        old, new = self._draft.exposed, self._new.view.exposed
        for id in sorted(old.keys() | new.keys()):
            if old.get(id, ()) != new.get(id, ()):
                yield SetExposed(id, new.get(id, ()))

    def _bookmarks(self) -> Iterator[Edit]:
        old, new = self._draft.bookmarks, self._new.view.bookmarks
        yield from map(ClearBookmark, sorted(old.keys() - new.keys()))
        for name, place in sorted(new.items()):
            if old.get(name) != place:
                yield SetBookmark(name, place)

    def _frames(self) -> Iterator[Edit]:
        old, new = self._draft.frames, self._new.view.frames
        yield from map(ClearFrame, sorted(old.keys() - new.keys()))
        for id, frame in sorted(new.items()):
            if old.get(id) != frame:
                yield SetFrame(id, frame)


def _block_changes(old: Block, new: Block) -> Iterator[Edit]:
    if old is new:
        return
    if old.kind != new.kind:
        yield ChangeKind(new.id, new.kind)
    if old.title != new.title:
        yield Rename(new.id, new.title)
    for field in sorted(old.fields.keys() - new.fields.keys()):
        yield ClearField(new.id, field)
    for field, value in sorted(new.fields.items()):
        if field not in old.fields or not same(old.fields[field], value):
            yield SetField(new.id, field, value)
    if not same(old.settings, new.settings):
        yield SetSettings(new.id, new.settings)


def _same_flow(old: Flow, new: Flow) -> bool:
    return old is new or (old == new and flow_hash(old) == flow_hash(new))


def _alike(
    blocks: Iterable[Block], links: Iterable[Link], common: Iterable[str]
) -> Mapping[Any, list[Block]]:
    """The blocks by what they are but for their ids: kind, fields and settings, and how linked.

    Ids that aren't `common` to both flows count as one: a neighbour may be renamed as well.
    """
    known = frozenset(common)
    around = defaultdict[str, list[tuple[str, ...]]](list)
    for link in links:
        source, target = link.source, link.target
        there = target.block if target.block in known else ""
        here = source.block if source.block in known else ""
        around[source.block].append(("to", source.port, there, target.port, link.convert))
        around[target.block].append(("from", source.port, here, target.port, link.convert))
    alike = defaultdict[Any, list[Block]](list)
    for block in blocks:
        anonymous = msgspec.json.encode(msgspec.structs.replace(block, id=""), order="sorted")
        alike[anonymous, tuple(sorted(around[block.id]))].append(block)
    return alike
