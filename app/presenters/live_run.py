"""A run as the studio shows it: the fold of its events, and the last values of every block."""

from collections.abc import Iterable, Mapping
from typing import Any

from runtime.events import (
    AnyEvent,
    ScopeClosed,
    ScopeOpened,
    TaskFinished,
    TaskReused,
    TaskStreamed,
    block_of,
)
from runtime.projections.run_view import BlockView, RunView

LONGEST_STREAM = 2000
"""Items of a stream that are kept for showing."""


class LiveRun:
    """`take` events as they come; read `view`, `values` and `streams`, by block address."""

    def __init__(self, run: str = "") -> None:
        self.run = run
        self.view = RunView()
        self.values: dict[str, Mapping[str, Any]] = {}
        """The last outputs of each block, by port."""
        self.rounds: dict[str, dict[str, Mapping[str, Any]]] = {}
        """The outputs of blocks inside loops, by block and then by task (`each[3]/inner`)."""
        self.streams: dict[str, list[Any]] = {}
        self.counts: dict[str, dict[str, int]] = {}
        """How many values left each port of a block."""

    @property
    def is_over(self) -> bool:
        return self.view.over

    def block(self, address: str) -> BlockView | None:
        """How a block stands; None before it came up."""
        return self.view.blocks.get(address)

    def take(self, events: Iterable[AnyEvent]) -> frozenset[str]:
        """Fold events in; gives the addresses of the blocks they are about."""
        touched = set[str]()
        for event in events:
            self.view.after(event)
            task = _task_of(event)
            if not task:
                continue
            address = block_of(task) if "[" in task else task
            touched.add(address)
            if isinstance(event, TaskFinished | TaskReused):
                self._came_out(address, task, event.outputs)
            elif isinstance(event, TaskStreamed):
                stream = self.streams.setdefault(address, [])
                stream.extend(event.items)
                del stream[:-LONGEST_STREAM]
        return frozenset(touched)

    def _came_out(self, address: str, task: str, outputs: Mapping[str, Any]) -> None:
        self.values[address] = outputs
        if task != address:
            self.rounds.setdefault(address, {})[task] = outputs
        counts = self.counts.setdefault(address, {})
        for port in outputs:
            counts[port] = counts.get(port, 0) + 1


def _task_of(event: AnyEvent) -> str:
    """The task an event is about, the loop for one of its rounds; "" when about the whole run."""
    if isinstance(event, ScopeOpened | ScopeClosed):
        return event.scope.rpartition("[")[0]
    return str(getattr(event, "task", ""))
