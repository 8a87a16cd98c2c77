"""The five shapes of work every engine is timed on: who waits for whom, and for how long."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

Parents = list[list[int]]
"""For each block, in topological order, the blocks it waits for."""


def chain(length: int) -> Parents:
    """`length` blocks, each waiting for the one before."""
    return [[block - 1] if block else [] for block in range(length)]


def fan(width: int) -> Parents:
    """One root, `width` blocks behind it, one block that joins them all."""
    return [[], *([0] for _ in range(width)), list(range(1, width + 1))]


def grid(side: int) -> Parents:
    """`side` layers of `side` blocks, each waiting for two blocks of the layer before."""
    first: Parents = [[] for _ in range(side)]
    later: Parents = [
        [layer * side + place, layer * side + (place + 1) % side]
        for layer in range(side - 1)
        for place in range(side)
    ]
    return first + later


def wide(width: int) -> Parents:
    """`width` blocks that wait for nothing."""
    return [[] for _ in range(width)]


@dataclass(frozen=True)
class Workload:
    """`runs` copies of one graph at the same time, each block pausing for `pause` seconds."""

    name: str
    title: str
    shape: Callable[[], Parents]
    runs: int = 1
    pause: float = 0.0

    @cached_property
    def parents(self) -> Parents:
        """The graph of one run."""
        return self.shape()

    @property
    def tasks(self) -> int:
        """Blocks over all runs."""
        return self.runs * len(self.parents)

    @property
    def roots(self) -> list[int]:
        """Blocks that wait for nobody."""
        return [block for block, above in enumerate(self.parents) if not above]

    @property
    def leaves(self) -> list[int]:
        """Blocks that nobody waits for."""
        waited_for = {parent for above in self.parents for parent in above}
        return [block for block in range(len(self.parents)) if block not in waited_for]


_ALL = (
    Workload("chain", "chain 1,000", partial(chain, 1_000)),
    Workload("fan", "fan 10,000", partial(fan, 10_000)),
    Workload("grid", "grid 100×100", partial(grid, 100)),
    Workload("runs", "1,000 runs × 10", partial(chain, 10), runs=1_000),
    Workload("io", "1,000 × 10 ms I/O", partial(wide, 1_000), pause=0.010),
)
WORKLOADS = {workload.name: workload for workload in _ALL}


def workload_of(name: str) -> Workload:
    """One of WORKLOADS, or a grid of any side: `grid:1000` has a million blocks."""
    shape, colon, side = name.partition(":")
    if colon:
        return Workload(name, f"grid {side}×{side}", partial(grid, int(side)))
    return WORKLOADS[shape]


FAIR_RUNS, FAIR_LENGTH = 1_000, 100
"""How many chains are started at once, and how long each is, to see whether they interleave."""

PAYLOAD = {
    "status": "ok",
    "items": [{"id": n, "name": f"item {n}", "score": n * 0.37} for n in range(4)],
    "text": "hello world hello world hello world",
}
"""What every block returns: about 200 bytes of JSON."""
