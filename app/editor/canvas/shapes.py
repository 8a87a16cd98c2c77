"""Where everything of the shown flow is: arrays, kept up to date from change to change."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF

from app.editor.canvas.buffers import Floats
from app.editor.canvas.cards import Card, card_of, is_note, note_card
from app.editor.canvas.curves import LARGEST_SWING
from app.editor.canvas.notes import note_height
from app.theme import TYPE_COLOURS
from app.workbench import Workbench
from graph.compile.ports import CALL
from graph.flow import Block, End, Flow, Link

Rows = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

KINDS = tuple(TYPE_COLOURS)
"""The kinds of values, in the order of `Shapes.link_kinds`."""
_KIND = {kind: index for index, kind in enumerate(KINDS)}

STEP_X, STEP_Y, IN_A_ROW = 280.0, 170.0, 8
"""How blocks are put down that nobody has placed."""

ASIDE = 160.0
"""How far outside of its ends a link may be led."""

NO_FLOW = Flow()


class Shapes:
    """Blocks stand in the order of the flow, which is that in which they are drawn.

    `rects` has x, y, width, height of each block; `ends` the x and y of each link's source and
    target. A row number is valid until `generation` changes.
    """

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench
        self._flow = NO_FLOW
        self.generation = 0
        self.moves = 0
        """How often blocks or links have come to be elsewhere, displacing not counted."""
        self.ids: list[str] = []
        self.rows: dict[str, int] = {}
        self.cards: list[Card] = []
        self.rects: Floats = np.empty((0, 4))
        self.tints: Rows = np.empty(0, np.int32)
        self.tint_names: list[str] = []
        """What colours blocks: #rrggbb where a person chose it, else the category."""
        self.links: list[Link] = []
        self.link_rows: dict[End, int] = {}
        self.sources: Rows = np.empty(0, np.int32)
        self.targets: Rows = np.empty(0, np.int32)
        self.link_kinds: npt.NDArray[np.uint8] = np.empty(0, np.uint8)
        self._from_y: Floats = np.empty(0)
        self._to_y: Floats = np.empty(0)
        self.ends: Floats = np.empty((0, 4))
        self.boxes: Floats = np.empty((0, 4))
        """Left, top, right, bottom of what each link may touch."""
        self._displaced: dict[str, tuple[float, float]] = {}
        self.renew()

    # Asking.

    def __contains__(self, id: object) -> bool:
        return id in self.rows

    def rect(self, id: str) -> QRectF:
        """The card of a block. Raises KeyError."""
        return QRectF(*self.rects[self.rows[id]])

    def card(self, id: str) -> Card:
        """What the block's card shows of its ports. Raises KeyError."""
        return self.cards[self.rows[id]]

    def port(self, id: str, name: str, side: str) -> QPointF:
        """The middle of a port; of the card's edge where it doesn't show. Raises KeyError."""
        row = self.rows[id]
        x, y, width, height = map(float, self.rects[row])
        port = self.cards[row].port(name, side)
        return QPointF(x + (width if side == "out" else 0), y + (port.y if port else height / 2))

    def bounds(self, ids: Iterable[str] | None = None) -> QRectF:
        """The rectangle around these blocks; without any, around all and the frames."""
        if ids is None:
            return _around(self.rects) | self._around_frames()
        rows = [self.rows[id] for id in ids if id in self.rows]
        return _around(self.rects[rows])

    def within(self, area: QRectF) -> Mask:
        """Which blocks touch the area."""
        x, y, width, height = self.rects.T
        found: Mask = (
            (x <= area.right()) & (x + width >= area.left())
            & (y <= area.bottom()) & (y + height >= area.top())
        )  # fmt: skip
        return found

    def links_within(self, area: QRectF) -> Mask:
        """Which links may touch the area."""
        left, top, right, bottom = self.boxes.T
        found: Mask = (
            (left <= area.right()) & (right >= area.left())
            & (top <= area.bottom()) & (bottom >= area.top())
        )  # fmt: skip
        return found

    def touching(self, id: str) -> npt.NDArray[np.intp]:
        """The rows of the links at a block."""
        row = self.rows[id]
        return np.nonzero((self.sources == row) | (self.targets == row))[0]

    def route(self, row: int) -> tuple[tuple[float, float], ...]:
        """The points that a person has led a link through."""
        routes = self._flow.view.routes
        return routes.get(str(self.links[row].target), ()) if routes else ()

    # Following the flow.

    def renew(self) -> None:
        """Build everything anew: another level is shown."""
        self._flow = NO_FLOW
        self._displaced = {}
        self.ids, self.cards, self.rows = [], [], {}
        self.rects, self.tints = np.empty((0, 4)), np.empty(0, np.int32)
        self._lead(NO_FLOW)
        self.follow()

    def follow(self) -> None:
        """Take up how the shown flow is now."""
        before, after = self._flow, self._workbench.flow
        if before is after:
            return
        rects, ends = self.rects.copy(), self.ends
        self.displace({})
        self._flow = after
        self.generation += 1
        stale = self._stale(before, after)
        reordered = list(after.blocks) != self.ids
        if reordered:
            self._reorder(after.blocks)
        remeasured = self._measure(stale)
        self._tint(before, after, stale)
        self._put(before, after, stale)
        if reordered or remeasured or before.links != after.links:
            self._lead(after)
        self._join()
        stayed = np.array_equal(rects, self.rects) and np.array_equal(ends, self.ends)
        if not stayed or before.links != after.links or before.view.routes != after.view.routes:
            self.moves += 1

    def displace(self, positions: Mapping[str, tuple[float, float]]) -> list[int]:
        """Show blocks elsewhere than they are, until they are shown in their places again.

        Gives the rows of the blocks that have moved.
        """
        if not positions and not self._displaced:
            return []
        moved = [self.rows[id] for id in {*positions, *self._displaced} if id in self.rows]
        for id in self._displaced.keys() - positions.keys():
            if id in self.rows:
                self.rects[self.rows[id], :2] = self._displaced[id]
        kept: dict[str, tuple[float, float]] = {}
        for id, place in positions.items():
            if id in self.rows:
                row = self.rows[id]
                x, y = map(float, self.rects[row, :2])
                kept[id] = self._displaced.get(id, (x, y))
                self.rects[row, :2] = place
        self._displaced = kept
        self._join()
        return moved

    def _stale(self, before: Flow, after: Flow) -> set[str]:
        """The blocks whose cards are to be measured anew."""
        old = before.blocks
        stale = {id for id, block in after.blocks.items() if old.get(id) is not block}
        if before.links != after.links:
            for end in before.links.keys() ^ after.links.keys():
                stale.add(end.block)
                link = before.links.get(end) or after.links[end]
                stale.add(link.source.block)
            for end, link in after.links.items():
                was = before.links.get(end)
                if was is not None and was is not link and was.source != link.source:
                    stale |= {was.source.block, link.source.block}
        if before.view.exposed != after.view.exposed:
            stale |= before.view.exposed.keys() | after.view.exposed.keys()
        stale.update(id for id, block in after.blocks.items() if block.kind == CALL)
        return stale & after.blocks.keys()

    def _reorder(self, blocks: Mapping[str, Block]) -> None:
        """Have a row for each block, in their order; new ones without a place or card yet."""
        ids = list(blocks)
        old = np.fromiter((self.rows.get(id, -1) for id in ids), np.int64, len(ids))
        rects, tints = np.zeros((len(ids), 4)), np.zeros(len(ids), np.int32)
        kept = old >= 0
        rects[kept], tints[kept] = self.rects[old[kept]], self.tints[old[kept]]
        blank = note_card(0.0)
        self.cards = [self.cards[row] if row >= 0 else blank for row in old.tolist()]
        self.rects, self.tints, self.ids = rects, tints, ids
        self.rows = {id: row for row, id in enumerate(ids)}

    def _measure(self, stale: set[str]) -> bool:
        """Lay out these blocks' cards; whether any has become another."""
        changed = False
        flow = self._flow
        linked_in: dict[str, list[str]] = {}
        linked_out: dict[str, list[str]] = {}
        if stale:
            for source, target in ((link.source, link.target) for link in flow.links.values()):
                if target.block in stale:
                    linked_in.setdefault(target.block, []).append(target.port)
                if source.block in stale:
                    linked_out.setdefault(source.block, []).append(source.port)
        exposed = flow.view.exposed
        for id in stale:
            block, row = flow.blocks[id], self.rows[id]
            if is_note(block):
                card = note_card(note_height(str(block.fields.get("text", ""))))
            else:
                card = card_of(
                    self._workbench, block, linked_in.get(id, ()), linked_out.get(id, ()),
                    exposed.get(id, ()),
                )  # fmt: skip
            changed |= card is not self.cards[row]
            self.cards[row] = card
            self.rects[row, 2:] = card.width, card.height
        return changed

    def _tint(self, before: Flow, after: Flow, stale: set[str]) -> None:
        """Colour these blocks, and those that were coloured anew."""
        old, new = before.view.colours, after.view.colours
        recoloured = {id for id in old.keys() | new.keys() if old.get(id) != new.get(id)}
        for id in stale | (recoloured & after.blocks.keys()):
            name = new.get(id) or after.blocks[id].kind.partition(".")[0]
            if name not in self.tint_names:
                self.tint_names.append(name)
            self.tints[self.rows[id]] = self.tint_names.index(name)

    def _put(self, before: Flow, after: Flow, stale: set[str]) -> None:
        """Put blocks where the flow has them, and those it has nowhere below all others."""
        old, new = before.view.positions, after.view.positions
        blocks = after.blocks
        for id, place in new.items():
            if id in blocks and (id in stale or old.get(id) is not place):
                self.rects[self.rows[id], :2] = place
        nowhere = [self.rows[id] for id in blocks if id not in new]
        if nowhere:
            placed = np.ones(len(blocks), np.bool_)
            placed[nowhere] = False
            around = _around(self.rects[placed])
            count = np.arange(len(nowhere))
            self.rects[nowhere, 0] = around.left() + count % IN_A_ROW * STEP_X
            top = around.bottom() + 60 if placed.any() else 0.0
            self.rects[nowhere, 1] = top + count // IN_A_ROW * STEP_Y

    def _lead(self, flow: Flow) -> None:
        """Have a row for each link whose two blocks are there."""
        rows, cards = self.rows, self.cards
        links = [
            link for link in flow.links.values()
            if link.source.block in rows and link.target.block in rows
        ]  # fmt: skip
        self.links = links
        self.link_rows = {link.target: row for row, link in enumerate(links)}
        size = len(links)
        self.sources = np.fromiter((rows[link.source.block] for link in links), np.int32, size)
        self.targets = np.fromiter((rows[link.target.block] for link in links), np.int32, size)
        outputs, inputs = _Ports("out"), _Ports("in")
        starts = [outputs.of(cards[rows[link.source.block]], link.source.port) for link in links]
        stops = [inputs.of(cards[rows[link.target.block]], link.target.port) for link in links]
        self.link_kinds = np.array([kind for kind, _ in starts], np.uint8)
        self._from_y = np.array([y for _, y in starts], np.float64)
        self._to_y = np.array([y for _, y in stops], np.float64)

    def _join(self) -> None:
        """Let the links end where their blocks are."""
        ends = np.empty((len(self.links), 4))
        source, target = self.rects[self.sources], self.rects[self.targets]
        ends[:, 0] = source[:, 0] + source[:, 2]
        ends[:, 1] = source[:, 1] + self._from_y
        ends[:, 2] = target[:, 0]
        ends[:, 3] = target[:, 1] + self._to_y
        self.ends = ends
        self.boxes = _boxes(ends)
        for name, points in self._flow.view.routes.items():
            block, _, port = name.partition(".")
            row = self.link_rows.get(End(block, port))
            if row is not None and points:
                box, x, y = self.boxes[row], *np.array(points).T
                box[:2] = np.minimum(box[:2], (x.min() - ASIDE, y.min() - ASIDE))
                box[2:] = np.maximum(box[2:], (x.max() + ASIDE, y.max() + ASIDE))

    def _around_frames(self) -> QRectF:
        around = QRectF()
        for frame in self._flow.view.frames.values():
            around |= QRectF(frame.x, frame.y, frame.width, frame.height)
        return around


