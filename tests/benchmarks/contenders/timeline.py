"""Going through a run: by moments or folding anew; and its chart: in batches or bar by bar."""

import random
import statistics
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from time import process_time

from app.presenters.live_run import LiveRun
from app.presenters.moments import Moments
from app.presenters.time_scale import Span, whole
from runtime.events import AnyEvent, RunStarted, TaskFinished, TaskStarted
from tests.benchmarks.canvases import flow_of
from tests.benchmarks.contenders.canvas import Ours, studio
from tests.benchmarks.contenders.frames import application
from tests.benchmarks.lane import DoLap, Lap

EVENTS = 100_000
BLOCKS = 1000
LANES = 40
STEPS = 40
SIZE = 1280, 400
PARALLEL = 8
"""Tasks of a block at the same time in the chart."""


def happened(events: int, blocks: int) -> list[AnyEvent]:
    """Tasks of one block after another, in rounds of a millisecond each."""
    found: list[AnyEvent] = [RunStarted("r", 1, 0.0, "f")]
    for task in range((events - 1) // 2):
        name, at = f"b{task % blocks}", task / 1000
        found += (
            TaskStarted("r", len(found) + 1, at, name),
            TaskFinished("r", len(found) + 2, at + 0.0009, name, at, {"value": [task]}),
        )
    return found


def places(step: str) -> list[int]:
    dice = random.Random(1)
    if step == "anywhere":
        return [dice.randrange(1, EVENTS - 1) for _ in range(STEPS)]
    begin = dice.randrange(EVENTS // 2)
    return list(range(begin, begin + STEPS))


def timed(steps: Iterable[Callable[[], object]]) -> Lap:
    """Each step's CPU time."""
    times = []
    for step in steps:
        begun = process_time()
        step()
        times.append(process_time() - begun)
    ordered = sorted(times)
    notes = {"median": statistics.median(times) * 1e3, "p95": ordered[int(len(times) * 0.95)] * 1e3}
    return Lap(sum(times), len(times), notes)


@asynccontextmanager
async def moments(step: str) -> AsyncIterator[DoLap]:
    """Moments, as the dock keeps them."""
    with studio() as there:
        stage = Ours(flow_of(BLOCKS), there)
        known = Moments("r")
        known.take(happened(EVENTS, BLOCKS))
        stage.bench.watch(LiveRun("r"))
        at = [1]

        def go(place: int) -> None:
            stage.bench.show_moment(known.at(place), known.between(at[0], place))
            at[0] = place
            stage.repaint()

        async def lap() -> Lap:
            go(places(step)[0] - 1)
            return timed(lambda place=place: go(place) for place in places(step))

        yield lap


@asynccontextmanager
async def from_zero(step: str) -> AsyncIterator[DoLap]:
    """The events up to there, folded each time."""
    with studio() as there:
        stage = Ours(flow_of(BLOCKS), there)
        events = happened(EVENTS, BLOCKS)

        def go(place: int) -> None:
            run = LiveRun("r")
            run.take(events[:place])
            stage.bench.watch(run)
            stage.repaint()

        async def lap() -> Lap:
            return timed(lambda place=place: go(place) for place in places(step)[:10])

        yield lap


@asynccontextmanager
async def built() -> AsyncIterator[DoLap]:
    """All that the dock keeps of a run."""
    from app.timeline.record import Known
    from graph.catalog import Catalog

    events = happened(EVENTS, BLOCKS)

    def build() -> Known:
        known = Known("r", Catalog())
        known.take(events)
        known.work_out()
        return known

    tracemalloc.start()
    kept = build()
    memory = tracemalloc.get_traced_memory()[0] / EVENTS
    tracemalloc.stop()
    del kept

    async def lap() -> Lap:
        begun = process_time()
        build()
        return Lap(process_time() - begun, EVENTS, {"bytes": memory})

    yield lap


@asynccontextmanager
async def folded() -> AsyncIterator[DoLap]:
    """One fold, as of a run that is watched."""
    events = happened(EVENTS, BLOCKS)

    async def lap() -> Lap:
        begun = process_time()
        LiveRun("r").take(events)
        return Lap(process_time() - begun, EVENTS)

    yield lap


# The chart.


def tasks() -> list[AnyEvent]:
    """100,000 tasks of 40 blocks, eight of each at a time, of different lengths."""
    dice = random.Random(2)
    found: list[AnyEvent] = [RunStarted("r", 1, 0.0, "f")]
    for count in range(EVENTS):
        block, turn = count % LANES, count // LANES
        start = turn // PARALLEL + dice.random() * 0.2
        name = f"each[{turn}]/b{block}"
        end = start + dice.random() * 0.8
        found.append(TaskFinished("r", len(found) + 1, end, name, start, {}))
    return found


def spans(gesture: str, length: float, width: float) -> list[Span]:
    """What is seen, frame by frame."""
    start = whole(length, width)
    if gesture == "whole":
        return [start] * 20
    if gesture == "zoom":
        return [start.zoomed(1.45**turn, width / 2) for turn in range(30)]
    return [Span(turn * 3.0, 20.0 / width) for turn in range(30)]


@asynccontextmanager
async def chart(gesture: str) -> AsyncIterator[DoLap]:
    """The timeline's own."""
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QPainter, QPixmap

    from app.timeline.chart_view import Shown, scene_of
    from app.timeline.painter import NAMES, TimelinePainter
    from app.timeline.record import Known
    from graph.catalog import Catalog

    application()
    known = Known("r", Catalog())
    known.take(tasks())
    scene = scene_of(Shown(known, known.by_block, str, frozenset()))
    ours, picture = TimelinePainter(), QPixmap(*SIZE)

    def draw(span: Span) -> None:
        painter = QPainter(picture)
        ours.draw(painter, scene, span, QRect(0, 0, *SIZE), 0)
        painter.end()

    seen = spans(gesture, scene.length, SIZE[0] - NAMES)

    async def lap() -> Lap:
        return timed(lambda span=span: draw(span) for span in seen)

    yield lap


@asynccontextmanager
async def rectangles(gesture: str) -> AsyncIterator[DoLap]:
    """Each task of the same lanes as a rectangle, all handed to Qt in one call."""
    import numpy as np
    from PySide6.QtGui import QColor, QPainter, QPixmap

    from app.editor.canvas import buffers

    application()
    events = [event for event in tasks() if isinstance(event, TaskFinished)]
    starts = np.array([event.started for event in events])
    ends = np.array([event.at for event in events])
    lines = np.arange(EVENTS) % (LANES * PARALLEL)
    room, picture = buffers.rectangles(), QPixmap(*SIZE)

    def draw(span: Span) -> None:
        picture.fill(QColor("#1b1e24"))
        x = (starts - span.left) / span.pixel
        rows = np.column_stack((x, lines * 8.0, (ends - starts) / span.pixel, np.full(EVENTS, 6.0)))
        painter = QPainter(picture)
        painter.setPen(QColor("#4cc38a"))
        painter.setBrush(QColor("#4cc38a"))
        painter.drawRects(*room.fill(rows))
        painter.end()

    seen = spans(gesture, float(ends.max()), SIZE[0])

    async def lap() -> Lap:
        return timed(lambda span=span: draw(span) for span in seen)

    yield lap
