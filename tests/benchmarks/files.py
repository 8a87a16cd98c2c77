"""Flow files

A file of 5,000 blocks, of which every fifth holds an expression, beside Python's own `json`
merely parsing it. Loading checks everything: kinds, fields, types, links, expressions, cycles.
"""

from tests.benchmarks.figure import Measured, Target
from tests.benchmarks.race import Effort, in_python, race
from tests.benchmarks.registry import benchmark

ACTIONS = {
    "load": "load and validate 5,000 blocks",
    "compile": "validate and compile 5,000 blocks",
    "save": "save 5,000 blocks: temporary file, fsync, rename, backup",
}


def bound(what: str) -> Target | None:
    """What a user waits for when a flow is opened should not be noticed."""
    return Target(at_most=250, value="ours") if what == "load" else None


@benchmark("files.{what}", lambda what: ACTIONS[what], bound, what=ACTIONS)
def files(effort: Effort, what: str) -> Measured:
    """One thing done with a large file."""
    contenders = {
        "ours": in_python("tests.benchmarks.contenders.files:doing", what=what),
        "reference": in_python("tests.benchmarks.contenders.files:doing", what="parse"),
    }
    return race(contenders, effort).measured(lambda lap: lap.seconds * 1e3, "ms")
