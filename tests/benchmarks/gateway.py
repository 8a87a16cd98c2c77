"""The gateway

What a call costs the server, in CPU time: a POST with a place in its path and a JSON body, checked
and answered by a record, over connections of the loopback that stay open. Ours has the whole of
the server around it (the guard, and the way to the gateway's face) and a trivial handler in place
of the flow; then the same with a rate limit counted in memory, with a key, and with a flow of
three blocks run and recorded in a file, which says what a run adds. The reference is a bare
Litestar route that takes and gives the same, on the same uvicorn, asked by the same client.
"""

from tests.benchmarks.figure import Measured, Target
from tests.benchmarks.race import Effort, in_python, race
from tests.benchmarks.registry import benchmark

PLACE = "tests.benchmarks.contenders.gateway:asked"
SAID = {
    "plain": "an open endpoint",
    "limited": "the same with a rate limit",
    "keyed": "the same with a key",
    "flow": "the same running a flow",
}


def target(what: str) -> Target | None:
    return None if what == "flow" else Target(at_most=1.25)


@benchmark("gateway.{what}", lambda what: SAID[what], target, what=SAID)
def called(effort: Effort, what: str) -> Measured:
    """One call."""
    contenders = {
        "ours": in_python(PLACE, what=what),
        "reference": in_python(PLACE, what="bare"),
    }
    return race(contenders, effort).measured(lambda lap: lap.microseconds_per_task, "µs/call")
