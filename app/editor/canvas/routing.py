"""Leads links around blocks: those that go back, and those that would run behind a card."""

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QRectF

from app.editor.canvas.buffers import Floats, Indices
from app.editor.canvas.curves import SEGMENTS, Course, flattened, led, plain, through
from app.editor.canvas.shapes import Mask, Shapes

ROOM = 16.0
"""How far from a card a link is led past it."""
TURN = 34.0
"""How far to the side a link goes that turns back."""
SLIGHTLY = 60.0
"""A link that goes back no farther than this, to a card well above or below, needs no turn."""
LANES = 3
"""Links past the same card are set apart by this many lanes."""
LANE = 7.0
TRIES = 6


class Routing:
    """The curves of links. Worked out when a link is first seen, kept until something moves."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._moves = -1
        self._seen: set[int] = set()
        self._led: dict[int, Floats] = {}

    def forget(self) -> None:
        """Blocks have moved."""
        self._seen.clear()
        self._led.clear()

    def forget_near(self, moved: list[int], before: Floats) -> None:
        """These blocks have moved; `before` is where all were."""
        if not moved:
            return
        shapes = self._shapes
        stale = np.isin(shapes.sources, moved) | np.isin(shapes.targets, moved)
        for rects in (before[moved], shapes.rects[moved]):
            left, top = rects[:, :2].min(axis=0) - 2 * ROOM
            right, bottom = (rects[:, :2] + rects[:, 2:]).max(axis=0) + 2 * ROOM
            stale |= shapes.links_within(QRectF(left, top, right - left, bottom - top))
        for row in np.nonzero(stale)[0].tolist():
            self._seen.discard(row)
            self._led.pop(row, None)

    def curves(self, row: int) -> Floats:
        """The curves of one link."""
        self.look_at([row])
        found = self._led.get(row)
        return plain(self._shapes.ends[row : row + 1]) if found is None else found

    def led_among(self, rows: Iterable[int]) -> dict[int, Floats]:
        """Those of the links that are led in some way, with their curves."""
        rows = list(rows)
        self.look_at(rows)
        return {row: self._led[row] for row in rows if row in self._led}

    def flattened(self, rows: Indices) -> tuple[Floats, Indices]:
        """The links as lines, and the row of the link that each line belongs to."""
        around = self.led_among(rows.tolist())
        straight = rows[[row not in around for row in rows.tolist()]] if around else rows
        curves = np.concatenate([plain(self._shapes.ends[straight]), *around.values()])
        counts = [len(each) for each in around.values()]
        owners = np.concatenate([straight, np.repeat(np.array([*around], np.intp), counts)])
        return flattened(curves), np.repeat(owners, SEGMENTS)

    def look_at(self, rows: list[int]) -> None:
        """Work out the courses of links that weren't seen yet."""
        if self._moves != self._shapes.moves:
            self.forget()
            self._moves = self._shapes.moves
        new = [row for row in rows if row not in self._seen]
        if not new:
            return
        self._seen.update(new)
        unled = [row for row in new if not self._lead_as_wanted(row)]
        ends = self._shapes.ends[unled]
        across, down = ends[:, 2] - ends[:, 0], np.abs(ends[:, 3] - ends[:, 1])
        back = (across < 8.0) & ((across < -SLIGHTLY) | (down < SLIGHTLY))
        for row in np.array(unled, np.intp)[back].tolist():
            self._led[row] = led(self._back(row))
        self._lead_past(np.array(unled, np.intp)[~back])

    def _lead_as_wanted(self, row: int) -> bool:
        """Lead a link through the points that a person has set."""
        points = self._shapes.route(row)
        if not points:
            return False
        x1, y1, x2, y2 = self._shapes.ends[row].tolist()
        self._led[row] = led(through(np.array([(x1, y1), *points, (x2, y2)], float)))
        return True

    def _back(self, row: int) -> Course:
        """To the right, up or down past both cards, back to the left, and in."""
        shapes = self._shapes
        x1, y1, x2, y2 = shapes.ends[row].tolist()
        lane = self._lane_back(row)
        down1, down2 = np.sign(lane - y1) or 1.0, np.sign(lane - y2) or 1.0
        knots = [
            (x1, y1), (x1 + TURN, (y1 + lane) / 2), (x1, lane),
            (x2, lane), (x2 - TURN, (y2 + lane) / 2), (x2, y2),
        ]  # fmt: skip
        directions = [(1, 0), (0, down1), (-1, 0), (-1, 0), (0, -down2), (1, 0)]
        return Course(np.array(knots, float), np.array(directions, float))

    def _lane_back(self, row: int) -> float:
        """Between the cards where there is room, else past the nearer side of both."""
        shapes = self._shapes
        x1, y1, x2, y2 = shapes.ends[row].tolist()
        both = shapes.rects[[shapes.sources[row], shapes.targets[row]]]
        seen = QRectF(x2, min(y1, y2) - 600, max(x1 - x2, 1.0), abs(y1 - y2) + 1200)
        around = shapes.rects[shapes.within(seen)]
        shift = row % LANES * LANE
        upper, lower = both[np.argsort(both[:, 1])]
        gap = float(lower[1] - upper[1] - upper[3])
        if gap >= 2 * ROOM:
            lane = float(upper[1] + upper[3]) + min(gap / 2, ROOM + shift)
            if not _blocking(around, x2, x1, lane).any():
                return lane
        lanes = [_free_lane(both, around, side, shift + ROOM) for side in (-1, 1)]
        free = [lane for lane in lanes if lane is not None]
        if not free:
            return float(both[:, 1].min()) - 2 * ROOM - shift
        return min(free, key=lambda lane: abs(lane - y1) + abs(lane - y2))

    def _lead_past(self, rows: Indices) -> None:
        """Lead links around the cards they would run behind."""
        if not len(rows):
            return
        shapes = self._shapes
        lines = flattened(plain(shapes.ends[rows]))
        left, top = lines[:, 0].min(), lines[:, 1::2].min()
        seen = QRectF(left, top, lines[:, 2].max() - left, lines[:, 1::2].max() - top)
        blocks = np.nonzero(shapes.within(seen.adjusted(-300, -300, 300, 300)))[0]
        points = lines[:, 2:].reshape(len(rows), -1, 2)
        behind = _inside(points, shapes.rects[blocks])
        behind &= blocks[None, :] != shapes.sources[rows][:, None]
        behind &= blocks[None, :] != shapes.targets[rows][:, None]
        for index in np.nonzero(behind.any(axis=1))[0].tolist():
            row = int(rows[index])
            course = self._past(row, shapes.rects[blocks[behind[index]]], shapes.rects[blocks])
            if course is not None:
                self._led[row] = led(course)

    def _past(self, row: int, cards: Floats, around: Floats) -> Course | None:
        """Over or under the cards that are in the way, whichever is nearer."""
        x1, y1, x2, y2 = self._shapes.ends[row].tolist()
        between = (cards[:, 0] > x1) & (cards[:, 0] + cards[:, 2] < x2)
        if not between.any():
            return None
        cards = cards[between]
        left, right = _reach(cards)
        shift = row % LANES * LANE
        lanes = [
            lane for side in (-1, 1)
            if (lane := _free_lane(cards, around, side, shift)) is not None
        ]  # fmt: skip
        if not lanes:
            return None
        lane = min(lanes, key=lambda y: abs(y - y1) + abs(y - y2))
        begin, end = max(left - ROOM, x1 + ROOM), min(right + ROOM, x2 - ROOM)
        if begin >= end:
            return None
        knots = np.array([(x1, y1), (begin, lane), (end, lane), (x2, y2)])
        return Course(knots, np.tile((1.0, 0.0), (4, 1)))


