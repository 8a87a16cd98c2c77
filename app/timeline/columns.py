"""Bars as columns of numbers, and those of them that a picture of some width needs."""

from collections.abc import Iterator, Sequence
from math import isnan
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from app.presenters.lanes import Lanes
from app.presenters.time_scale import Span
from runtime.projections.critical_path import Step
from runtime.projections.timeline import Kind, Timeline

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]

THIN = 2.0
"""Pixels under which a bar is drawn as a stroke, together with its neighbours."""

KINDS: tuple[Kind, ...] = ("tried", "wait", "doubt", "asked", "held", "gone")


class Columns(NamedTuple):
    """Seconds since the run began, what kind of bar it is, and in which line it stands."""

    starts: Floats
    ends: Floats
    kinds: Numbers
    lines: Numbers

    def only(self, chosen: npt.NDArray[Any]) -> "Columns":
        """Some of them."""
        return Columns(*(column[chosen] for column in self))


class Placed(NamedTuple):
    """Bars of one kind in a picture: where they begin, how wide they are, in pixels."""

    kind: int
    x: Floats
    width: Floats
    lines: Numbers


def of_tasks(line: Timeline, lanes: Lanes, firsts: Numbers) -> Columns:
    """A bar for each task; `firsts` has the number of the first line of each lane."""
    ends = _floats(line.ends)
    ends = np.where(np.isnan(ends), line.seen, ends)
    lines = firsts[_numbers(lanes.lane)] + _numbers(lanes.row)
    return Columns(_floats(line.starts) - line.began, ends - line.began,
                   _numbers(line.states), lines)  # fmt: skip


def of_parts(line: Timeline, tasks: Columns) -> Columns:
    """A bar for each part in which a task got nowhere; kinds are places in `KINDS`."""
    parts = line.parts
    ends = (line.seen if isnan(part.until) else part.until for part in parts)
    return Columns(
        np.fromiter((part.since for part in parts), float, len(parts)) - line.began,
        np.fromiter(ends, float, len(parts)) - line.began,
        np.fromiter((KINDS.index(part.kind) for part in parts), np.intp, len(parts)),
        tasks.lines[np.fromiter((part.task for part in parts), np.intp, len(parts))],
    )


def of_path(line: Timeline, tasks: Columns, path: Sequence[Step]) -> Columns:
    """A bar for each step of the critical path."""
    count = len(path)
    numbers = np.fromiter((step.task for step in path), np.intp, count)
    return Columns(
        np.fromiter((step.since for step in path), float, count) - line.began,
        np.fromiter((step.until for step in path), float, count) - line.began,
        np.zeros(count, np.intp),
        tasks.lines[numbers],
    )


def of_blocks(line: Timeline, tasks: Columns, addresses: Sequence[str]) -> Columns:
    """The bars of some blocks."""
    known = [number for number, block in enumerate(line.blocks) if block in addresses]
    return tasks.only(np.isin(_numbers(line.block_of), known))


def placed(
    columns: Columns, span: Span, width: int, lines: tuple[int, int], ranks: Sequence[int]
) -> Iterator[Placed]:
    """What is drawn of the bars in some lines, kind by kind in the order of `ranks`.

    Bars too thin to be seen are put together pixel by pixel; of several in one pixel the kind
    that comes last in `ranks` is seen. So there are never more than a picture has room for.
    """
    first, past = lines
    x0 = (columns.starts - span.left) / span.pixel
    x1 = (columns.ends - span.left) / span.pixel
    seen = (columns.lines >= first) & (columns.lines < past) & (x1 >= 0.0) & (x0 < width)
    wide = seen & (x1 - x0 >= THIN)
    yield from _wide(columns, x0, x1, wide, width, ranks)
    yield from _strokes(columns, x0, seen & ~wide, width, lines, ranks)


def _wide(
    columns: Columns, x0: Floats, x1: Floats, wide: npt.NDArray[np.bool_], width: int,
    ranks: Sequence[int],
) -> Iterator[Placed]:  # fmt: skip
    chosen = np.flatnonzero(wide)
    kinds, lines = columns.kinds[chosen], columns.lines[chosen]
    left = np.maximum(x0[chosen], -4.0)
    right = np.minimum(x1[chosen], width + 4.0)
    for kind in ranks:
        own = kinds == kind
        if own.any():
            yield Placed(kind, left[own], right[own] - left[own], lines[own])


def _strokes(
    columns: Columns, x0: Floats, thin: npt.NDArray[np.bool_], width: int,
    lines: tuple[int, int], ranks: Sequence[int],
) -> Iterator[Placed]:  # fmt: skip
    chosen = np.flatnonzero(thin)
    if not len(chosen):
        return
    first, past = lines
    cells = (columns.lines[chosen] - first) * width + np.maximum(x0[chosen], 0.0).astype(np.intp)
    kinds = columns.kinds[chosen]
    grid = np.zeros((past - first) * width, np.uint8)
    for rank, kind in enumerate(ranks, 1):
        grid[cells[kinds == kind]] = rank
    yield from _runs(grid.reshape(past - first, width), first, ranks)


def _runs(grid: npt.NDArray[np.uint8], first: int, ranks: Sequence[int]) -> Iterator[Placed]:
    """Neighbouring pixels of one kind as one bar."""
    edged = np.zeros((grid.shape[0], grid.shape[1] + 2), np.uint8)
    edged[:, 1:-1] = grid
    lines, places = np.nonzero(np.diff(edged, axis=1))
    kinds = edged[lines, places + 1]
    ends = np.r_[places[1:], 0]
    for rank, kind in enumerate(ranks, 1):
        own = kinds == rank
        if own.any():
            x = places[own].astype(float)
            yield Placed(kind, x, ends[own] - x, lines[own] + first)


def _floats(column: Any) -> Floats:
    return np.array(column, np.float64)


def _numbers(column: Any) -> Numbers:
    return np.array(column, np.intp)
