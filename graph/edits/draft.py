"""A flow while it is changed: the same parts, in dicts that belong to nobody else."""

from collections import defaultdict

from graph.errors import EditRefused
from graph.flow import NAME, Block, End, Flow, Frame, Link, View
from graph.values import did_you_mean


class Draft:
    """What edits work on. A thousand edits copy the flow once, not a thousand times."""

    def __init__(self, flow: Flow) -> None:
        self.name = flow.name
        self.description = flow.description
        self.blocks = dict(flow.blocks)
        self.links = dict(flow.links)
        self.flows = dict(flow.flows)
        self.positions = dict(flow.view.positions)
        self.colours = dict(flow.view.colours)
        self.frames = dict(flow.view.frames)
        self.routes = dict(flow.view.routes)
        self.exposed = dict(flow.view.exposed)
        self.bookmarks = dict(flow.view.bookmarks)
        self.budget = flow.budget
        self._touching: defaultdict[str, dict[End, None]] | None = None

    def flow(self) -> Flow:
        """The flow as it is now. The draft goes on being changed without touching it."""
        return Flow(
            self.name,
            self.description,
            dict(self.blocks),
            dict(self.links),
            dict(self.flows),
            View(
                dict(self.positions),
                dict(self.colours),
                dict(self.frames),
                dict(self.routes),
                dict(self.exposed),
                dict(self.bookmarks),
            ),
            self.budget,
        )

    def block(self, id: str) -> Block:
        """The block of that id. Raises EditRefused."""
        block = self.blocks.get(id)
        if block is None:
            raise EditRefused(f"There is no block {id!r}.", cure=did_you_mean(id, self.blocks))
        return block

    def embedded(self, name: str) -> Flow:
        """The flow embedded under that name. Raises EditRefused."""
        flow = self.flows.get(name)
        if flow is None:
            cure = did_you_mean(name, self.flows)
            raise EditRefused(f"There is no embedded flow {name!r}.", cure=cure)
        return flow

    def link(self, target: End) -> Link:
        """The link that ends in the port. Raises EditRefused."""
        link = self.links.get(target)
        if link is None:
            raise EditRefused(f"No link ends in {target}.")
        return link

    def frame(self, id: str) -> Frame:
        """The frame of that id. Raises EditRefused."""
        frame = self.frames.get(id)
        if frame is None:
            raise EditRefused(f"There is no frame {id!r}.", cure=did_you_mean(id, self.frames))
        return frame

    def bookmark(self, name: str) -> tuple[float, float, float]:
        """The place of that name. Raises EditRefused."""
        place = self.bookmarks.get(name)
        if place is None:
            cure = did_you_mean(name, self.bookmarks)
            raise EditRefused(f"There is no bookmark {name!r}.", cure=cure)
        return place

    def refuse_id(self, id: str) -> None:
        """Raises EditRefused unless a new block may have that id."""
        if not NAME.match(id):
            cure = "Use letters, digits and underscores."
            raise EditRefused(f"{id!r} can't be a block id.", cure=cure)
        if id in self.blocks:
            raise EditRefused(f"There is a block {id!r} already.", cure="Choose another id.")

    def refuse_flow(self, name: str) -> None:
        """Raises EditRefused unless a new flow may have that name."""
        if name in self.flows:
            message = f"There is a flow {name!r} already."
            raise EditRefused(message, cure="Choose another name.")

    def links_of(self, id: str) -> list[Link]:
        """The links into and out of a block, found without going through all of them again."""
        if self._touching is None:
            self._touching = defaultdict(dict)
            for link in self.links.values():
                self._touching[link.source.block][link.target] = None
                self._touching[link.target.block][link.target] = None
        return [self.links[target] for target in self._touching[id]]

    def connect(self, link: Link) -> None:
        """Put the link in, in place of any other into the same port.

        The way it is led stays only if it still comes from the same port.
        """
        target = link.target
        present, route = self.links.get(target), self.routes.get(str(target))
        self.disconnect(target)
        self.links[target] = link
        if route and present and present.source == link.source:
            self.routes[str(target)] = route
        if self._touching is not None:
            self._touching[link.source.block][target] = None
            self._touching[target.block][target] = None

    def disconnect(self, target: End) -> None:
        """Take the link into that port out, if there is one, and the way it is led."""
        link = self.links.pop(target, None)
        self.routes.pop(str(target), None)
        if link and self._touching is not None:
            self._touching[link.source.block].pop(target, None)
            self._touching[link.target.block].pop(target, None)
