"""The sandbox

Calls one after the other, each given a 200-byte record: through our sandbox, with its limits,
its checks of values and its tidying up, and through one warm session of pydantic-monty alone,
which remembers from call to call and checks nothing.
"""

from tests.benchmarks.figure import Measured, Target
from tests.benchmarks.race import Effort, in_python, race
from tests.benchmarks.registry import benchmark

SOURCES = {"expression": "an expression of one line", "code": "four lines with a loop"}


@benchmark("sandbox.{what}", lambda what: SOURCES[what], Target(at_most=2), what=SOURCES)
def sandbox(effort: Effort, what: str) -> Measured:
    """One call."""
    contenders = {
        "ours": in_python("tests.benchmarks.contenders.sandbox:ours", what=what),
        "reference": in_python("tests.benchmarks.contenders.sandbox:alone", what=what),
    }
    return race(contenders, effort).measured(lambda lap: lap.microseconds_per_task, "µs/call")
