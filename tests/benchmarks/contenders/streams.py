"""First words: from a model's server sending one until the window shows it, or a client has it."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from graph.flow import Block, Flow, View
from tests.benchmarks.lane import DoLap, Lap
from tests.servers.models import NOW, Models, Received, Said

ANSWERS = 21
"""Answers a lap, one after the other; the first of them doesn't count."""
TURN = 0.1
"""Seconds until a model says its first word."""
WORD = 0.05
"""Seconds between two words."""
PATIENCE = 120_000
"""Milliseconds after which a lap counts as lost."""
COLUMNS, ACROSS, DOWN = 9, 215.0, 145.0
"""How the blocks stand: close enough to be read all at once."""
HEAPS, HIGHER = 4, 4.0
"""Those that ask one after the other lie on heaps."""


def said(received: Received) -> Said | None:
    """One who talks on and on, or a few words, of which the first is the time they are sent at.

    Any other answers at once.
    """
    if received.model == "talker":
        return Said("one two three four five six seven eight nine ten", endless=True, every=WORD)
    if received.model == "speaker":
        return Said(f"{NOW} is when this was said", after=TURN, every=WORD)
    return None


@contextmanager
def speaking() -> Iterator[str]:
    """Where a server of models is, in a process of its own."""
    words = [sys.executable, "-m", "tests.benchmarks.contenders.streams"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}/v1"
        finally:
            server.terminate()


def since(text: str) -> float:
    """Seconds since the first word of a text was sent."""
    return time.time() - float(text.partition(" ")[0])


def lap_of(took: list[float], **notes: float) -> Lap:
    """What is told of a lap: within what time half of the words were there, and 95 of 100."""
    ordered = sorted(took)
    notes["median_ms"] = median(ordered) * 1e3
    notes["p95_ms"] = ordered[max(0, round(len(ordered) * 0.95) - 1)] * 1e3
    return Lap(sum(ordered), len(ordered), notes)


# The bare client.


@asynccontextmanager
async def bare(talkers: int) -> AsyncIterator[DoLap]:
    """The same answers read by OpenAI's client, which so many others are heard by meanwhile."""
    import openai

    with speaking() as url:
        async with openai.AsyncOpenAI(api_key="k", base_url=url, timeout=120.0) as client:

            async def listen(model: str) -> AsyncIterator[tuple[float, str]]:
                stream = await client.chat.completions.create(
                    model=model, messages=[{"role": "user", "content": "Go on"}], stream=True
                )
                async for chunk in stream:
                    if text := chunk.choices[0].delta.content:
                        yield time.time(), text

            async def crowd() -> None:
                async for _ in listen("talker"):
                    pass

            async def lap() -> Lap:
                talking = [asyncio.create_task(crowd()) for _ in range(talkers)]
                took = []
                for _ in range(ANSWERS):
                    heard = [piece async for piece in listen("speaker")]
                    took.append(heard[0][0] - float(heard[0][1]))
                for task in talking:
                    task.cancel()
                await asyncio.gather(*talking, return_exceptions=True)
                return lap_of(took[1:])

            yield lap


# The window.


