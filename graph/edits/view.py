"""Edits of how a flow is drawn. A place may be kept for what isn't there: that is no fault."""

import math
from collections.abc import Iterator, Mapping

from graph.edits.change import Change
from graph.edits.draft import Draft
from graph.errors import EditRefused
from graph.flow import Frame

Position = tuple[float, float]
"""Canvas units, x to the right and y downwards."""


class MoveBlocks(Change, frozen=True):
    """Put blocks at places in canvas units; None forgets the place of one."""

    positions: Mapping[str, Position | None]

    def alter(self, draft: Draft) -> None:
        for id, position in self.positions.items():
            if position and not all(map(math.isfinite, position)):
                raise EditRefused(f"{id!r} can't be moved to {position}.")
        for id, position in self.positions.items():
            if position is None:
                draft.positions.pop(id, None)
            else:
                draft.positions[id] = position

    def undo(self, before: Draft) -> Iterator[Change]:
        yield MoveBlocks({id: before.positions.get(id) for id in self.positions})

    def in_logic(self) -> bool:
        return False


class SetColour(Change, frozen=True):
    """Colour a block; "" gives it that of its kind."""

    block: str
    colour: str

    def alter(self, draft: Draft) -> None:
        draft.colours.pop(self.block, None)
        if self.colour:
            draft.colours[self.block] = self.colour

    def undo(self, before: Draft) -> Iterator[Change]:
        yield SetColour(self.block, before.colours.get(self.block, ""))

    def in_logic(self) -> bool:
        return False


class SetExposed(Change, frozen=True):
    """Show these fields of a block as ports though nothing is linked to them, and no others."""

    block: str
    fields: tuple[str, ...] = ()

    def alter(self, draft: Draft) -> None:
        draft.exposed.pop(self.block, None)
        if self.fields:
            draft.exposed[self.block] = self.fields

    def undo(self, before: Draft) -> Iterator[Change]:
        yield SetExposed(self.block, before.exposed.get(self.block, ()))

    def in_logic(self) -> bool:
        return False


class SetFrame(Change, frozen=True):
    """Draw a frame, or draw the one of that id anew."""

    id: str
    frame: Frame

    def alter(self, draft: Draft) -> None:
        sides = (self.frame.x, self.frame.y, self.frame.width, self.frame.height)
        if not all(map(math.isfinite, sides)):
            raise EditRefused(f"The frame {self.id!r} can't be drawn there.")
        draft.frames[self.id] = self.frame

    def undo(self, before: Draft) -> Iterator[Change]:
        frame = before.frames.get(self.id)
        yield SetFrame(self.id, frame) if frame else ClearFrame(self.id)

    def in_logic(self) -> bool:
        return False


class ClearFrame(Change, frozen=True):
    """Take a frame out; what stood in it stays."""

    id: str

    def alter(self, draft: Draft) -> None:
        draft.frame(self.id)
        del draft.frames[self.id]

    def undo(self, before: Draft) -> Iterator[Change]:
        yield SetFrame(self.id, before.frame(self.id))

    def in_logic(self) -> bool:
        return False


class SetBookmark(Change, frozen=True):
    """Remember a place under a name: the x and y at the centre, and the zoom."""

    name: str
    place: tuple[float, float, float]

    def alter(self, draft: Draft) -> None:
        if not (all(map(math.isfinite, self.place)) and self.place[2] > 0):
            raise EditRefused(f"The bookmark {self.name!r} can't be at {self.place}.")
        draft.bookmarks[self.name] = self.place

    def undo(self, before: Draft) -> Iterator[Change]:
        place = before.bookmarks.get(self.name)
        yield SetBookmark(self.name, place) if place else ClearBookmark(self.name)

    def in_logic(self) -> bool:
        return False


class ClearBookmark(Change, frozen=True):
    """Forget a place."""

    name: str

    def alter(self, draft: Draft) -> None:
        draft.bookmark(self.name)
        del draft.bookmarks[self.name]

    def undo(self, before: Draft) -> Iterator[Change]:
        yield SetBookmark(self.name, before.bookmark(self.name))

    def in_logic(self) -> bool:
        return False
