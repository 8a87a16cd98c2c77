"""Our canvas: frames of gestures, opening a file, memory, and taking back that all was deleted."""

import gc
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import process_time

import psutil
from PySide6.QtWidgets import QWidget

from app.document import Document
from app.editor.canvas.canvas import Canvas
from app.preferences import Preferences
from app.presenters.live_run import LiveRun
from app.studio import Studio
from app.theme import Theme
from app.workbench import Workbench
from graph.edits import RemoveBlock
from graph.file_format import read, write
from graph.flow import Flow
from runtime.events import TaskFinished, TaskStarted
from runtime.settings import Settings
from tests.benchmarks.canvases import flow_of
from tests.benchmarks.contenders.frames import HEIGHT, NEWS, WIDTH, application, moving
from tests.benchmarks.lane import DoLap, Lap


@contextmanager
def studio() -> Iterator[Studio]:
    """What a canvas asks for, in a home of its own."""
    application()
    window = QWidget()
    theme = Theme("dark", window)
    theme.apply()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        yield Studio(window, Settings(home=folder), Preferences(home, window), theme)


class Ours:
    """Our canvas with a flow on it."""

    def __init__(self, flow: Flow, there: Studio) -> None:
        self.bench = Workbench(Document(flow), there.catalog, parent=there)
        self.canvas = Canvas(self.bench, there)
        self.canvas.resize(WIDTH, HEIGHT)
        self.canvas.show()
        application().processEvents()
        self.run: LiveRun | None = None

    def look(self, zoom: float) -> None:
        if zoom:
            centre = self.canvas.shapes.bounds().center()
            self.canvas.restore_view_state((centre.x(), centre.y(), zoom))
        else:
            self.canvas.fit_all()

    def pan(self, across: int, down: int) -> None:
        self.canvas.pan_by(across, down)

    def zoom(self, factor: float) -> None:
        self.canvas.zoom_by(factor)

    def news(self, turn: int) -> None:
        if self.run is None:
            self.run = LiveRun("run")
            self.bench.watch(self.run)
        ids = self.canvas.shapes.ids
        blocks = [ids[(turn * NEWS + step * 97) % len(ids)] for step in range(NEWS)]
        begun = turn % 2 == 0
        self.bench.run_changed.emit(
            self.run.take(
                TaskStarted("run", 1, 1.0, block)
                if begun
                else TaskFinished("run", 1, 2.0, block, 1.0, {"value": [1, 2]})
                for block in blocks
            )
        )

    def repaint(self) -> None:
        self.canvas.viewport().repaint()

    def close(self) -> None:
        self.bench.close()
        self.canvas.deleteLater()
        self.bench.deleteLater()
        application().processEvents()


@asynccontextmanager
async def ours(blocks: int, gesture: str, level: str, frames: int = 30) -> AsyncIterator[DoLap]:
    """Frames of a gesture."""
    with studio() as there:
        yield moving(Ours(flow_of(blocks), there), gesture, level, frames)


@asynccontextmanager
async def opened(blocks: int) -> AsyncIterator[DoLap]:
    """From the text of a file to the first frame; what it adds to memory, with all that needs."""
    text = write(flow_of(blocks))

    async def lap() -> Lap:
        gc.collect()
        before = psutil.Process(os.getpid()).memory_info().rss
        begun = process_time()
        stage = Ours(read(text), there)
        stage.repaint()
        seconds = process_time() - begun
        grown = psutil.Process(os.getpid()).memory_info().rss - before
        stage.close()
        return Lap(seconds, blocks, {"kilobytes": grown / 1000 / blocks})

    with studio() as there:
        Ours(flow_of(50), there).close()  # what opening any flow needs the first time
        yield lap


@asynccontextmanager
async def deleted(blocks: int, what: str) -> AsyncIterator[DoLap]:
    """Deleting everything, or taking that back, to the next frame."""

    async def lap() -> Lap:
        begun = process_time()
        stage.bench.do(*map(RemoveBlock, stage.bench.flow.blocks))
        stage.repaint()
        gone = process_time()
        stage.bench.undo()
        stage.repaint()
        done = process_time()
        return Lap(gone - begun if what == "delete" else done - gone, blocks)

    with studio() as there:
        stage = Ours(flow_of(blocks), there)
        yield lap
