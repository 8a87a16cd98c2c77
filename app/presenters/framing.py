"""Frames and what stands in them: who moves with a frame, and how one follows its blocks."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from graph.edits import Edit, Position, SetFrame
from graph.flow import Flow, Frame
from graph.layout import Positions, Sizes, bounds
from graph.layout.boxes import Box, box_of

PADDING, HEADING = 24.0, 48.0
"""What a frame drawn around blocks leaves free at its sides, and at its top."""
SMALLEST = 80.0
LEFT, TOP, RIGHT, BOTTOM = 1, 2, 4, 8


def frame_box(frame: Frame) -> Box:
    """The rectangle of a frame."""
    return Box(frame.x, frame.y, frame.x + frame.width, frame.y + frame.height)


def standing_in(frame: Frame, positions: Positions, sizes: Sizes) -> frozenset[str]:
    """The blocks whose middle lies in the frame."""
    area = frame_box(frame)
    middles = ((id, box_of(id, place, sizes).centre) for id, place in positions.items())
    return frozenset(id for id, middle in middles if _holds(area, middle))


def frames_within(frames: Mapping[str, Frame], id: str) -> frozenset[str]:
    """The other frames that lie wholly in that one."""
    outer = frame_box(frames[id])
    return frozenset(
        other for other, frame in frames.items()
        if other != id and _contains(outer, frame_box(frame))
    )  # fmt: skip


class Carried(NamedTuple):
    """What goes along when something is moved or copied."""

    blocks: frozenset[str]
    frames: frozenset[str]


def carried(
    frames: Mapping[str, Frame], blocks: Collection[str], chosen: Collection[str],
    positions: Positions, sizes: Sizes,
) -> Carried:  # fmt: skip
    """These blocks and frames, with the blocks and frames that stand in the frames."""
    every = frozenset(chosen).union(*(frames_within(frames, id) for id in chosen))
    inside = (standing_in(frames[id], positions, sizes) for id in every)
    return Carried(frozenset(blocks).union(*inside), every)


def frame_around(title: str, positions: Positions, sizes: Sizes) -> Frame | None:
    """A frame around these blocks, None around none."""
    inner = bounds(positions, sizes)
    if inner is None:
        return None
    x, y = inner.left - PADDING, inner.top - HEADING
    return Frame(title, x, y, inner.right + PADDING - x, inner.bottom + PADDING - y)


def following(flow: Flow, before: Positions, after: Positions, sizes: Sizes) -> list[Edit]:
    """How frames change when blocks that stood in them come to stand elsewhere."""
    edits = list[Edit]()
    for id, frame in flow.view.frames.items():
        members = standing_in(frame, before, sizes)
        if not members or not any(after[one] != before[one] for one in members):
            continue
        old = bounds({one: before[one] for one in members}, sizes)
        new = bounds({one: after[one] for one in members}, sizes)
        assert old is not None
        assert new is not None
        x, y = new.left - (old.left - frame.x), new.top - (old.top - frame.y)
        right = new.right + frame.x + frame.width - old.right
        bottom = new.bottom + frame.y + frame.height - old.bottom
        edits.append(SetFrame(id, replace(frame, x=x, y=y, width=right - x, height=bottom - y)))
    return edits


def resized(frame: Frame, sides: int, by: Position) -> Frame:
    """The frame with some of its sides moved, never too small.

    `sides` adds up 1 left, 2 top, 4 right, 8 bottom.
    """
    left, top, right, bottom = frame_box(frame)
    if sides & LEFT:
        left = min(left + by[0], right - SMALLEST)
    if sides & TOP:
        top = min(top + by[1], bottom - SMALLEST)
    if sides & RIGHT:
        right = max(right + by[0], left + SMALLEST)
    if sides & BOTTOM:
        bottom = max(bottom + by[1], top + SMALLEST)
    return replace(frame, x=left, y=top, width=right - left, height=bottom - top)


def _holds(area: Box, point: Position) -> bool:
    x, y = point
    return area.left <= x <= area.right and area.top <= y <= area.bottom


def _contains(outer: Box, inner: Box) -> bool:
    return _holds(outer, (inner.left, inner.top)) and _holds(outer, (inner.right, inner.bottom))
