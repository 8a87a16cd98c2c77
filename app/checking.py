"""Finds the problems of large flows on a thread of its own, so that nobody waits for them."""

from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QObject, Signal

from graph.catalog import Catalog
from graph.compile.checks import check
from graph.errors import Problem
from graph.flow import Flow

MANY = 1000
"""Blocks from which on a flow is checked apart."""


class Checker(QObject):
    """Checks one flow after another; what is no longer wanted is dropped."""

    found = Signal(tuple)
    """The problems of the flow that was asked for last."""
    _came = Signal(int, tuple)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool: ThreadPoolExecutor | None = None
        self._wanted = 0
        self._came.connect(self._take)

    def ask(self, flow: Flow, catalog: Catalog) -> None:
        """Check a flow; `found` tells, unless another is asked for before."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, "checks")
        self.drop()
        self._pool.submit(self._check, self._wanted, flow, catalog)

    def drop(self) -> None:
        """Want nothing of what was asked for."""
        self._wanted += 1

    def close(self) -> None:
        """Wait for what is under way, and end."""
        self.drop()
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _check(self, number: int, flow: Flow, catalog: Catalog) -> None:
        if number == self._wanted:
            self._came.emit(number, tuple(check(flow, catalog)))

    def _take(self, number: int, problems: tuple[Problem, ...]) -> None:
        if number == self._wanted:
            self.found.emit(problems)


def is_large(flow: Flow) -> bool:
    """Whether a flow, with all in it, has many blocks."""
    count, waiting = 0, [flow]
    while waiting and count <= MANY:
        inner = waiting.pop()
        count += len(inner.blocks)
        waiting.extend(inner.flows.values())
    return count > MANY
