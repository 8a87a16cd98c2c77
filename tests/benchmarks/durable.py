"""The engine with a journal

SQLite in WAL mode: synchronous NORMAL, the default, survives a killed process; FULL, a setting,
survives a power cut. Every tenth block has an effect (an async function), which does not begin
before the results of all that it follows from, and the intention to begin it, are durable; a run
has ended when its last event is durable. The reference is one bare asyncio Task a block, which
keeps nothing. What a chain with FULL takes is mostly the disk: see the commit alone.
"""

from collections.abc import Callable

from tests.benchmarks.contenders import bare, durable, fully_durable
from tests.benchmarks.figure import Measured, Target
from tests.benchmarks.race import Contender, Effort, in_python, race
from tests.benchmarks.registry import benchmark
from tests.benchmarks.workloads import WORKLOADS

DURABILITY: dict[str, Callable[[str], Contender]] = {"normal": durable, "full": fully_durable}


def title(durability: str, workload: str) -> str:
    return f"{WORKLOADS[workload].title}, {durability.upper()}"


def bound(durability: str, workload: str) -> Target:
    """A chain waits for the disk at every effect, and with FULL the disk is slow."""
    if durability == "normal":
        return Target(at_most=3, aim=1.5)
    return Target(at_most=6 if workload == "chain" else 3)


@benchmark("durable.commit", "one event, FULL, beside one write and flush of the disk")
def commit(effort: Effort) -> Measured:
    """What the disk takes for a commit, which a chain waits for at every effect."""
    contenders = {
        "ours": in_python("tests.benchmarks.contenders.disk:committing"),
        "reference": in_python("tests.benchmarks.contenders.disk:flushing"),
    }
    return race(contenders, effort).measured(lambda lap: lap.microseconds_per_task, "µs/commit")


@benchmark(
    "durable.{durability}.{workload}", title, bound, durability=DURABILITY, workload=WORKLOADS
)
def kept(effort: Effort, durability: str, workload: str) -> Measured:
    """A workload with a SQLite journal."""
    contenders = {"ours": DURABILITY[durability](workload), "reference": bare(workload)}
    outcome = race(contenders, effort)
    rate = outcome.median("ours", lambda lap: lap.tasks_per_second)
    return outcome.per_task(tasks_per_second=round(rate))
