"""Metrics

The fold: 100,000 events of a run, in batches of 2,000, counted by block, agent and flow with
their durations, and drained once, in CPU time; beside a loop that only counts events by block.
It runs on the loop of the engine, so what it costs there is measured as well: runs of the
100×100 grid with the meter listening, beside the same without one, in CPU time.

Plots: twelve of 10,000 points each in a window of 1,280 × 800 pixels, as the dock of metrics has
them, with axes, grid and legend. Each frame adds a value to every plot, moves all of them on by
it, and draws them, offscreen by Qt's raster engine, in CPU time. Beside them stands pyqtgraph
with its default settings and the same values.
"""

from tests.benchmarks.figure import Measured, Target
from tests.benchmarks.race import Effort, in_python, race
from tests.benchmarks.registry import benchmark

CONTENDERS = "tests.benchmarks.contenders.metrics"


@benchmark(
    "metrics.fold.{blocks}",
    lambda blocks: f"an event of a flow of {blocks} blocks, counted",
    Target(at_most=1, value="ours"),
    blocks=("10", "500"),
)
def fold(effort: Effort, blocks: str) -> Measured:
    """Microseconds an event."""
    contenders = {
        "ours": in_python(f"{CONTENDERS}:folding", blocks=int(blocks)),
        "reference": in_python(f"{CONTENDERS}:folding", blocks=int(blocks), bare=True),
    }
    return race(contenders, effort).measured(lambda lap: lap.microseconds_per_task, "µs/event")


@benchmark(
    "metrics.engine.{kept}",
    lambda kept: f"a task of the grid, {kept}, measured, beside the same unmeasured",
    lambda kept: Target(at_most=1.1 if kept == "durable" else 1.25),
    kept=("durable", "memory"),
)
def engine(effort: Effort, kept: str) -> Measured:
    """What being measured costs."""
    contenders = {
        "ours": in_python(f"{CONTENDERS}:engine", kept=kept, measured=True),
        "reference": in_python(f"{CONTENDERS}:engine", kept=kept, measured=False),
    }
    return race(contenders, effort).per_task()


@benchmark(
    "metrics.plots", "12 plots of 10,000 points, beside pyqtgraph's default",
    Target(at_least=60, value="ours"),
)  # fmt: skip
def plots(effort: Effort) -> Measured:
    """Frames in a second of CPU."""
    contenders = {
        "ours": in_python(f"{CONTENDERS}:ours"),
        "reference": in_python(f"{CONTENDERS}:stock"),
    }
    return race(contenders, effort).measured(lambda lap: lap.tasks_per_second, "frames/s")
