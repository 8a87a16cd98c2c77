"""Edits of blocks: put in, take out, rename, set."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from graph.edits.change import Change
from graph.edits.draft import Draft
from graph.edits.links import linked_again
from graph.edits.view import MoveBlocks, SetColour, SetExposed
from graph.errors import EditRefused
from graph.file_format.plain import flaw
from graph.flow import Block, End, Link, Settings
from graph.values import did_you_mean


class AddBlock(Change, frozen=True):
    """Put a block in, under an id that is free."""

    block: Block

    def alter(self, draft: Draft) -> None:
        draft.refuse_id(self.block.id)
        for name, value in self.block.fields.items():
            _refuse_unless_plain(f"{self.block.id}: field {name!r}", value)
        _refuse_pin(self.block.id, self.block.settings)
        draft.blocks[self.block.id] = self.block

    def undo(self, before: Draft) -> Iterator[Change]:
        before.refuse_id(self.block.id)
        yield RemoveBlock(self.block.id)
        yield from _belongings(before, self.block.id)


class RemoveBlock(Change, frozen=True):
    """Take a block out, with its links and its place on the canvas."""

    block: str

    def alter(self, draft: Draft) -> None:
        draft.block(self.block)
        for link in draft.links_of(self.block):
            draft.disconnect(link.target)
        del draft.blocks[self.block]
        for drawn in (draft.positions, draft.colours, draft.exposed):
            drawn.pop(self.block, None)

    def undo(self, before: Draft) -> Iterator[Change]:
        yield AddBlock(before.block(self.block))
        yield from _belongings(before, self.block)


def _belongings(draft: Draft, id: str) -> Iterator[Change]:
    """What brings back the links of a block and its place on the canvas."""
    for link in draft.links_of(id):
        yield from linked_again(draft, link)
    if id in draft.positions:
        yield MoveBlocks({id: draft.positions[id]})
    if id in draft.colours:
        yield SetColour(id, draft.colours[id])
    if id in draft.exposed:
        yield SetExposed(id, draft.exposed[id])


class ChangeId(Change, frozen=True):
    """Give a block another id; its links and its place on the canvas follow."""

    block: str
    to: str

    def alter(self, draft: Draft) -> None:
        block = draft.block(self.block)
        draft.refuse_id(self.to)
        drawn = (draft.positions, draft.colours, draft.exposed)
        if draft.links_of(self.to) or any(self.to in by_id for by_id in drawn):
            raise self._left_over()
        for link in draft.links_of(self.block):
            self._move(draft, link)
        del draft.blocks[self.block]
        draft.blocks[self.to] = msgspec.structs.replace(block, id=self.to)
        for by_id in drawn:
            if self.block in by_id:
                by_id[self.to] = by_id.pop(self.block)  # type: ignore[assignment]

    def _move(self, draft: Draft, link: Link) -> None:
        target = self._at(link.target)
        if target != link.target and str(target) in draft.routes:
            raise self._left_over()
        route = draft.routes.get(str(link.target))
        draft.disconnect(link.target)
        draft.connect(Link(self._at(link.source), target, link.convert))
        if route:
            draft.routes[str(target)] = route

    def _left_over(self) -> EditRefused:
        message = f"Links or a place on the canvas are left over from another {self.to!r}."
        return EditRefused(message, cure="Choose another id.")

    def _at(self, end: End) -> End:
        return End(self.to, end.port) if end.block == self.block else end

    def undo(self, before: Draft) -> Iterator[Change]:
        before.block(self.block)
        yield ChangeId(self.to, self.block)


class ChangeKind(Change, frozen=True):
    """Make a block another kind of block; its fields stay."""

    block: str
    kind: str

    def alter(self, draft: Draft) -> None:
        _replace(draft, self.block, kind=self.kind)

    def undo(self, before: Draft) -> Iterator[Change]:
        yield ChangeKind(self.block, before.block(self.block).kind)


class Rename(Change, frozen=True):
    """Give a block another title, "" for that of its kind."""

    block: str
    title: str

    def alter(self, draft: Draft) -> None:
        _replace(draft, self.block, title=self.title)

    def undo(self, before: Draft) -> Iterator[Change]:
        yield Rename(self.block, before.block(self.block).title)


class SetField(Change, frozen=True):
    """Set a field of a block to a JSON value, or to an expression, secret or connection."""

    block: str
    field: str
    value: Any

    def alter(self, draft: Draft) -> None:
        fields = draft.block(self.block).fields
        _refuse_unless_plain(f"{self.block}: field {self.field!r}", self.value)
        _replace(draft, self.block, fields={**fields, self.field: self.value})

    def undo(self, before: Draft) -> Iterator[Change]:
        fields = before.block(self.block).fields
        if self.field in fields:
            yield SetField(self.block, self.field, fields[self.field])
        else:
            yield ClearField(self.block, self.field)


class ClearField(Change, frozen=True):
    """Set a field of a block back to its default."""

    block: str
    field: str

    def alter(self, draft: Draft) -> None:
        fields = self._fields(draft)
        _replace(draft, self.block, fields={n: v for n, v in fields.items() if n != self.field})

    def undo(self, before: Draft) -> Iterator[Change]:
        yield SetField(self.block, self.field, self._fields(before)[self.field])

    def _fields(self, draft: Draft) -> Mapping[str, Any]:
        fields = draft.block(self.block).fields
        if self.field not in fields:
            message = f"The field {self.field!r} of {self.block!r} isn't set."
            raise EditRefused(message, cure=did_you_mean(self.field, fields))
        return fields


class SetSettings(Change, frozen=True):
    """Say anew how a block is run."""

    block: str
    settings: Settings

    def alter(self, draft: Draft) -> None:
        draft.block(self.block)
        _refuse_pin(self.block, self.settings)
        _replace(draft, self.block, settings=self.settings)

    def undo(self, before: Draft) -> Iterator[Change]:
        yield SetSettings(self.block, before.block(self.block).settings)


def _replace(draft: Draft, id: str, **parts: Any) -> None:
    draft.blocks[id] = msgspec.structs.replace(draft.block(id), **parts)


def _refuse_pin(id: str, settings: Settings) -> None:
    if settings.pin is not None:
        _refuse_unless_plain(f"{id}: the pinned output", settings.pin)


def _refuse_unless_plain(what: str, value: Any) -> None:
    """Refused here and now, where the person is, rather than when the flow is saved."""
    if found := flaw(value):
        path = "".join(f"[{step!r}]" for step in found.path)
        raise EditRefused(f"{what}{path} {found.reason}.", cure=found.cure)
