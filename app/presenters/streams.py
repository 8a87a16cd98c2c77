"""What blocks are giving while they still work: kept by task, until the task is over."""

from collections.abc import Iterator, Sequence
from typing import Any

from graph.context import ANEW

LONGEST_STREAM = 2000
"""Items of a stream that are kept for showing."""
MOST_LETTERS = 200_000
"""Letters of a text that are kept for showing: the last ones."""


class Streams:
    """`take` items as they come, `begin` and `end` with the tasks; read `of` a block."""

    def __init__(self) -> None:
        self._by_block: dict[str, dict[str, _Given]] = {}

    def blocks(self) -> Iterator[str]:
        """The blocks that give something at this moment, or did when they failed."""
        yield from self._by_block

    def of(self, block: str) -> Sequence[Any]:
        """What a block has given so far, in the task of it that began first; empty for nothing."""
        given = self._first(block)
        return given.items if given else ()

    def text_of(self, block: str) -> str | None:
        """The text that a block is writing, None when it gives anything else, or nothing."""
        given = self._first(block)
        return given.text if given and given.items else None

    def begin(self, block: str, task: str) -> None:
        """An attempt at a task begins: what an earlier one gave counts no more."""
        if block in self._by_block:
            self._by_block[block].pop(task, None)

    def end(self, block: str, task: str) -> None:
        """A task has its outputs, which hold all that it gave."""
        self.begin(block, task)
        if not self._by_block.get(block, True):
            del self._by_block[block]

    def take(self, block: str, task: str, items: Sequence[Any]) -> None:
        """A task gave these."""
        tasks = self._by_block.setdefault(block, {})
        given = tasks.get(task)
        if given is None:
            given = tasks[task] = _Given()
        for item in items:
            given.take(item)
        given.bound()

    def _first(self, block: str) -> "_Given | None":
        tasks = self._by_block.get(block)
        return next(iter(tasks.values())) if tasks else None


class _Given:
    """What one task gave. The text is kept whole: it is drawn far more often than it grows."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.text: str | None = ""
        """None as soon as anything else was given."""

    def take(self, item: Any) -> None:
        if item == ANEW:
            self.items.clear()
            self.text = ""
            return
        self.items.append(item)
        if self.text is not None:
            self.text = self.text + item if isinstance(item, str) else None

    def bound(self) -> None:
        """Fewer items, and all of a text as long as it isn't too long."""
        if len(self.items) <= LONGEST_STREAM:
            return
        if self.text is not None:
            self.text = self.text[-MOST_LETTERS:]
            self.items[:] = [self.text]
        else:
            del self.items[:-LONGEST_STREAM]
