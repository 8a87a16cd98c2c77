"""Database sync

A PostgreSQL with fsync and synchronous commits, a Redis, and ours between them. A hit is a row of a
view over 200,000 orders, beside the bare driver of Redis that reads it as JSON, and beside the
query that it saves. A write behind is durable before it is answered, and a lap ends when all are in
the database: by 256 callers of one row each, or by four with lists of 500. The reference commits
the same rows one by one, over a single connection. How quick that is depends on the disk alone;
what we need for a row, on the processor, and so does what PostgreSQL itself needs for it: the same
rows by the bare driver, 1,000 in a statement and a commit, say how many there can be at most.
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
    return _rows(effort, "behind", "commits")


@benchmark("database_sync.lists", "lists behind beside single commits", Target(at_least=20))
def lists(effort: Effort) -> Measured:
    """Rows a second."""
    return _rows(effort, "lists", "commits")


@benchmark("database_sync.most", "lists behind beside bare statements of 1,000 rows")
def most(effort: Effort) -> Measured:
    """Rows a second."""
    return _rows(effort, "lists", "statements")


def _rows(effort: Effort, ours: str, reference: str) -> Measured:
    contenders = {
        "ours": in_python(f"{PLACE}:{ours}"),
        "reference": in_python(f"{PLACE}:{reference}"),
    }
    return race(contenders, effort).measured(lambda lap: lap.tasks_per_second, "rows/s")
