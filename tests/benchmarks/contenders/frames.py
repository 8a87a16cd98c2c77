"""What is timed of a canvas: frames of a gesture at a level of zoom, in CPU time."""

import os
import statistics
from collections.abc import Callable
from time import process_time
from typing import Protocol

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtWidgets import QApplication

from tests.benchmarks.lane import DoLap, Lap

WIDTH, HEIGHT = 1280, 800
LEVELS = {"double": 2.0, "full": 1.0, "half": 0.5, "quarter": 0.25, "all": 0.0}
"""The zoom of each level; "all" shows the whole flow, as far as one can zoom out."""
NEWS = 50
"""Blocks that change their state from one frame to the next."""


class Stage(Protocol):
    """A canvas on which a flow is shown."""

    def look(self, zoom: float) -> None:
        """Show the middle of the flow at that zoom; 0 shows all of it."""

    def pan(self, across: int, down: int) -> None:
        """Move by pixels."""

    def zoom(self, factor: float) -> None:
        """Zoom around the middle."""

    def news(self, turn: int) -> None:
        """Let NEWS blocks change their state."""

    def repaint(self) -> None:
        """Draw a frame, now."""


def application() -> QApplication:
    """The Qt application of this process."""
    found = QApplication.instance()
    return found if isinstance(found, QApplication) else QApplication([])


def moving(stage: Stage, gesture: str, level: str, frames: int) -> DoLap:
    """A lap of frames of a gesture, which goes forth and back."""
    steps: dict[str, Callable[[int], None]] = {
        "pan": lambda turn: stage.pan(*((9, 5) if turn % 20 < 10 else (-9, -5))),
        "zoom": lambda turn: stage.zoom(1.04 if turn % 10 < 5 else 1 / 1.04),
        "news": stage.news,
    }
    step = steps[gesture]
    # A little off the level, so that zooming doesn't cross a border between two ways to draw.
    zoom = LEVELS[level] * (1.04**-2 if gesture == "zoom" else 1.0)

    async def lap() -> Lap:
        stage.look(zoom)
        stage.repaint()
        application().processEvents()
        times = [_timed(stage, step, turn) for turn in range(frames)]
        ordered = sorted(times)
        notes = {
            "median": statistics.median(times) * 1e3,
            "p95": ordered[max(0, round(len(ordered) * 0.95) - 1)] * 1e3,
        }
        return Lap(sum(times), frames, notes)

    return lap


def _timed(stage: Stage, step: Callable[[int], None], turn: int) -> float:
    begun = process_time()
    step(turn)
    stage.repaint()
    return process_time() - begun
