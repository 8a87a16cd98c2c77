"""The debugger

What it costs while nobody debugs: the engine in memory against the same engine from the same
source, with every place taken out at which it asks for a debugger, lap by lap in turn.
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
