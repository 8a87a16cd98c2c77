"""The guards

What stands around a call to the outside, in CPU time per call that works, beside the call alone,
which only gives back a number: retry, breaker and bulkhead, and the same with a time limit. Then
ours beside the retry of `tenacity` around the breaker of `purgatory`, which have no bulkhead, in
an environment of their own.
"""

from tests.benchmarks.environments import python_of
from tests.benchmarks.figure import Measured, Target
from tests.benchmarks.race import Effort, in_python, race
from tests.benchmarks.registry import benchmark

LIMITS = {"untimed": 0.0, "timed": 30.0}
SAID = {"untimed": "retry, breaker and bulkhead", "timed": "the same and a time limit"}
PLACE = "tests.benchmarks.contenders.guards"


@benchmark("guards.{what}", lambda what: SAID[what], Target(at_most=20, value="ours"), what=LIMITS)
def guarded(effort: Effort, what: str) -> Measured:
    """One call."""
    contenders = {
        "ours": in_python(f"{PLACE}:ours", limit=LIMITS[what]),
        "reference": in_python(f"{PLACE}:bare"),
    }
    return race(contenders, effort).measured(lambda lap: lap.microseconds_per_task, "µs/call")


@benchmark("guards.purgatory", "ours beside tenacity around purgatory", Target(at_most=1.0))
def beside_purgatory(effort: Effort) -> Measured:
    """One call."""
    peer = "tests.benchmarks.peers.purgatory:guarded"
    contenders = {
        "ours": in_python(f"{PLACE}:ours", limit=LIMITS["untimed"]),
        "reference": in_python(peer, python=python_of("purgatory")),
    }
    return race(contenders, effort).measured(lambda lap: lap.microseconds_per_task, "µs/call")
