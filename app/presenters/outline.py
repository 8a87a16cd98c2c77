"""The tree of blocks that the outline shows: what is in each of its branches."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from app.document import Document, Level
from app.presenters.reading import reading_order, sources_of
from graph.catalog import Catalog
from graph.compile.ports import Level as PortsLevel
from graph.flow import Block, Flow


class Place(NamedTuple):
    """A block in the tree: the blocks it is inside of, the level of its flow, and its id."""

    into: tuple[str, ...]
    level: Level
    id: str

    @property
    def address(self) -> str:
        """As runs name it."""
        return "/".join((*self.into, self.id))


Key = tuple[Level, str]
"""A block among the rows of one branch: the level of its flow, and its id."""


class Branch:
    """The blocks below one row: those of the flows it runs. The topmost has no owner."""

    def __init__(self, number: int, into: tuple[str, ...], owner: "Branch | None") -> None:
        self.number, self.into, self.owner = number, into, owner
        self.owner_key: Key = ((), "")
        self.flows: dict[Level, Flow] = {}
        self.keys: list[Key] = []
        self.rows: dict[Key, int] = {}
        self.below: dict[Key, Branch] = {}
        self._sources: dict[Level, dict[str, list[str]]] = {}

    def show(self, keys: list[Key]) -> None:
        """Have these rows."""
        self.keys = keys
        self.rows = {key: row for row, key in enumerate(keys)}

    def become(self, flows: dict[Level, Flow]) -> None:
        """Be about these flows from now on."""
        self.flows = flows
        self._sources.clear()

    def block(self, key: Key) -> Block | None:
        """The block of a row; None when it has just gone."""
        return self.flows[key[0]].blocks.get(key[1])

    def address(self, key: Key) -> str:
        """The block of a row as runs name it."""
        return "/".join((*self.into, key[1]))

    def sources(self, key: Key) -> list[str]:
        """The blocks that links come from."""
        level, id = key
        if level not in self._sources:
            self._sources[level] = sources_of(self.flows[level])
        return self._sources[level].get(id, [])

    def around(self) -> set[Level]:
        """The levels one is in here, from the outermost on."""
        found, branch = set[Level](), self
        while True:
            found.update(branch.flows)
            if branch.owner is None:
                return found
            branch = branch.owner


def keys_of(flows: Mapping[Level, Flow]) -> list[Key]:
    """The rows for these flows, in the order in which one reads them."""
    return [(level, id) for level, flow in flows.items() for id in reading_order(flow)]


def levels_below(branch: Branch, key: Key, document: Document, catalog: Catalog) -> list[Level]:
    """The levels of the flows that a block runs, but for those it is inside of itself."""
    level, block = key[0], branch.block(key)
    if block is None:
        return []
    at = PortsLevel(branch.flows[level], catalog, document.around(level), level)
    paths = dict.fromkeys(found.path for found in at.run_by(block))
    around = branch.around()
    return [path for path in paths if path not in around and document.has(path)]


def same_order(before: Flow, after: Flow) -> bool:
    """Whether no block or link came or went, so that the order is the same."""
    return before.blocks.keys() == after.blocks.keys() and before.links == after.links


def changed_keys(
    before: Mapping[Level, Flow], after: Mapping[Level, Flow], shown: Mapping[Key, int]
) -> list[Key]:
    """The rows whose block is another than before."""
    nothing = Flow()
    return [
        (level, id)
        for level, flow in after.items()
        for id, block in flow.blocks.items()
        if (level, id) in shown and before.get(level, nothing).blocks.get(id) is not block
    ]


def runs(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Numbers that follow each other, as first and last."""
    first = last = -1
    for row in rows:
        if first >= 0 and row == last + 1:
            last = row
            continue
        if first >= 0:
            yield first, last
        first = last = row
    if first >= 0:
        yield first, last
