"""What a flow becomes once the flows it runs are laid out: without end, too deep, or too large."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from graph.catalog import Catalog
from graph.compile.order import cycle_in, in_order
from graph.compile.ports import CALL, Level
from graph.errors import Problem
from graph.flow import Block, Flow

DEEPEST = 32
"""How many flows may be nested inside each other, or run each other in turn."""

MOST_TASKS = 1_000_000
"""Tasks that sub-flows may become when they are laid out. A flow's own blocks aren't counted."""

MOST_COPIES = 100_000
"""Blocks of flows that are embedded in several places, each place counted."""

_Place = tuple[int, ...]


class _Use(NamedTuple):
    """A block that runs a flow; a sub-flow is laid out in its place, a body is run by it."""

    block: Block
    flow: _Place
    laid_out: bool


class _Node(NamedTuple):
    level: Level
    uses: tuple[_Use, ...]


def too_many_copies(flow: Flow) -> list[Problem]:
    """What is wrong with a flow in which flows are embedded in flows, over and over."""
    seen: dict[int, int] = {}
    total = _blocks(flow, seen, 0)
    if total - sum(len(one.blocks) for one in _different(flow)) <= MOST_COPIES:
        return []
    message = f"With every place in which a flow is embedded it has {total:,} blocks."
    return [Problem("too-large", message, "Embed each flow once, around those that use it.")]


def unfolding_problems(flow: Flow, catalog: Catalog) -> list[Problem]:
    """What is wrong with how flows run each other: one problem at the most."""
    nodes = _reached(Level(flow, catalog))
    after = {key: [use.flow for use in node.uses] for key, node in nodes.items()}
    circle = cycle_in(after)
    if circle:
        return [_endless(nodes, circle)]
    keys = list(after)
    index = {key: i for i, key in enumerate(keys)}
    waits = [0] * len(keys)
    for targets in after.values():
        for target in targets:
            waits[index[target]] += 1
    order = in_order([[index[key] for key in after[at]] for at in keys], waits)
    sizes: dict[_Place, int] = {}
    depths: dict[_Place, int] = {}
    for i in reversed(order):
        node = nodes[keys[i]]
        depths[keys[i]] = 1 + max((depths[use.flow] for use in node.uses), default=-1)
        sizes[keys[i]] = len(node.level.flow.blocks) + sum(
            sizes[use.flow] for use in node.uses if use.laid_out
        )
    return [*_too_deep(nodes, depths), *_too_large(nodes, sizes)][:1]


def _reached(root: Level) -> Mapping[_Place, _Node]:
    """Every flow that is run, from the outermost on."""
    nodes: dict[_Place, _Node] = {}
    todo = [root]
    while todo:
        level = todo.pop()
        if (key := level.place) in nodes:
            continue
        found = list(_used(level))
        nodes[key] = _Node(level, tuple(use for use, _ in found))
        todo.extend(inner for _, inner in found)
    return nodes


def _used(level: Level) -> Iterator[tuple[_Use, Level]]:
    for block in level.flow.blocks.values():
        for inner in level.run_by(block):
            laid_out = block.kind == CALL and block.settings.pin is None
            yield _Use(block, inner.place, laid_out), inner


def _endless(nodes: Mapping[_Place, _Node], circle: list[_Place]) -> Problem:
    last, first = nodes[circle[-1]], nodes[circle[0]]
    block = next(use.block for use in last.uses if use.flow == circle[0])
    name = first.level.path[-1] if first.level.path else "itself"
    message = f"The flow {name!r} would run inside itself, without end."
    path = "/".join(last.level.path)
    return Problem("recursion", message, "Use `logic.while`.", flow=path, block=block.id)


def _too_deep(nodes: Mapping[_Place, _Node], depths: Mapping[_Place, int]) -> Iterator[Problem]:
    root = next(iter(nodes.values()))
    for use in root.uses:
        if depths[use.flow] >= DEEPEST:
            message = f"The flows it runs run each other more than {DEEPEST} deep."
            yield Problem("too-deep", message, "Put some of them together.", block=use.block.id)


def _too_large(nodes: Mapping[_Place, _Node], sizes: Mapping[_Place, int]) -> Iterator[Problem]:
    for key, node in nodes.items():
        laid_out = [use for use in node.uses if use.laid_out]
        total = sum(sizes[use.flow] for use in laid_out)
        if total > MOST_TASKS:
            largest = max(laid_out, key=lambda use: sizes[use.flow])
            name = "/".join(nodes[largest.flow].level.path)
            message = (
                f"The sub-flow {name!r} is {sizes[largest.flow]:,} tasks when laid out, and all "
                f"sub-flows here are {total:,}; {MOST_TASKS:,} can be run."
            )
            cure = "Run it in a `logic.for_each`, or call it less often inside."
            path = "/".join(nodes[key].level.path)
            yield Problem("too-large", message, cure, flow=path, block=largest.block.id)


def _blocks(flow: Flow, seen: dict[int, int], depth: int) -> int:
    """The blocks of a flow and of those inside it, those of a flow in two places twice."""
    if id(flow) not in seen:
        inside = flow.flows.values() if depth <= DEEPEST else ()
        seen[id(flow)] = len(flow.blocks) + sum(_blocks(f, seen, depth + 1) for f in inside)
    return seen[id(flow)]


def _different(flow: Flow) -> Iterator[Flow]:
    seen: set[int] = set()
    todo = [flow]
    while todo:
        one = todo.pop()
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            todo.extend(one.flows.values())
