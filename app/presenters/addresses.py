"""Blocks by their address: through which sub-flows and loops one comes to them."""

from collections.abc import Iterator
from typing import NamedTuple

from graph.catalog import Catalog
from graph.compile.ports import Level
from graph.flow import Block, Flow
from runtime.events import block_of


class Spot(NamedTuple):
    """A block where it stands. `address` is that of the canvas: `orders/parse`."""

    address: str
    block: Block
    level: Level

    def inside(self) -> Iterator[Level]:
        """The flows that the block runs."""
        return self.level.run_by(self.block)


def way_to(flow: Flow, catalog: Catalog, address: str) -> list[Spot]:
    """The blocks that an address leads through, the one that is meant last; [] for none."""
    levels, way, ids = [Level(flow, catalog)], list[Spot](), address.split("/")
    for n, id in enumerate(ids):
        level = next((level for level in levels if id in level.flow.blocks), None)
        if level is None:
            return []
        way.append(Spot("/".join(ids[: n + 1]), level.flow.blocks[id], level))
        levels = list(way[-1].inside())
    return way


def spot_at(flow: Flow, catalog: Catalog, address: str) -> Spot | None:
    """The block of an address, None when there is none."""
    way = way_to(flow, catalog, address)
    return way[-1] if way else None


def every_spot(level: Level, prefix: str = "") -> Iterator[Spot]:
    """All blocks of a flow and of those it runs; one that runs itself is not entered again."""
    yield from _within(level, prefix, frozenset((level.path,)))


def _within(level: Level, prefix: str, entered: frozenset[tuple[str, ...]]) -> Iterator[Spot]:
    for id, block in level.flow.blocks.items():
        spot = Spot(prefix + id, block, level)
        yield spot
        for inner in spot.inside():
            if inner.path not in entered:
                yield from _within(inner, f"{spot.address}/", entered | {inner.path})


def on_canvas(flow: Flow, catalog: Catalog, task: str) -> str:
    """The address on the canvas of what a run names so, or of what it is part of there.

    A block that is run for each item is a loop around itself in a run: `greet[3]/greet`.
    """
    levels, ids, shown = [Level(flow, catalog)], block_of(task).split("/"), list[str]()
    while ids:
        id = ids.pop(0)
        level = next((level for level in levels if id in level.flow.blocks), None)
        if level is None:
            break
        spot = Spot("", level.flow.blocks[id], level)
        shown.append(id)
        if spot.block.settings.each and ids and ids.pop(0) != id:
            break
        levels = list(spot.inside())
    return "/".join(shown) or block_of(task)


def in_runs(flow: Flow, catalog: Catalog, address: str) -> str:
    """The place that runs know a block of the canvas by; the other way round of `on_canvas`."""
    way = way_to(flow, catalog, address)
    ids = [
        f"{spot.block.id}/{spot.block.id}" if spot.block.settings.each else spot.block.id
        for spot in way
    ]
    return "/".join(ids) if way else address
