"""How much is kept of the writes of one sync that wait, however many are for one row."""

from collections import deque
from typing import NamedTuple

PART = 2**20
"""Bytes after which another part begins."""


class Part(NamedTuple):
    """Writes that follow each other: the number of the last, and the bytes of all."""

    last: int
    size: int


class Backlog:
    """The bytes of the writes that wait, counted by parts: those of a part that is written in
    part still count, which is at most a PART and one write too much.
    """

    def __init__(self) -> None:
        self._parts = deque[Part]()
        self.size = 0

    def add(self, number: int, size: int) -> None:
        """One more write, of a higher number than any before."""
        self.size += size
        before = self._parts.pop().size if self._parts and self._parts[-1].size < PART else 0
        self._parts.append(Part(number, before + size))

    def written(self, number: int) -> None:
        """Writes up to that number wait no more."""
        while self._parts and self._parts[0].last <= number:
            self.size -= self._parts.popleft().size
