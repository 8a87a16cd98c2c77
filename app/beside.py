"""Works things out beside the window, one after the other, so that nobody waits for them."""

import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue

from PySide6.QtCore import QObject, Signal

Work = Callable[[], object]


class Beside(QObject):
    """A thread of its own, from the first wish on; only the latest wish is of interest."""

    found = Signal(object)
    """What the wish that came last comes to."""
    _came = Signal(int, object)

    def __init__(self, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._name = name
        self._wishes: SimpleQueue[tuple[int, Work] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._wanted = 0
        self._came.connect(self._take)

    def ask(self, work: Work) -> None:
        """Work something out; `found` tells, unless something else is asked for before."""
        self.drop()
        if self._thread is None:  # as a daemon: the end of the program waits for no wish
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        self._wishes.put((self._wanted, work))

    def drop(self) -> None:
        """Want nothing of what was asked for."""
        self._wanted += 1

    def close(self) -> None:
        """Wait for what is under way, and end."""
        self.drop()
        thread, self._thread = self._thread, None
        if thread is not None:
            self._wishes.put(None)
            thread.join()

    def _run(self) -> None:
        while (wish := self._wishes.get()) is not None:
            number, work = wish
            if number == self._wanted:
                found = work()
                with contextlib.suppress(RuntimeError):  # gone, with the window
                    self._came.emit(number, found)

    def _take(self, number: int, found: object) -> None:
        if number == self._wanted:
            self.found.emit(found)
