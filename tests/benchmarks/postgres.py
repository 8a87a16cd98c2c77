"""The engine on PostgreSQL

A server of its own on the same machine, with fsync and synchronous commits; every tenth block
has an effect. The reference copies as many 200-byte records into a table, 1,000 a transaction,
and does nothing else. Both share the machine's processors with the server.
"""

from tests.benchmarks.figure import Measured, Target
from tests.benchmarks.race import Effort, in_python, race
from tests.benchmarks.registry import benchmark
from tests.benchmarks.workloads import WORKLOADS

SHAPES = ("chain", "fan", "grid", "runs")


@benchmark(
    "postgres.{workload}",
    lambda workload: WORKLOADS[workload].title,
    Target(at_least=20_000, value="ours"),
    workload=SHAPES,
)
def postgres(effort: Effort, workload: str) -> Measured:
    """Durable tasks a second."""
    contenders = {
        "ours": in_python("tests.benchmarks.contenders.postgres:ours", workload=workload),
        "reference": in_python("tests.benchmarks.contenders.postgres:copied", workload=workload),
    }
    return race(contenders, effort).measured(lambda lap: lap.tasks_per_second, "tasks/s")
