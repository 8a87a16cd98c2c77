"""The timeline

Going through a run of 100,000 events with the canvas in view: CPU time of a step, from the place
being known to the canvas drawn, all 1,000 blocks of the flow in sight. Steps go to places all
over the run, or to the next event. Beside us stands a fold of the events from the beginning
with the same canvas. Then what it takes to be able to do so, beside one such fold: all that the
dock keeps of a run, moments, bars, lanes and the critical path. And frames of the chart of
100,000 tasks of 40 blocks, drawn offscreen in 1,280 × 400 pixels, beside a rectangle drawn for
each task by one call of Qt's. `p95` is the time within which 95 of 100 were done.
"""

from tests.benchmarks.figure import Measured, Target, rounded
from tests.benchmarks.race import Contender, Effort, in_python, race
from tests.benchmarks.registry import benchmark

STEPS = {"anywhere": "to any moment", "next": "to the next event"}
GESTURES = {"whole": "the whole run", "zoom": "zooming from all of it to milliseconds",
            "pan": "moving through it, 20 seconds in sight"}  # fmt: skip


def contender(name: str, **request: object) -> Contender:
    return in_python(f"tests.benchmarks.contenders.timeline:{name}", **request)


@benchmark(
    "timeline.step.{step}", lambda step: f"a step {STEPS[step]} of 100,000 events",
    Target(at_most=16, value="ours"), step=STEPS,
)  # fmt: skip
def stepping(effort: Effort, step: str) -> Measured:
    """CPU milliseconds."""
    outcome = race({"ours": contender("moments", step=step),
                    "reference": contender("from_zero", step=step)}, effort)  # fmt: skip
    p95 = rounded(outcome.median("ours", lambda lap: lap.notes["p95"]))
    return outcome.measured(lambda lap: lap.notes["median"], "ms/step", p95=p95)


@benchmark(
    "timeline.build", "to know 100,000 events well enough for that",
    Target(at_most=1, value="ours"),
)  # fmt: skip
def building(effort: Effort) -> Measured:
    """CPU seconds."""
    outcome = race({"ours": contender("built"), "reference": contender("folded")}, effort)
    kept = rounded(outcome.median("ours", lambda lap: lap.notes["bytes"]))
    return outcome.measured(lambda lap: lap.seconds, "s", bytes_per_event=kept)


@benchmark(
    "timeline.draw.{gesture}", lambda gesture: f"100,000 tasks: {GESTURES[gesture]}",
    Target(at_most=16, value="ours"), gesture=GESTURES,
)  # fmt: skip
def drawing(effort: Effort, gesture: str) -> Measured:
    """CPU milliseconds."""
    outcome = race({"ours": contender("chart", gesture=gesture),
                    "reference": contender("rectangles", gesture=gesture)}, effort)  # fmt: skip
    p95 = rounded(outcome.median("ours", lambda lap: lap.notes["p95"]))
    return outcome.measured(lambda lap: lap.notes["median"], "ms/frame", p95=p95)
