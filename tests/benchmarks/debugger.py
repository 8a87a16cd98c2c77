"""The debugger

What it costs while nobody debugs: the engine in memory against the same engine from the same
source, with every place taken out at which it asks for a debugger, lap by lap in turn.

A stop on the screen: a run of 200 blocks in the studio's own runtime is stepped through; from the
moment at which the runtime notes that a block is held until the canvas of the whole window has
been painted with it (offscreen, one process each). Median of 20 stops a lap; `worst` is the
slowest of them. The reference only hears of the stop over the same bridge.
"""

from tests.benchmarks.contenders import in_memory
from tests.benchmarks.figure import Measured, Target
from tests.benchmarks.race import Effort, in_python, race
from tests.benchmarks.registry import benchmark
from tests.benchmarks.workloads import WORKLOADS


def title(workload: str) -> str:
    return f"no breakpoint, {WORKLOADS[workload].title}"


@benchmark("debugger.off.{workload}", title, Target(at_most=1.02), workload=("chain", "grid"))
def off(effort: Effort, workload: str) -> Measured:
    """The engine against a build without the debugger's checks."""
    unchecked = in_python("tests.benchmarks.contenders.engine:unchecked", workload=workload)
    return race({"ours": in_memory(workload), "reference": unchecked}, effort).per_task()


@benchmark("debugger.stop", "from a stop to the painted frame", Target(at_most=50, value="ours"))
def stop(effort: Effort) -> Measured:
    """Milliseconds."""
    contender = "tests.benchmarks.contenders.stops:stopping"
    contenders = {
        "ours": in_python(contender, shown=True),
        "reference": in_python(contender, shown=False),
    }
    ran = race(contenders, effort)
    worst = ran.median("ours", lambda lap: lap.notes["worst_ms"])
    return ran.measured(lambda lap: lap.notes["median_ms"], "ms", worst_ms=round(worst, 1))
