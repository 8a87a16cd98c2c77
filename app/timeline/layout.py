"""Where the lanes stand below each other, and which of them, and which bar, is at a place."""

from typing import NamedTuple

import numpy as np

from app.presenters.lanes import Lanes
from app.presenters.time_scale import Span
from app.timeline.columns import Columns, Floats, Numbers

NEAR = 3.0
"""Pixels beside a bar that still mean it."""


class Sizes(NamedTuple):
    """Heights in pixels of a lane with one bar or several below each other."""

    around: int = 4
    alone: int = 12
    many: int = 6
    between: int = 2


SIZES = Sizes()


class Lane(NamedTuple):
    """One lane: its name, where it is, and its first line of bars."""

    name: str
    y: int
    height: int
    line: int
    lines: int


class Layout:
    """Of one state of a record; pixels count from the upper edge of the first lane."""

    def __init__(self, lanes: Lanes) -> None:
        self.lanes: list[Lane] = []
        self.firsts: Numbers = np.zeros(len(lanes.names), np.intp)
        y = line = 0
        tops, heights = list[int](), list[int]()
        for number in lanes.sorted():
            rows = lanes.rows[number]
            height = _height(rows)
            self.firsts[number] = line
            self.lanes.append(Lane(lanes.names[number], y, height, line, rows))
            bar = SIZES.alone if rows == 1 else SIZES.many
            tops += [y + SIZES.around + row * (bar + SIZES.between) for row in range(rows)]
            heights += [bar] * rows
            y, line = y + height, line + rows
        self.height = y
        self.tops: Floats = np.array(tops, float)
        """By line: its upper edge."""
        self.heights: Floats = np.array(heights, float)

    def lines_in(self, top: float, bottom: float) -> tuple[int, int]:
        """The lines that touch a stretch: the first, and the one after the last."""
        first = int(np.searchsorted(self.tops + self.heights, top))
        past = int(np.searchsorted(self.tops, bottom))
        return first, max(first, past)

    def lanes_in(self, top: float, bottom: float) -> list[Lane]:
        """The lanes that touch a stretch."""
        return [lane for lane in self.lanes if lane.y < bottom and lane.y + lane.height > top]

    def lane_at(self, y: float) -> int:
        """The place of the lane there, -1 when there is none."""
        tops = [lane.y for lane in self.lanes]
        found = int(np.searchsorted(tops, y, side="right")) - 1
        return found if found >= 0 and y < self.height else -1

    def task_at(self, tasks: Columns, span: Span, x: float, y: float) -> int:
        """The task whose bar is there, -1 when there is none; of several the shortest."""
        line = int(np.searchsorted(self.tops, y, side="right")) - 1
        if line < 0 or y > self.tops[line] + self.heights[line] + SIZES.between:
            return -1
        near = NEAR * span.pixel
        time = span.time_at(x)
        found = np.flatnonzero(
            (tasks.lines == line) & (tasks.starts - near <= time) & (tasks.ends + near >= time)
        )
        if not len(found):
            return -1
        away = np.maximum(0.0, np.maximum(tasks.starts[found] - time, time - tasks.ends[found]))
        lengths = tasks.ends[found] - tasks.starts[found]
        return int(found[np.lexsort((lengths, away))[0]])


def _height(rows: int) -> int:
    bar = SIZES.alone if rows == 1 else SIZES.many
    return 2 * SIZES.around + rows * bar + (rows - 1) * SIZES.between
