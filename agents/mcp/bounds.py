"""How much a server may say unasked, and how long one message may be."""

import time
from collections.abc import Callable

LARGEST = 16 * 1024 * 1024
"""Bytes of one message."""

AT_ONCE = 2_000
A_SECOND = 200.0
"""Messages a server may send in a burst, and for long."""

BABBLE = 100
"""Lines that are no messages: some programs greet on the wrong stream."""


class Bounds:
    """Counts what comes from one server; `broken` says which bound it broke, "" for none."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.broken = ""
        self.babble = ""
        """The first that was said and is no message."""
        self.ended = False
        """Whether the server has said its last."""
        self._clock = clock
        self._lines = 0
        self._left = float(AT_ONCE)
        self._at = clock()

    def heard(self) -> None:
        """A message came."""
        now = self._clock()
        self._left = min(AT_ONCE, self._left + (now - self._at) * A_SECOND) - 1
        self._at = now
        if self._left < 0:
            self.broken = "it floods: it sends far more messages than anybody asked for"

    def babbled(self, line: bytes) -> None:
        """Something came that is no message."""
        self._lines += 1
        self.babble = self.babble or line[:200].decode(errors="replace").strip()
        if self._lines > BABBLE:
            self.broken = f"what it says is not the protocol: {self.babble[:80]!r}"

    def too_large(self) -> None:
        """A message came that is too long to be read."""
        self.broken = f"it sent a message of more than {LARGEST // 1024**2} MB"
