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
        self._by_block: dict[str, dict[str, list[Any]]] = {}

    def blocks(self) -> Iterator[str]:
        """The blocks that give something at this moment, or did when they failed."""
        yield from self._by_block

    def of(self, block: str) -> Sequence[Any]:
        """What a block has given so far, in the task of it that began first; empty for nothing."""
        tasks = self._by_block.get(block)
        return next(iter(tasks.values())) if tasks else ()

    def text_of(self, block: str) -> str | None:
        """The text that a block is writing, None when it gives anything else, or nothing."""
        items = self.of(block)
        if not items or not all(isinstance(item, str) for item in items):
            return None
        return "".join(items)

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
        kept = self._by_block.setdefault(block, {}).setdefault(task, [])
        for item in items:
            if item == ANEW:
                kept.clear()
            else:
                kept.append(item)
        if len(kept) > LONGEST_STREAM:
            _bound(kept)


def _bound(kept: list[Any]) -> None:
    """Fewer items, and all of a text as long as it isn't too long."""
    if all(isinstance(item, str) for item in kept):
        kept[:] = ["".join(kept)[-MOST_LETTERS:]]
    else:
        del kept[:-LONGEST_STREAM]
