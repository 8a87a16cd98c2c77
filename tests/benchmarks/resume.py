"""Resuming

A run of 10,000 tasks on SQLite is killed by kill -9 once half of them are durable. Measured is
the time from starting a new process to the first task it moves: the interpreter, its imports,
the journal, the flow compiled anew, the events folded. The reference is a new process that
imports as much and merely fetches the recorded bytes.
"""

from tests.benchmarks.figure import Measured, Target, rounded
from tests.benchmarks.race import Effort, in_python, race
from tests.benchmarks.registry import benchmark


@benchmark("resume.first_task", "kill -9 to first task", Target(at_most=1, value="ours"))
def first_task(effort: Effort) -> Measured:
    """How soon a killed run moves on."""
    contenders = {
        "ours": in_python("tests.benchmarks.contenders.resume:ours"),
        "reference": in_python("tests.benchmarks.contenders.resume:reading"),
    }
    outcome = race(contenders, effort)
    inside = outcome.median("ours", lambda lap: lap.notes["without_imports"])
    return outcome.measured(lambda lap: lap.seconds, "s", seconds_without_imports=rounded(inside))
