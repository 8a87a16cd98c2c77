"""The calls that shares are worked out of: the last so many, or those of the last seconds."""

from collections import deque
from typing import NamedTuple, Protocol


class Tally(NamedTuple):
    """Calls, and how many of them failed or were slow."""

    calls: int
    failed: int
    slow: int


class Window(Protocol):
    """Forgets by itself what is no longer in it."""

    def add(self, now: float, /, *, failed: bool, slow: bool) -> Tally:
        """What is in the window once this call is."""
        ...


class LastCalls:
    """The last `size` calls."""

    def __init__(self, size: int) -> None:
        self._calls = deque[tuple[bool, bool]]()
        self._size = size
        self._failed = 0
        self._slow = 0

    def add(self, _: float, *, failed: bool, slow: bool) -> Tally:
        if len(self._calls) == self._size:
            gone_failed, gone_slow = self._calls.popleft()
            self._failed -= gone_failed
            self._slow -= gone_slow
        self._calls.append((failed, slow))
        self._failed += failed
        self._slow += slow
        return Tally(len(self._calls), self._failed, self._slow)


PARTS = 10
"""A window of time moves on by a tenth of itself, so it needs no more memory than that."""


class LastSeconds:
    """The calls of the last `seconds`, exact to a tenth of it."""

    def __init__(self, seconds: float) -> None:
        self._width = seconds / PARTS
        self._parts = deque[tuple[int, Tally]](maxlen=PARTS)

    def add(self, now: float, *, failed: bool, slow: bool) -> Tally:
        part = int(now / self._width)
        while self._parts and self._parts[0][0] <= part - PARTS:
            self._parts.popleft()
        begun = Tally(0, 0, 0)
        if self._parts and self._parts[-1][0] == part:
            begun = self._parts.pop()[1]
        self._parts.append((part, Tally(begun.calls + 1, begun.failed + failed, begun.slow + slow)))
        tallies = [tally for _, tally in self._parts]
        return Tally(*(sum(column) for column in zip(*tallies, strict=True)))
