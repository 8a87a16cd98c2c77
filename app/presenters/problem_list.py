"""The problems of a flow and of broken packs, in the order in which they are listed."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from app.document import Level
from graph.catalog import Catalog
from graph.errors import Problem
from graph.flow import Flow


class Entry(NamedTuple):
    """A line of the list. `level` is None for what is nowhere in the flow, such as a pack."""

    problem: Problem
    place: str
    level: Level | None

    @property
    def text(self) -> str:
        """All that is written on the line."""
        return f"{self.problem.message} {self.problem.cure} {self.place}"


def entries(
    flow: Flow, catalog: Catalog, found: Iterable[Problem], packs: Iterable[Problem] = ()
) -> list[Entry]:
    """The problems of the flow, errors first, then those of packs."""
    levels = {"/".join(level): level for level in _levels(flow)}
    made = [_entry(problem, levels, flow, catalog) for problem in found]
    made.sort(key=lambda entry: entry.problem.severity != "error")
    return [*made, *(Entry(problem, problem.place or "Block pack", None) for problem in packs)]


def matching(listed: Iterable[Entry], words: str) -> list[Entry]:
    """The entries in which every word stands."""
    wanted = words.casefold().split()
    return [e for e in listed if all(word in e.text.casefold() for word in wanted)]


def count_of(listed: Sequence[Entry]) -> str:
    """How many there are, in words."""
    errors = sum(entry.problem.severity == "error" for entry in listed)
    parts = [(errors, "problem"), (len(listed) - errors, "warning")]
    said = [f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in parts if count]
    return ", ".join(said) or "No problems"


def _levels(flow: Flow, level: Level = ()) -> Iterator[Level]:
    yield level
    for name, inner in flow.flows.items():
        yield from _levels(inner, (*level, name))


def _entry(problem: Problem, levels: dict[str, Level], flow: Flow, catalog: Catalog) -> Entry:
    level = levels.get(problem.flow)
    return Entry(problem, _place(problem, level, flow, catalog), level)


def _place(problem: Problem, level: Level | None, flow: Flow, catalog: Catalog) -> str:
    """Where it is, by the titles that are seen: `clean / Fill template · text, line 2`."""
    if level is None:
        return problem.place
    for name in level:
        flow = flow.flows[name]
    block = flow.blocks.get(problem.block)
    spec = catalog.get(block.kind) if block else None
    title = (block.title if block else "") or (spec.title if spec else problem.block)
    names = [*level, *([title] if title else [])]
    spot = (problem.field or problem.port).replace("_", " ")
    line = f", line {problem.line}" if problem.line else ""
    return " / ".join(names) + (f" · {spot}" if spot else "") + line
