"""The history

Two runs of 10,000 tasks with values of 200 bytes are compared: decoded as they come over the
wire, the flow compiled, every value held against its counterpart, and the first task found that
was given the same and gave something else. Once they are alike, once they differ everywhere.
The reference decodes the same and only counts what differs.

A text is looked for in the values of 1,000 runs of 50 tasks, and stands in the oldest only. The
reference reads the file of the journal as it is and looks for the bytes.
"""

from tests.benchmarks.figure import Measured, Target
from tests.benchmarks.race import Effort, in_python, race
from tests.benchmarks.registry import benchmark

CONTENDERS = "tests.benchmarks.contenders.history"
CASES = {
    "alike": "compare two runs of 10,000 tasks that gave the same",
    "apart": "compare two runs of 10,000 tasks that differ everywhere",
}


@benchmark(
    "history.compare.{case}",
    lambda case: CASES[case],
    Target(at_most=1000, value="ours"),
    case=CASES,
)
def comparing(effort: Effort, case: str) -> Measured:
    """Milliseconds."""
    contenders = {
        "ours": in_python(f"{CONTENDERS}:comparing", case=case),
        "reference": in_python(f"{CONTENDERS}:comparing", case=case, bare=True),
    }
    return race(contenders, effort).measured(lambda lap: lap.seconds * 1e3, "ms")


@benchmark("history.search", "find a text in the values of 1,000 runs", Target(500, value="ours"))
def searching(effort: Effort) -> Measured:
    """Milliseconds."""
    contenders = {
        "ours": in_python(f"{CONTENDERS}:searching"),
        "reference": in_python(f"{CONTENDERS}:searching", bare=True),
    }
    return race(contenders, effort).measured(lambda lap: lap.seconds * 1e3, "ms")
