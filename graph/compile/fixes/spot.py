"""Where a problem is, with what a fix needs to know of it."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

from graph.catalog import Catalog
from graph.compile.ports import Level, Ports, ports_of
from graph.edits import Edit
from graph.errors import Problem
from graph.file_format import is_file
from graph.flow import Block, Flow, Link
from graph.spec import BlockSpec, Parameter
from graph.values import LONGEST_COMPARED


class Fix(NamedTuple):
    """One way to do away with a problem: what it does, in words, and the edit that does it."""

    title: str
    edit: Edit


class Spot(NamedTuple):
    """A problem and the flow it is in, which may be one inside the outermost."""

    problem: Problem
    level: Level

    @property
    def block(self) -> Block | None:
        return self.level.flow.blocks.get(self.problem.block)

    @property
    def spec(self) -> BlockSpec | None:
        return self.level.catalog.get(self.block.kind) if self.block else None

    @property
    def parameter(self) -> Parameter | None:
        return self.spec.parameter(self.problem.field) if self.spec else None

    def ports(self, id: str) -> Ports | None:
        """The ports of a block, None if it isn't there or nothing is known of its kind."""
        block = self.level.flow.blocks.get(id)
        spec = self.level.catalog.get(block.kind) if block else None
        return ports_of(block, spec, self.level) if block and spec else None

    def links_of(self, id: str) -> Iterator[Link]:
        """The links into and out of what has that id."""
        links = self.level.flow.links.values()
        return (link for link in links if id in (link.source.block, link.target.block))


def spot_of(problem: Problem, flow: Flow, catalog: Catalog) -> Spot | None:
    """The flow in which the problem is, None when it can't be changed from here."""
    level, rest = Level(flow, catalog), problem.flow
    while rest:
        name = next((n for n in level.flow.flows if f"{rest}/".startswith(f"{n}/")), None)
        if name is None or is_file(name):
            return None
        level = Level(
            level.flow.flows[name], catalog, (*level.around, level.flow), (*level.path, name)
        )
        rest = rest[len(name) + 1 :]
    return Spot(problem, level)


def close_to(name: str, known: Iterable[str], closeness: float = 0.6) -> list[str]:
    """The names that may have been meant, the likeliest first; three at the most."""
    if len(name) > LONGEST_COMPARED:
        return []
    return get_close_matches(name, list(known), 3, closeness)
