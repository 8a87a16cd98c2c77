"""Watching from elsewhere

Ten runs of the 100×100 grid in another process, started over HTTP and watched over a WebSocket
on loopback as MessagePack: from the command to the last event unpacked here, the engine's own
work included. The reference is a bare WebSocket server that sends as many events, packed
beforehand, and a client that unpacks them. The process that watches has one of the machine's
processors, the one that is watched the other.
"""

from tests.benchmarks.figure import Measured, Target
from tests.benchmarks.race import Effort, in_python, race
from tests.benchmarks.registry import benchmark


@benchmark(
    "watcher.websocket", "100,000 events of ten runs", Target(at_least=100_000, value="ours")
)
def websocket(effort: Effort) -> Measured:
    """Events a second."""
    contenders = {
        "ours": in_python("tests.benchmarks.contenders.watcher:ours"),
        "reference": in_python("tests.benchmarks.contenders.watcher:merely_sent"),
    }
    return race(contenders, effort).measured(lambda lap: lap.tasks_per_second, "events/s")
