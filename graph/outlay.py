"""What a run is likely to use up, from its fields and from what earlier runs did."""

from collections.abc import Iterator, Mapping

import msgspec

from graph.catalog import Catalog
from graph.compile.ports import Level
from graph.flow import Block, Bound, Flow
from graph.spec import Spends


class Past(msgspec.Struct, frozen=True):
    """What earlier runs of a flow used up: how many there were, and each block's tokens and cost."""  # noqa: E501

    runs: int = 0
    blocks: Mapping[str, tuple[float, float]] = {}


class Expected(msgspec.Struct, frozen=True):
    """What one block is likely to use up in a run.

    `runs` is how many earlier runs say so, 0 when its fields do, which tell of one question:
    how often it is asked in loops isn't known then. A cost is None when nobody knows it.
    """

    place: str
    kind: str
    tokens: int
    cost: float | None
    most_cost: float | None
    runs: int = 0


class Outlay(msgspec.Struct, frozen=True):
    """What a run is likely to use up, block by block."""

    blocks: tuple[Expected, ...]

    @property
    def tokens(self) -> int:
        return sum(block.tokens for block in self.blocks)

    @property
    def cost(self) -> float | None:
        """US dollars of those whose price is known, None when that is none."""
        known = [block.cost for block in self.blocks if block.cost is not None]
        return sum(known) if known else None

    @property
    def runs(self) -> int:
        """How many earlier runs it rests on, 0 when some block rests on none."""
        return min((block.runs for block in self.blocks), default=0)

    def over(self, bound: Bound) -> str:
        """What the bound allows, such as "10 tokens", where a run is likely to take more, or ""."""
        if bound.cost is not None and (self.cost or 0.0) > bound.cost:
            return f"${bound.cost:g}"
        if bound.tokens is not None and self.tokens > bound.tokens:
            return f"{bound.tokens:,} {'token' if bound.tokens == 1 else 'tokens'}"
        return ""

    @property
    def unpriced(self) -> tuple[str, ...]:
        """The blocks whose price nobody knows."""
        return tuple(block.place for block in self.blocks if block.cost is None)


def outlay(flow: Flow, catalog: Catalog, past: Past | None = None) -> Outlay:
    """What a run of the flow, and of the flows it runs, is likely to use up."""
    past = past or Past()
    found = _spending(Level(flow, catalog), "", set())
    return Outlay(tuple(_expected(place, block, spends, past) for place, block, spends in found))


def _spending(level: Level, prefix: str, seen: set[int]) -> Iterator[tuple[str, Block, Spends]]:
    seen.add(id(level.flow))
    for block in level.flow.blocks.values():
        spec = level.catalog.get(block.kind)
        if spec is None or block.settings.bypass or block.settings.pin is not None:
            continue
        if spec.spends is not None:
            yield f"{prefix}{block.id}", block, spec.spends(block.fields)
        for inner in level.run_by(block):
            if id(inner.flow) not in seen:
                yield from _spending(inner, f"{prefix}{block.id}/", seen)


def _expected(place: str, block: Block, spends: Spends, past: Past) -> Expected:
    if past.runs and place in past.blocks:
        tokens, cost = past.blocks[place]
        mean = cost / past.runs
        return Expected(place, block.kind, round(tokens / past.runs), mean, None, past.runs)
    return Expected(place, block.kind, spends.tokens, spends.cost, spends.most_cost)
