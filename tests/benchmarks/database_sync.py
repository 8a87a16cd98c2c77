"""Database sync

A PostgreSQL with fsync and synchronous commits, a Redis, and ours between them. A hit is a row of a
view over 200,000 orders, beside the bare driver of Redis that reads it as JSON, and beside the
query that it saves. A write behind is durable before it is answered; 256 are on their way at once,
and a lap ends when all are in the database. The reference commits the same rows one by one.
"""

from tests.benchmarks.figure import Measured, Target
from tests.benchmarks.race import Effort, in_python, race
from tests.benchmarks.registry import benchmark

PLACE = "tests.benchmarks.contenders.database_sync"


@benchmark("database_sync.hit", "a hit beside the bare driver", Target(at_most=1.5))
def hit(effort: Effort) -> Measured:
    """One row."""
    contenders = {"ours": in_python(f"{PLACE}:hit"), "reference": in_python(f"{PLACE}:bare_redis")}
    return race(contenders, effort).measured(lambda lap: lap.microseconds_per_task, "µs/row")


@benchmark("database_sync.saved", "a hit beside the query it saves", Target(at_most=0.02))
def saved(effort: Effort) -> Measured:
    """One row."""
    contenders = {"ours": in_python(f"{PLACE}:hit"), "reference": in_python(f"{PLACE}:query")}
    return race(contenders, effort).measured(lambda lap: lap.microseconds_per_task, "µs/row")


@benchmark("database_sync.behind", "writes behind beside single commits", Target(at_least=20))
def behind(effort: Effort) -> Measured:
    """Rows a second."""
    contenders = {"ours": in_python(f"{PLACE}:behind"), "reference": in_python(f"{PLACE}:commits")}
    return race(contenders, effort).measured(lambda lap: lap.tasks_per_second, "rows/s")
