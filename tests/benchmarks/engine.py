"""The engine in memory

No journal; status, events, bounds and every block's retries are on. The reference is one bare
asyncio Task a block, released by dependency counters (`contenders/reference.py`), on the
same event loop. Both sides' blocks do nothing and return the same 200-byte record.
"""

from tests.benchmarks.contenders import bare, in_memory
from tests.benchmarks.figure import Measured, Target
from tests.benchmarks.race import Effort, race
from tests.benchmarks.registry import benchmark
from tests.benchmarks.workloads import WORKLOADS


def title(workload: str) -> str:
    return WORKLOADS[workload].title


def bound(workload: str) -> Target:
    """Waiting dominates the I/O workload, so its bound is tighter."""
    return Target(at_most=1.1) if WORKLOADS[workload].pause else Target(at_most=1.25, aim=0.5)


@benchmark("engine.{workload}", title, bound, workload=WORKLOADS)
def engine(effort: Effort, workload: str) -> Measured:
    """A workload without a journal."""
    return race({"ours": in_memory(workload), "reference": bare(workload)}, effort).per_task()
