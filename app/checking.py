"""Finds the problems of large flows on a thread of its own, so that nobody waits for them."""

from PySide6.QtCore import QObject, Signal

from app.beside import Beside
from graph.catalog import Catalog
from graph.compile.checks import check
from graph.flow import Flow

MANY = 1000
"""Blocks from which on a flow is checked apart."""


class Checker(QObject):
    """Checks one flow after another; what is no longer wanted is dropped."""

    found = Signal(tuple)
    """The problems of the flow that was asked for last."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._beside = Beside("checks", self)
        self._beside.found.connect(self._tell)

    def ask(self, flow: Flow, catalog: Catalog) -> None:
        """Check a flow; `found` tells, unless another is asked for before."""
        self._beside.ask(lambda: tuple(check(flow, catalog)))

    def drop(self) -> None:
        """Want nothing of what was asked for."""
        self._beside.drop()

    def close(self) -> None:
        """Wait for what is under way, and end."""
        self._beside.close()

    def _tell(self, problems: object) -> None:
        assert isinstance(problems, tuple), "that is what was asked for"
        self.found.emit(problems)


def is_large(flow: Flow) -> bool:
    """Whether a flow, with all in it, has many blocks."""
    count, waiting = 0, [flow]
    while waiting and count <= MANY:
        inner = waiting.pop()
        count += len(inner.blocks)
        waiting.extend(inner.flows.values())
    return count > MANY
