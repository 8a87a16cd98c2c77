"""Loads what the welcome page does without while nobody waits for it."""

import gc
from collections.abc import Callable, Sequence
from importlib import import_module

from PySide6.QtCore import QObject, QTimer

from app.studio import Studio

MODULES = ("numpy", "app.editor.canvas.node_graph", "app.editor.page")
PAUSE = 20
"""Milliseconds between two steps, for what the person does meanwhile."""


class Warming(QObject):
    """One step after another, each in a turn of the event loop of its own.

    The last one takes all that is there by then, which stays anyhow, out of the garbage
    collector's sight: it would halt the window for a tenth of a second.
    """

    def __init__(self, studio: Studio, last: Callable[[], object]) -> None:
        """`last` is the step after all others but that."""
        super().__init__(studio)
        self._studio = studio
        self._steps: Sequence[Callable[[], object]] = (
            lambda: studio.catalog, *(_importing(name) for name in MODULES), last, gc.freeze
        )  # fmt: skip

    def begin(self) -> None:
        """Take the first step soon."""
        QTimer.singleShot(PAUSE, self, self._step)

    def _step(self) -> None:
        first, *self._steps = self._steps
        first()
        if self._steps:
            QTimer.singleShot(PAUSE, self, self._step)


def _importing(name: str) -> Callable[[], object]:
    return lambda: import_module(name)
