"""The studio

To the first window: a process of its own each lap, from its start until the window has been
painted once (`MainWindow.seen`). The reference is a bare Qt window in a process that has
imported the canvas, NodeGraphQt and numpy with it.

Gaps: how long the window's loop doesn't come round, p99 over a lap, asked by a timer every
4 ms, while the whole window watches a run of 1,000 blocks from which 100,000 events come a
second, over the bridge as it is; then the same while two processes burn all CPU there is. The
reference is the same window without any event. `busy_ms` is how much of such a gap the window
itself worked, without what other programs took.

All is drawn offscreen.
"""

from tests.benchmarks.figure import Measured, Target
from tests.benchmarks.race import Effort, in_python, race
from tests.benchmarks.registry import benchmark

CONTENDERS = "tests.benchmarks.contenders.studio"


@benchmark("studio.start", "To the first window", Target(at_most=1.5))
def start(effort: Effort) -> Measured:
    """Milliseconds."""
    contenders = {
        "ours": in_python(f"{CONTENDERS}:studio"),
        "reference": in_python(f"{CONTENDERS}:bare_window"),
    }
    return race(contenders, effort).measured(lambda lap: lap.seconds * 1000, "ms")


@benchmark(
    "studio.events.{around}",
    lambda around: f"p99 of the gaps at 100,000 events/s, {around}",
    Target(at_most=16, value="ours"),
    around=("calm", "burning"),
)
def events(effort: Effort, around: str) -> Measured:
    """Milliseconds."""
    burners = 2 if around == "burning" else 0
    contenders = {
        "ours": in_python(f"{CONTENDERS}:watching", rate=100_000, burners=burners),
        "reference": in_python(f"{CONTENDERS}:watching", rate=0, burners=burners),
    }
    ran = race(contenders, effort)
    got = ran.median("ours", lambda lap: lap.notes["events_per_second"])
    return ran.measured(
        lambda lap: lap.notes["gap_p99_ms"],
        "ms",
        busy_ms=round(ran.median("ours", lambda lap: lap.notes["busy_p99_ms"]), 1),
        events_per_second=round(got),
        gui_cpu=round(ran.median("ours", lambda lap: lap.notes["gui_cpu"]), 2),
    )
