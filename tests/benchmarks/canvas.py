"""The canvas

CPU time of a frame of 1,280 × 800 pixels, drawn offscreen by Qt's raster engine, of flows of
the size in the figure's name with about 1.9 links a block. Panning goes by 9 and 5 pixels a frame,
zooming by 4 %, at twice, full, half and quarter size and with all in view (which for 100,000
blocks is as far as one can zoom out). Beside us stands a bare batch painter, which draws plain
rectangles and straight lines at every zoom and has nothing else to do, and, where the figure says
so, NodeGraphQt 0.6.44 with its own items. News are 50 blocks whose state changes each frame.
"""

from collections.abc import Mapping
from dataclasses import replace

from tests.benchmarks.figure import Measured, Target, rounded
from tests.benchmarks.race import Contender, Effort, LapTime, in_python, race
from tests.benchmarks.registry import benchmark

HERE = "tests.benchmarks.contenders"
GESTURES = ("pan", "zoom")
LEVELS = {
    "double": "at twice its size", "full": "at full size", "half": "at half size",
    "quarter": "at a quarter of its size", "all": "all in view",
}  # fmt: skip
LIMITS = {"5000": 10.0, "20000": 16.0}


def frames_of(place: str, **request: object) -> Contender:
    return in_python(f"{HERE}.{place}", **request)


def ours_and_bare(blocks: str, gesture: str, level: str) -> Mapping[str, Contender]:
    asked = {"blocks": int(blocks), "gesture": gesture, "level": level}
    return {
        "ours": frames_of("canvas:ours", **asked),
        "reference": frames_of("canvas_bare:bare", **asked),
    }


def median(lap: LapTime) -> float:
    return float(lap.notes["median"])


def slow_ones(lap: LapTime) -> float:
    return float(lap.notes["p95"])


def titled(blocks: str, gesture: str, level: str) -> str:
    return f"{gesture} {int(blocks):,} blocks, {LEVELS[level]}"


@benchmark(
    "canvas.{blocks}.{gesture}.{level}", titled,
    lambda blocks, gesture, level: Target(at_most=LIMITS[blocks], value="ours"),
    blocks=LIMITS, gesture=GESTURES, level=LEVELS,
)  # fmt: skip
def frame(effort: Effort, blocks: str, gesture: str, level: str) -> Measured:
    """The median frame of a gesture."""
    outcome = race(ours_and_bare(blocks, gesture, level), effort)
    p95 = rounded(outcome.median("ours", slow_ones))
    return outcome.measured(median, "ms/frame", p95=p95)


@benchmark(
    "canvas.5000.{gesture}.{level}.p95",
    lambda gesture, level: f"{titled('5000', gesture, level)}, 95 of 100 frames within",
    Target(at_most=16, value="ours"),
    gesture=GESTURES, level=LEVELS,
)  # fmt: skip
def slow_frame(effort: Effort, gesture: str, level: str) -> Measured:
    """The frame than which 95 of 100 are faster."""
    return race(ours_and_bare("5000", gesture, level), effort).measured(slow_ones, "ms/frame")


@benchmark(
    "canvas.100000.pan.{level}", lambda level: titled("100000", "pan", level),
    Target(at_most=33, value="ours"), level=LEVELS,
)  # fmt: skip
def huge(effort: Effort, level: str) -> Measured:
    """30 frames a second."""
    return race(ours_and_bare("100000", "pan", level), effort).measured(median, "ms/frame")


@benchmark(
    "canvas.5000.{gesture}.all.against_batch",
    lambda gesture: f"{titled('5000', gesture, 'all')}, beside the bare batch painter",
    Target(at_most=1.5), gesture=GESTURES,
)  # fmt: skip
def against_batch(effort: Effort, gesture: str) -> Measured:
    """How much more than the least a frame costs."""
    return race(ours_and_bare("5000", gesture, "all"), effort).measured(median, "ms/frame")


@benchmark(
    "canvas.5000.{gesture}.all.against_stock",
    lambda gesture: f"{titled('5000', gesture, 'all')}, beside NodeGraphQt's own items",
    Target(at_most=1 / 300, wording="at least 300× faster"), gesture=GESTURES,
)  # fmt: skip
def against_stock(effort: Effort, gesture: str) -> Measured:
    """How much the batches save."""
    asked = {"blocks": 5000, "gesture": gesture, "level": "all"}
    contenders = {
        "ours": frames_of("canvas:ours", **asked),
        "reference": frames_of("canvas_stock:stock", **asked),
    }
    return race(contenders, effort).measured(median, "ms/frame")


@benchmark(
    "canvas.5000.news.{level}",
    lambda level: f"50 news a frame among 5,000 blocks, {LEVELS[level]}, beside NodeGraphQt",
    Target(at_most=8, value="ours"), level=("full", "half", "all"),
)  # fmt: skip
def news(effort: Effort, level: str) -> Measured:
    """States of blocks that change."""
    asked = {"blocks": 5000, "gesture": "news", "level": level}
    contenders = {
        "ours": frames_of("canvas:ours", **asked),
        "reference": frames_of("canvas_stock:stock", **asked),
    }
    return race(contenders, replace(effort, laps=min(effort.laps, 3))).measured(median, "ms/frame")


def opening() -> Mapping[str, Contender]:
    return {
        "ours": frames_of("canvas:opened", blocks=5000),
        "reference": frames_of("canvas_stock:opened", blocks=5000),
    }


ONCE = {"seconds": 0.0, "laps": 1, "warm_up": 0.0}
"""NodeGraphQt takes many seconds to be built, and keeps what it has built."""


@benchmark(
    "canvas.5000.open", "a file of 5,000 blocks to the first frame, beside NodeGraphQt built",
    Target(at_most=1, value="ours"),
)  # fmt: skip
def opened(effort: Effort) -> Measured:
    """CPU seconds."""
    return race(opening(), replace(effort, **ONCE)).measured(lambda lap: lap.seconds, "s")


@benchmark(
    "canvas.5000.memory", "memory a block of an open flow of 5,000, beside NodeGraphQt",
    Target(at_most=30, value="ours"),
)  # fmt: skip
def memory(effort: Effort) -> Measured:
    """With the flow itself and its history."""
    outcome = race(opening(), replace(effort, **ONCE))
    return outcome.measured(lambda lap: float(lap.notes["kilobytes"]), "kB/block")


@benchmark(
    "canvas.5000.undo_delete", "taking back that all 5,000 blocks were deleted, beside deleting",
    Target(at_most=0.5, value="ours"),
)  # fmt: skip
def undo_delete(effort: Effort) -> Measured:
    """CPU seconds to the next frame."""
    contenders = {
        "ours": frames_of("canvas:deleted", blocks=5000, what="undo"),
        "reference": frames_of("canvas:deleted", blocks=5000, what="delete"),
    }
    return race(contenders, effort).measured(lambda lap: lap.seconds, "s")
