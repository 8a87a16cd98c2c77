"""How fast a system that said "too many requests" is asked from then on."""

import math

FEWEST = 1.0

SHORTEST = 0.25
LONGEST = 30.0
"""Seconds of quiet even when less is asked for ("0" is common, and comes again at once): the
shortest at first, twice as long each time nothing has worked since the last."""


class Pace:
    """Nobody asks until the time that was named is over, then half as many at once as before.

    With every call that works, one more may go at once after each round: additive increase,
    multiplicative decrease, as networks share a line whose width nobody told them.
    """

    def __init__(self) -> None:
        self.quiet_until = -math.inf
        self.at_once = math.inf
        self._usual = math.inf
        self._least = SHORTEST

    def throttled(self, now: float, wait: float, under_way: int) -> None:
        """The system asked for `wait` seconds of quiet while so many calls were under way."""
        # All that are under way are told the same: they are one reason to go slower, not many.
        if now >= self.quiet_until:
            self._usual = max(self._usual, float(under_way)) if self.slow else float(under_way)
            self.at_once = max(FEWEST, min(self.at_once, under_way) / 2)
            wait = max(wait, self._least)
            self._least = min(2 * self._least, LONGEST)
        self.quiet_until = max(self.quiet_until, now + wait)

    def worked(self) -> None:
        """A call worked: a little faster, and as fast as ever once that is what it comes to."""
        self._least = SHORTEST
        if self.slow:
            self.at_once += 1 / self.at_once
            if self.at_once >= self._usual:
                self.at_once = math.inf

    @property
    def slow(self) -> bool:
        """Whether fewer calls than usual may go at once."""
        return self.at_once < math.inf
