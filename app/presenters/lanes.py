"""Bars in lanes: one for each block or each agent, beside each other where they overlap."""

from array import array
from collections.abc import Callable
from math import isnan

from runtime.projections.timeline import Timeline

MOST_ROWS = 10
"""Bars of a lane that stand below each other at the most; further ones lie on top of these."""


class Lanes:
    """`take` what a timeline has; then `lane` and `row` have a number for each of its tasks.

    `key` names the lane of a block, `order` sorts the lanes by their names.
    """

    def __init__(self, key: Callable[[str], str], order: Callable[[str], object]) -> None:
        self._key = key
        self._order = order
        self.names: list[str] = []
        """By number of the lane."""
        self.lane = array("I")
        self.row = array("H")
        self.rows: list[int] = []
        """By lane: how many bars stand below each other."""
        self._numbers: dict[str, int] = {}
        self._of_block: list[int] = []
        self._last: list[list[int]] = []
        """By lane and row: the task that stands there last."""

    def take(self, line: Timeline) -> None:
        """Find a place for each task that has none yet."""
        for address in line.blocks[len(self._of_block) :]:
            self._of_block.append(self._lane(self._key(address)))
        for task in range(len(self.lane), len(line.tasks)):
            lane = self._of_block[line.block_of[task]]
            self.lane.append(lane)
            self.row.append(self._row(line, lane, task))

    def sorted(self) -> list[int]:
        """The lanes in the order in which they stand."""
        order, names = self._order, self.names
        return sorted(range(len(names)), key=lambda lane: order(names[lane]))  # type: ignore[arg-type, return-value]

    def _lane(self, name: str) -> int:
        number = self._numbers.setdefault(name, len(self.names))
        if number == len(self.names):
            self.names.append(name)
            self.rows.append(1)
            self._last.append([])
        return number

    def _row(self, line: Timeline, lane: int, task: int) -> int:
        """The first row that is free when the task begins, or the one free soonest."""
        last, start = self._last[lane], line.starts[task]
        for row, before in enumerate(last):
            if line.ends[before] <= start:
                last[row] = task
                return row
        if len(last) < MOST_ROWS:
            last.append(task)
            self.rows[lane] = len(last)
            return len(last) - 1
        soonest = min(range(MOST_ROWS), key=lambda row: _end(line, last[row]))
        last[soonest] = task
        return soonest


def _end(line: Timeline, task: int) -> float:
    ended = line.ends[task]
    return float("inf") if isnan(ended) else ended
