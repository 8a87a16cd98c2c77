"""Growth and fairness

One run of ever larger grids, from 1,024 to 1,000,000 blocks, without a journal: the exponent is
the slope of time over size when both are logarithms, 1 being linear. Memory is what Python
allocated for each task of a grid of 99,856 blocks, at the peak of its run (with every event kept
in memory) and for its compiled plan. Fairness starts 1,000 runs of a chain of 100 at the same
time: progress is how far the run that is furthest behind has come when the first has ended.
"""

import math
from statistics import linear_regression

from tests.benchmarks.contenders import bare, in_memory
from tests.benchmarks.figure import Measured, Target, rounded
from tests.benchmarks.race import Contender, Effort, Race, in_python, race
from tests.benchmarks.registry import benchmark

SIDES = (32, 100, 316, 1000)
ONCE = Effort(seconds=0, laps=1, warm_up=0)


@benchmark("growth.time", "exponent, 1,000 to 1,000,000 tasks", Target(at_most=1.05, value="ours"))
def exponents(effort: Effort) -> Measured:
    """How time grows with size."""
    races = {side: grids(side, effort) for side in SIDES}
    ours, reference = slope(races, "ours"), slope(races, "reference")
    largest = races[SIDES[-1]].median("ours", lambda lap: lap.microseconds_per_task)
    notes = {"microseconds_per_task_at_a_million": rounded(largest)}
    return Measured(ours, reference, ours / reference, "exponent", notes)


def grids(side: int, effort: Effort) -> Race:
    grid = f"grid:{side}"
    return race({"ours": in_memory(grid), "reference": bare(grid)}, effort)


def slope(races: dict[int, Race], name: str) -> float:
    """The exponent that fits a contender's medians best."""
    seconds = [outcome.median(name, lambda lap: lap.seconds) for outcome in races.values()]
    sizes = [2 * math.log(side) for side in races]
    return linear_regression(sizes, list(map(math.log, seconds))).slope


def weighed(part: str) -> dict[str, Contender]:
    """Both contenders' memory, of the plan or of the run."""
    places = {"ours": "engine:weighed", "reference": "reference:weighed"}
    return {
        name: in_python(
            f"tests.benchmarks.contenders.{place}", workload=f"grid:{SIDES[-2]}", part=part
        )
        for name, place in places.items()
    }


@benchmark(
    "growth.memory.{part}",
    lambda part: f"memory of a {part}, a task of about 100,000",
    Target(at_most=1000, value="ours"),
    part=("run", "plan"),
)
def memory(effort: Effort, part: str) -> Measured:
    """What a task takes."""
    outcome = race(weighed(part), ONCE)
    return outcome.measured(lambda lap: lap.notes["bytes"] / lap.tasks, "bytes/task")


@benchmark(
    "growth.fairness",
    "progress of the last of 1,000 runs when the first ends",
    Target(at_least=0.9, value="ours"),
)
def fairness(effort: Effort) -> Measured:
    """Whether runs interleave."""
    contenders = {
        "ours": in_python("tests.benchmarks.contenders.engine:fair"),
        "reference": in_python("tests.benchmarks.contenders.reference:fair"),
    }
    return race(contenders, effort).measured(lambda lap: lap.notes["progress"], "of a run")
