"""Stopping: from the moment at which a block is held until the window has drawn it so."""

import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from itertools import pairwise
from typing import Any

from graph.flow import Block, Flow, View
from runtime.events import TaskHeld
from tests.benchmarks.lane import DoLap, Lap

BLOCKS = 200
STOPS = 20
REST = 400
"""Milliseconds between two steps."""
PATIENCE = 20_000
"""Milliseconds after which a stop counts as lost."""


def chain(blocks: int) -> Flow:
    """Blocks that change the case of a text, one after another."""
    ids = [f"b{number}" for number in range(blocks)]
    made = [Block(ids[0], "flow.constant", {"value": "word"})]
    made += [Block(id, "text.case", {"style": "upper"}) for id in ids[1:]]
    links = [(f"{before}.value", f"{after}.text") for before, after in pairwise(ids)]
    places = {id: (n % 20 * 280.0, n // 20 * 170.0) for n, id in enumerate(ids)}
    return Flow.of(made, links, view=View(positions=places))


@asynccontextmanager
async def stopping(shown: bool) -> AsyncIterator[DoLap]:
    """The window with a runtime of its own; not `shown`, only its bridge hears of stops."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as home:
        desk = Desk(home, shown)
        yield desk.lap
        desk.window.studio.bridge.close()


class Desk:
    """A run that is stepped through, and when each stop was known."""

    def __init__(self, home: str, shown: bool) -> None:
        from PySide6.QtCore import QEventLoop

        from app.document import Document
        from app.editor.canvas.canvas import Canvas
        from app.start import application, build
        from app.workbench import Workbench
        from runtime.settings import Settings

        application()
        self.window = build(Settings(home=home, database_url="memory:"))
        self.studio = self.window.studio
        self.bench = Workbench(Document(chain(BLOCKS)), self.studio.catalog)
        self.loop = QEventLoop()
        self.held: dict[str, float] = {}
        self.known: dict[str, float] = {}
        self.studio.bridge.happened.connect(self.note)
        if shown:
            self.studio.workspace.add(self.bench)
            self.window.show()
            canvas = self.window.findChild(Canvas)
            canvas.overlay.append(lambda _: self.drawn(canvas.held.places))
        self.shown = shown

    def note(self, events: Any) -> None:
        """A stop is heard of; without a window that is all."""
        for event in events:
            if isinstance(event, TaskHeld):
                self.held[event.task] = event.at
                if not self.shown:
                    self.drawn({event.task: event.phase})

    def drawn(self, places: dict[str, Any]) -> None:
        """These blocks are seen to be held."""
        for task in places:
            if task in self.held and task not in self.known:
                self.known[task] = time.time()
                self.loop.quit()

    async def lap(self) -> Lap:
        """Begin a run that stands still, and step over one block after another."""
        self.held.clear()
        self.known.clear()
        runs = self.studio.runs
        runs.start(self.bench, {}, None, "at once")
        self.wait(partial(self.is_known, 1))
        for count in range(2, STOPS + 2):
            self.rest()
            runs.debugging.step(self.run, "over")
            self.wait(partial(self.is_known, count))
        runs.cancel(self.run)
        took = sorted(self.known[task] - at for task, at in self.held.items())[:-1]
        notes = {"median_ms": statistics.median(took) * 1e3, "worst_ms": took[-1] * 1e3}
        return Lap(sum(took), len(took), notes)

    def is_known(self, count: int) -> bool:
        """Whether so many stops are known."""
        return len(self.known) >= count

    @property
    def run(self) -> str:
        live = self.bench.live
        assert live is not None
        return live.run

    def rest(self) -> None:
        """Let the window finish what it shows of the last stop, as a person looks at it."""
        from PySide6.QtCore import QTimer

        over = QTimer(self.window, singleShot=True, interval=REST)
        over.timeout.connect(self.loop.quit)
        over.start()
        while over.isActive():
            self.loop.exec()

    def wait(self, happened: Callable[[], bool]) -> None:
        from PySide6.QtCore import QTimer

        lost = QTimer(self.window, singleShot=True, interval=PATIENCE)
        lost.timeout.connect(self.loop.quit)
        lost.start()
        while not happened() and lost.isActive():
            self.loop.exec()
        assert happened(), "the run didn't stop"
        lost.stop()
