"""Edits of links: connect, disconnect, and the way one is led."""

import math
from collections.abc import Iterator

from graph.edits.change import Change
from graph.edits.draft import Draft
from graph.edits.view import Position
from graph.errors import EditRefused
from graph.flow import NAME, End, Link


class Connect(Change, frozen=True):
    """Link two ports. `replaces` is the link that ends there so far: none is lost by accident.

    The blocks need not be there (yet): checking the flow names a link that leads nowhere.
    """

    link: Link
    replaces: Link | None = None

    def alter(self, draft: Draft) -> None:
        present = draft.links.get(self.link.target)
        if present != self.replaces:
            raise self._conflict(present)
        for name in (*self.link.source, *self.link.target):
            if not NAME.match(name):
                raise EditRefused(f"{name!r} names no block or port.")
        draft.connect(self.link)

    def _conflict(self, present: Link | None) -> EditRefused:
        if present is None:
            return EditRefused(f"No link ends in {self.link.target}, so none can be replaced.")
        message = f"{self.link.target} has a link already, from {present.source}."
        return EditRefused(message, cure="Disconnect it, or say that it is replaced.")

    def undo(self, before: Draft) -> Iterator[Change]:
        if present := before.links.get(self.link.target):
            yield Connect(present, replaces=self.link)
        else:
            yield Disconnect(self.link.target)
        yield from _route(before, self.link.target)


class Disconnect(Change, frozen=True):
    """Take out the link that ends in a port."""

    target: End

    def alter(self, draft: Draft) -> None:
        draft.link(self.target)
        draft.disconnect(self.target)

    def undo(self, before: Draft) -> Iterator[Change]:
        yield from linked_again(before, before.link(self.target))


class SetRoute(Change, frozen=True):
    """Lead the link that ends in a port through points in canvas units; none lead it straight."""

    target: End
    points: tuple[Position, ...] = ()

    def alter(self, draft: Draft) -> None:
        if not all(math.isfinite(number) for point in self.points for number in point):
            raise EditRefused(f"The link into {self.target} can't be led there.")
        if not all(map(NAME.match, self.target)):
            raise EditRefused(f"{str(self.target)!r} names no block or port.")
        draft.routes.pop(str(self.target), None)
        if self.points:
            draft.routes[str(self.target)] = self.points

    def undo(self, before: Draft) -> Iterator[Change]:
        yield SetRoute(self.target, before.routes.get(str(self.target), ()))

    def in_logic(self) -> bool:
        return False


def linked_again(before: Draft, link: Link) -> Iterator[Change]:
    """What brings back a link, and the way it is led."""
    yield Connect(link)
    yield from _route(before, link.target)


def _route(before: Draft, target: End) -> Iterator[Change]:
    if points := before.routes.get(str(target)):
        yield SetRoute(target, points)
