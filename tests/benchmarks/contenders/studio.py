"""The studio's window: opened, and kept at 60 frames while events rain."""

import asyncio
import gc
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from time import perf_counter, process_time, thread_time
from typing import Any

from agents.contract import Grants
from runtime.events import AnyEvent, RunStarted, TaskFinished, TaskStarted
from runtime.journal.memory import MemoryJournal
from runtime.services.control import control
from runtime.services.server import Listening, serving
from tests.benchmarks.canvases import flow_of
from tests.benchmarks.contenders.engine import runtime_on
from tests.benchmarks.lane import DoLap, Lap

BLOCKS = 1000
RUN = "rain"
LASTS = 3.0
"""Seconds of a lap."""

WINDOW = """
import os, sys, tempfile
import main
from app.start import build, application
from runtime.settings import Settings
app = application()
window = build(Settings(home=tempfile.mkdtemp()))
window.seen.connect(lambda: os.write(1, b"seen") and os._exit(0))
window.show()
app.exec()
"""

BARE = """
import os, sys
import app.editor.canvas.canvas
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, self, lambda: os.write(1, b"seen") and os._exit(0))
app = QApplication([])
window = Window()
window.resize(1400, 860)
window.show()
app.exec()
"""


@asynccontextmanager
async def studio() -> AsyncIterator[DoLap]:
    """The studio's window."""
    yield until_seen(WINDOW)


@asynccontextmanager
async def bare_window() -> AsyncIterator[DoLap]:
    """An empty window, the canvas imported."""
    yield until_seen(BARE)


def until_seen(program: str) -> DoLap:
    """A lap that starts the program and waits for its word."""

    async def lap() -> Lap:
        begun = perf_counter()
        ran = subprocess.run(  # noqa: ASYNC221 - nothing else is to be done meanwhile
            [sys.executable, "-c", program],
            stdout=subprocess.PIPE,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            check=True,
        )
        seconds = perf_counter() - begun
        assert ran.stdout == b"seen"
        return Lap(seconds, 1)

    return lap


# Events that rain.


@asynccontextmanager
async def watching(rate: int, burners: int) -> AsyncIterator[DoLap]:
    """The whole window, following a run in which so many events happen a second."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with ExitStack() as stack:
        told = stack.enter_context(raining(rate))
        for _ in range(burners):
            stack.enter_context(burning())
        home = stack.enter_context(tempfile.TemporaryDirectory())
        yield in_window(told, home)


def in_window(told: dict[str, str], home: str) -> DoLap:
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    from app.bridge.process import Place
    from app.document import Document
    from app.start import application, build
    from app.workbench import Workbench
    from runtime.settings import Settings

    application()
    window = build(Settings(home=home))
    bench = Workbench(Document(flow_of(BLOCKS)), window.studio.catalog)
    window.studio.workspace.add(bench)
    window.show()
    window.studio.bridge.connect_to(Place(told["address"], told["token"]))
    live = window.studio.runs.watching.follow(RUN, bench)
    loop, gaps, last = QEventLoop(), list[tuple[float, float]](), [0.0, 0.0]

    def tick() -> None:
        now, busy = perf_counter(), thread_time()
        gaps.append((now - last[0], busy - last[1]))
        last[:] = now, busy

    timer = QTimer(interval=4, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)

    def turn(seconds: float) -> None:
        QTimer.singleShot(int(seconds * 1000), loop, loop.quit)
        loop.exec()

    async def lap() -> Lap:
        while window.studio.bridge.state != "elsewhere":
            turn(0.1)
            gc.freeze()  # as the studio does
        turn(0.3)
        gaps.clear()
        before, cpu, begun = live.view.events, process_time(), perf_counter()
        last[:] = begun, thread_time()
        timer.start()
        turn(LASTS)
        timer.stop()
        seconds = perf_counter() - begun
        at = int(len(gaps) * 0.99)
        notes = {
            "gap_p99_ms": sorted(gap for gap, _ in gaps)[at] * 1000,
            "busy_p99_ms": sorted(busy for _, busy in gaps)[at] * 1000,
            "events_per_second": (live.view.events - before) / seconds,
            "gui_cpu": (process_time() - cpu) / seconds,
        }
        return Lap(seconds, 1, notes)

    return lap


@contextmanager
def raining(rate: int) -> Iterator[dict[str, str]]:
    """A runtime in a process of its own, standing back as the studio's own does."""
    words = [sys.executable, "-m", "tests.benchmarks.contenders.studio", str(rate)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield json.loads(server.stdout.readline())
        finally:
            server.terminate()


@contextmanager
def burning() -> Iterator[None]:
    """A process that does nothing but work, as a block's process would."""
    words = [sys.executable, "-c", "import os; os.nice(5)\nwhile True: pass"]
    with subprocess.Popen(words) as burner:
        try:
            yield
        finally:
            burner.kill()


async def rain(rate: int) -> None:
    """Let events happen at an even rate, whoever watches."""
    os.nice(5)
    token, listening = secrets.token_hex(), Listening("127.0.0.1", 0)
    async with runtime_on(MemoryJournal()) as runtime:
        app: Any = control(runtime, Grants(folder="."))
        async with serving(app, listening, token) as ending:
            print(json.dumps({"address": listening.address, "token": token}), flush=True)
            await asyncio.wait(
                [asyncio.create_task(pour(runtime, rate)), asyncio.create_task(ending.wait())],
                return_when=asyncio.FIRST_COMPLETED,
            )


async def pour(runtime: Any, rate: int) -> None:
    """Batches of events as a runtime publishes them, every five milliseconds."""
    seq, sent, begun = 1, 0, perf_counter()
    runtime._hub.publish([RunStarted(RUN, seq, 0.0, "f")])
    while True:
        due = min(int((perf_counter() - begun) * rate) - sent, rate // 10)
        batch: list[AnyEvent] = []
        for _ in range(due // 2):
            task = f"b{seq // 2 % BLOCKS}"
            batch += (
                TaskStarted(RUN, seq + 1, 1.0, task),
                TaskFinished(RUN, seq + 2, 1.1, task, 1.0, {"value": seq}),
            )
            seq += 2
        sent += due
        if batch:
            runtime._hub.publish(batch)
        await asyncio.sleep(0.005)


if __name__ == "__main__":
    asyncio.run(rain(int(sys.argv[1])))