def drawn(talkers: int) -> Flow:
    """Chat blocks that ask one after the other, and so many beside them that talk all the time."""
    asks = {"prompt": "Go on", "most_tokens": 100_000}
    chain = [f"b{n}" for n in range(ANSWERS)]
    crowd = [f"c{n}" for n in range(talkers)]
    made = [Block(id, "ai.chat", {**asks, "model": "local/speaker"}) for id in chain]
    made += [Block(id, "ai.chat", {**asks, "model": "local/talker"}) for id in crowd]
    links = [(f"{before}.text", f"{after}.before") for before, after in pairwise(chain)]
    places = {id: place(n) for n, id in enumerate(crowd)}
    places |= {id: place(talkers + n % HEAPS, n // HEAPS * HIGHER) for n, id in enumerate(chain)}
    return Flow.of(made, links, view=View(positions=places))


def place(number: int, lower: float = 0.0) -> tuple[float, float]:
    return number % COLUMNS * ACROSS, number // COLUMNS * DOWN + lower


@asynccontextmanager
async def window(talkers: int) -> AsyncIterator[DoLap]:
    """The whole window with a runtime of its own, on whose blocks the answers are written."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as home, speaking() as url:
        connected(Path(home), url)
        reader = Reader(home, talkers)
        yield reader.lap
        reader.window.studio.bridge.close()


def connected(home: Path, url: str) -> None:
    """Have a person connected the server of models, and agreed to it."""
    from runtime.connections.connections import Connections
    from runtime.connections.contents import Draft
    from runtime.plugins import installed

    fields = {"base_url": url}
    book = Connections(home, installed().connectable, prefer="vault")
    book.put(Draft(name="local", kind="openai_compatible", fields=fields))
    book.agree("local", fields)


class Reader:
    """Looks at the flow while it runs, and notes when each first word is there."""

    def __init__(self, home: str, talkers: int) -> None:
        from PySide6.QtCore import QEventLoop

        from app.document import Document
        from app.editor.canvas.canvas import Canvas
        from app.start import application, build
        from app.workbench import Workbench
        from runtime.settings import Settings

        application()
        self.talkers = talkers
        self.loop = QEventLoop()
        self.seen: dict[str, float] = {}
        self.heard: dict[str, float] = {}
        self.window = build(Settings(home=home, database_url="memory:"))
        self.studio = self.window.studio
        self.studio.bridge.happened.connect(self.note)
        self.bench = Workbench(Document(drawn(talkers)), self.studio.catalog)
        self.studio.workspace.add(self.bench)
        self.window.resize(1920, 1080)
        self.window.show()
        self.canvas = self.window.findChild(Canvas)
        self.canvas.overlay.append(lambda _: self.look())

    def note(self, events: Any) -> None:
        """What the window hears of, whether it shows it or not."""
        from runtime.events import TaskStreamed

        for event in events:
            is_first = type(event) is TaskStreamed and event.task not in self.heard
            if is_first and event.task.startswith("b"):
                self.heard[event.task] = since(event.items[0])

    def look(self) -> None:
        """What blocks write has just been drawn; or all that they wrote, had they ended before."""
        live = self.bench.live
        if live is None:
            return
        for id in self.heard.keys() - self.seen.keys():
            text = live.streams.text_of(id) or live.outputs(id).get("text")
            if text and self.is_in_view(id):
                self.seen[id] = since(text)
        self.loop.quit()

    def is_in_view(self, id: str) -> bool:
        """Whether what a block writes can be read."""
        from app.editor.canvas.drawing import NEAR

        return self.canvas.zoom >= NEAR and self.canvas.area().contains(self.canvas.shapes.rect(id))

    async def lap(self) -> Lap:
        """A run, until the first words of all answers were seen."""
        self.seen.clear()
        self.heard.clear()
        self.studio.runs.start(self.bench, {}, None, "")
        self.wait(lambda: len(self.seen) == ANSWERS)
        live = self.bench.live
        assert live is not None
        talking = sum(id.startswith("c") for id in live.streams.blocks())
        assert talking == self.talkers, f"{talking} talked"
        self.studio.runs.cancel(live.run)
        self.wait(lambda: live.is_over)
        heard = median(list(self.heard.values())[1:]) * 1e3
        return lap_of(list(self.seen.values())[1:], heard_ms=heard)

    def wait(self, happened: Callable[[], bool]) -> None:
        """Let the window live until something has happened."""
        from PySide6.QtCore import QTimer

        lost = QTimer(self.window, singleShot=True, interval=PATIENCE)
        lost.timeout.connect(self.loop.quit)
        lost.start()
        while not happened() and lost.isActive():
            self.loop.exec()
        lost.stop()
        assert happened(), f"{len(self.seen)} of {ANSWERS} answers were seen"


if __name__ == "__main__":
    server = Models()
    server.says = said
    asyncio.run(server.serve(lambda port: print(port, flush=True)))
