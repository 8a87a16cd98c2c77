"""Metrics: the fold over events, the engine with and without it, and plots under a flood."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import numpy as np
from PySide6.QtWidgets import QGridLayout, QWidget

from runtime.events import AnyEvent, RunStarted, TaskFinished
from runtime.journal.memory import MemoryJournal
from runtime.journal.sqlite import SQLiteJournal
from runtime.projections.metrics.fold import Fold, Known
from tests.benchmarks.contenders.engine import laps, runtime_on
from tests.benchmarks.contenders.frames import HEIGHT, WIDTH, application
from tests.benchmarks.lane import DoLap, Lap

EVENTS, BATCH = 100_000, 2000
WHILE = 1.5
"""Seconds."""

PLOTS, POINTS, FRAMES = 12, 10_000, 60


@asynccontextmanager
async def folding(blocks: int, bare: bool = False) -> AsyncIterator[DoLap]:
    """The events of a run, counted; bare: only told apart by block, the least a reader does."""
    known = Known("Busy", {f"b{at}": "pure" for at in range(blocks)})
    events: list[AnyEvent] = [RunStarted("r", 1, 1000.0, "hash", "Busy")]
    for at in range(EVENTS):
        now = 1000.0 + at * 1e-5
        events.append(TaskFinished("r", 2 + at, now, f"b{at % blocks}", now - 5e-6, {}))
    batches = [events[at : at + BATCH] for at in range(0, len(events), BATCH)]

    async def lap() -> Lap:
        begun = process_time()
        if bare:
            seen = dict[str, int]()
            for batch in batches:
                for event in batch:
                    if type(event) is TaskFinished:
                        seen[event.task] = seen.get(event.task, 0) + 1
        else:
            fold = Fold()
            fold.meet("r", "hash", known)
            for batch in batches:
                fold.take(batch)
            fold.drain()
        return Lap(process_time() - begun, EVENTS)

    yield lap


class Unmeasured:
    """In place of a meter: nothing is counted."""

    async def open(self) -> None:
        """Nothing to begin."""

    async def close(self) -> None:
        """Nothing to end."""


@asynccontextmanager
async def engine(kept: str, measured: bool) -> AsyncIterator[DoLap]:
    """Runs one after the other for a while, counted or not, in CPU time.

    Some things are done once a second: a lap must be long enough for its share of them.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / "journal.sqlite"
        runtime: Any = runtime_on(SQLiteJournal(file) if kept == "durable" else MemoryJournal())
        if not measured:
            runtime.meter = Unmeasured()
        async with runtime:
            yield await busy(runtime)


async def busy(runtime: Any) -> DoLap:
    """Laps of as many runs of the grid as fit into a while."""
    once = await laps(runtime, "grid", effects=False)

    async def lap() -> Lap:
        begun, tasks = process_time(), 0
        while process_time() - begun < WHILE:
            tasks += (await once()).tasks
            await asyncio.sleep(0)
        return Lap(process_time() - begun, tasks)

    return lap


Frame = Callable[[int], None]


def frames_of(frame: Frame) -> DoLap:
    """Laps of frames, each with one value more."""
    turn = 0

    async def lap() -> Lap:
        nonlocal turn
        begun = process_time()
        for _ in range(FRAMES):
            frame(turn)
            turn += 1
        return Lap(process_time() - begun, FRAMES)

    return lap


def waves() -> Any:
    """What is drawn: a value a second that goes up and down, never the same twice."""
    chance = np.random.default_rng(1)
    return 50 + 10 * np.sin(np.arange(3 * POINTS) / 200) + chance.normal(size=(PLOTS, 3 * POINTS))


@asynccontextmanager
async def ours() -> AsyncIterator[DoLap]:
    """Twelve plots as the dock of metrics has them, with axes, grid and legend."""
    application()
    from app.plots.card import PlotCard
    from app.plots.plot import Drawn
    from app.plots.ring import Ring
    from app.plots.span import Span
    from app.theme import Theme

    window, values, span = QWidget(), waves(), Span(float(POINTS))
    Theme("dark", window).apply()
    grid, cards, rings = QGridLayout(window), list[PlotCard](), list[Ring]()
    for at in range(PLOTS):
        ring = Ring(POINTS)
        ring.add(np.arange(POINTS, dtype=np.float64), values[at, :POINTS])
        card = PlotCard(span, f"Plot {at}", "count", "", window)
        card.show_lines([Drawn(ring, "")])
        grid.addWidget(card, at // 3, at % 3)
        cards.append(card)
        rings.append(ring)
    window.resize(WIDTH, HEIGHT)
    window.show()
    application().processEvents()

    def frame(turn: int) -> None:
        now = POINTS + turn % POINTS
        for at, ring in enumerate(rings):
            ring.add(np.array([float(POINTS + turn)]), values[at, now : now + 1])
        span.advance(float(POINTS + turn))
        for card in cards:
            card.plot.viewport().repaint()

    yield frames_of(frame)
    window.close()


@asynccontextmanager
async def stock() -> AsyncIterator[DoLap]:
    """The same values in plots as pyqtgraph makes them when nothing is said."""
    application()
    import pyqtgraph

    window, values = QWidget(), waves()
    grid, plots = QGridLayout(window), list[tuple[Any, Any]]()
    for at in range(PLOTS):
        plot = pyqtgraph.PlotWidget()
        plots.append((plot, plot.plot()))
        grid.addWidget(plot, at // 3, at % 3)
    window.resize(WIDTH, HEIGHT)
    window.show()
    application().processEvents()

    def frame(turn: int) -> None:
        begin = turn % POINTS
        times = np.arange(turn, turn + POINTS, dtype=np.float64)
        for at, (plot, curve) in enumerate(plots):
            curve.setData(times, values[at, begin : begin + POINTS])
            plot.viewport().repaint()

    yield frames_of(frame)
    window.close()