def _inside(points: Floats, rects: Floats) -> Mask:
    """For each link (rows of points) and each card, whether any of its points is on the card."""
    x, y = points[:, :, 0, None], points[:, :, 1, None]
    left, top = rects[:, 0], rects[:, 1]
    inside = (x > left) & (x < left + rects[:, 2]) & (y > top) & (y < top + rects[:, 3])
    return np.asarray(inside.any(axis=1))


def _reach(cards: Floats) -> tuple[float, float]:
    return float(cards[:, 0].min()), float((cards[:, 0] + cards[:, 2]).max())


def _blocking(around: Floats, left: float, right: float, lane: float) -> Mask:
    """Which cards are in the way of a line at that height."""
    found: Mask = (
        (around[:, 0] < right) & (around[:, 0] + around[:, 2] > left)
        & (around[:, 1] < lane + 4) & (around[:, 1] + around[:, 3] > lane - 4)
    )  # fmt: skip
    return found


def _free_lane(cards: Floats, around: Floats, side: int, shift: float) -> float | None:
    """The nearest height above (-1) or below (1) the cards at which nothing is in the way."""
    for _ in range(TRIES):
        left, right = _reach(cards)
        edge = cards[:, 1].min() if side < 0 else (cards[:, 1] + cards[:, 3]).max()
        lane = float(edge) + side * (ROOM + shift)
        blocking = _blocking(around, left, right, lane)
        if not blocking.any():
            return lane
        cards = around[blocking]
        cards[:, 0] = np.maximum(cards[:, 0], left)
        cards[:, 2] = np.minimum(cards[:, 2], right - cards[:, 0])
    return None
