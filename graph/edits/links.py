"""Edits of links: connect and disconnect."""

from collections.abc import Iterator

from graph.edits.change import Change
from graph.edits.draft import Draft
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


class Disconnect(Change, frozen=True):
    """Take out the link that ends in a port."""

    target: End

    def alter(self, draft: Draft) -> None:
        draft.link(self.target)
        draft.disconnect(self.target)

    def undo(self, before: Draft) -> Iterator[Change]:
        yield Connect(before.link(self.target))