class _Ports:
    """Ports by name, looked up once for each card: many blocks have the same one."""

    def __init__(self, side: str) -> None:
        self._side = side
        self._known: dict[int, dict[str, tuple[int, float]]] = {}

    def of(self, card: Card, name: str) -> tuple[int, float]:
        """The number of a port's type, and how far below the card's upper edge it is."""
        known = self._known.get(id(card))
        if known is None:
            ports = card.outputs if self._side == "out" else card.inputs
            known = {port.name: (_KIND[port.type.kind], port.y) for port in ports}
            self._known[id(card)] = known
        return known.get(name, (0, 0.0))


def _boxes(ends: Floats) -> Floats:
    x1, y1, x2, y2 = ends.T
    swing = np.where(x2 < x1 + LARGEST_SWING, LARGEST_SWING, 2.0)
    rise = np.where(x2 < x1, ASIDE, 2.0)
    return np.stack(
        [
            np.minimum(x1, x2) - swing, np.minimum(y1, y2) - rise,
            np.maximum(x1, x2) + swing, np.maximum(y1, y2) + rise,
        ],
        axis=1,
    )  # fmt: skip


def _around(rects: Floats) -> QRectF:
    if not len(rects):
        return QRectF()
    left, top = rects[:, :2].min(axis=0)
    right, bottom = (rects[:, :2] + rects[:, 2:]).max(axis=0)
    return QRectF(float(left), float(top), float(right - left), float(bottom - top))
