"""The guards

What stands around a call to the outside, per call that works, beside the call alone, which only
gives back a number: retry, breaker and bulkhead, and the same with a time limit. Beside them the
breaker of `purgatory`, where it is installed, which does the second of these things only.
"""

from importlib.util import find_spec

from tests.benchmarks.figure import Measured, Target, Unavailable
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


@benchmark("guards.purgatory", "all of ours beside the breaker of purgatory")
def beside_purgatory(effort: Effort) -> Measured:
    """One call."""
    if find_spec("purgatory") is None:
        raise Unavailable("purgatory is not installed")
    contenders = {
        "ours": in_python(f"{PLACE}:ours", limit=LIMITS["untimed"]),
        "reference": in_python(f"{PLACE}:purgatory"),
    }
    return race(contenders, effort).measured(lambda lap: lap.microseconds_per_task, "µs/call")
