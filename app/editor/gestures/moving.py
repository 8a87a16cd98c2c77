"""Dragging blocks, and frames with what stands in them."""

from collections.abc import Mapping

from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from app.editor.canvas.canvas import Canvas
from app.editor.canvas.handling import select_hit
from app.editor.canvas.paints import NO_BRUSH
from app.editor.gestures.crossing import LinksUnder
from app.editor.gestures.gesture import ALT, LEFT, Gesture, Press, Spot
from app.editor.gestures.measures import box, carried_along, positions, sizes
from app.editor.gestures.outlines import draw_link, ring_block
from app.editor.gestures.selecting import adds, is_selected
from app.presenters.framing import following
from app.presenters.making_room import pushed
from app.presenters.snapping import Snapping, Span
from app.studio import Studio
from app.workbench import Workbench
from graph.edits import Edit, MoveBlocks, Position, SetFrame, SetRoute
from graph.errors import EditRefused
from graph.flow import End, Frame, end
from graph.reshape import insert_on_link

SNAP = "canvas/snap"
"""Where it is remembered whether blocks snap to the grid and to each other."""
REACH = 7.0
"""Pixels from which a block jumps into line with another."""


def snaps(studio: Studio) -> bool:
    """Whether blocks are to snap."""
    return studio.preferences.flag(SNAP, True)


class MoveSelected(Gesture):
    """All that is selected moves along; a single block dropped on a link is put into it."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, canvas: Canvas, press: Press) -> None:
        super().__init__(canvas, press)
        self._adding = adds(press.spot.keys)
        self._was_selected = is_selected(self.bench, press.hit)
        self._frames: Mapping[str, Frame] = {}
        self._from: Mapping[str, Position] = {}
        self._by: Position = (0.0, 0.0)
        self._guides: tuple[Span, ...] = ()
        self._link: End | None = None
        self._insertions: dict[End, Edit | None] = {}
        if self._adding or not self._was_selected:
            select_hit(self.bench, press.hit, adding=self._adding)

    def click(self, _: Spot, /) -> None:
        if self._was_selected and not self._adding:
            select_hit(self.bench, self.press.hit, adding=False)

    def begin(self) -> None:
        if not is_selected(self.bench, self.press.hit):
            select_hit(self.bench, self.press.hit, adding=True)
        self._take_up()
        self._area = self._bounds()
        near = self.canvas.blocks_in(self.canvas.area())
        others = (box(self.canvas.shapes.rect(id)) for id in near if id not in self._from)
        self._snapping = Snapping(others)
        if len(self._from) == 1:
            self._under = LinksUnder(self.canvas, *self._from)

    def _take_up(self) -> None:
        """Find out what moves along: what stands in the frames, too."""
        along, frames = carried_along(self.canvas), self.bench.flow.view.frames
        self._frames = {id: frames[id] for id in sorted(along.frames)}
        self._from = positions(self.canvas, sorted(along.blocks))

    def _bounds(self) -> QRectF:
        area = self.canvas.shapes.bounds(self._from) if self._from else QRectF()
        for frame in self._frames.values():
            area |= QRectF(frame.x, frame.y, frame.width, frame.height)
        return area

    def move(self, spot: Spot, /) -> None:
        way = spot.scene - self.press.spot.scene
        self._by, self._guides = (way.x(), way.y()), ()
        if snaps(self.canvas.studio) and not spot.keys & ALT:
            reach = REACH / self.canvas.zoom
            rests = self._snapping.snapped(box(self._area), self._by, reach)
            self._by, self._guides = rests.by, rests.guides
        self.canvas.preview(self._to())
        self._link = self._insertable()

    def _to(self) -> dict[str, Position]:
        dx, dy = self._by
        return {id: (x + dx, y + dy) for id, (x, y) in self._from.items()}

    def _insertable(self) -> End | None:
        """The link on which the dragged block lies, if it can be put into it."""
        if len(self._from) != 1 or self._frames:
            return None
        (id,) = self._from
        rect = self.canvas.shapes.rect(id)
        found = self._under.at(rect)
        return next((target for target in found if self._insertion(id, target)), None)

    def _insertion(self, id: str, target: End) -> Edit | None:
        if target not in self._insertions:
            self._insertions[target] = self._find_insertion(id, target)
        return self._insertions[target]

    def _find_insertion(self, id: str, target: End) -> Edit | None:
        flow, bench = self.bench.flow, self.bench
        if any(flow.links_from(id)) or any(flow.links_into(id)):
            return None
        around = bench.document.around(bench.level)
        try:
            return insert_on_link(flow, target, flow.blocks[id], bench.catalog, around)
        except EditRefused:
            return None

    def finish(self, _: Spot, /) -> None:
        self.canvas.preview(None)
        if self._link and (insertion := self._insertions[self._link]):
            edits = [insertion, *self._edits(), *self._pushed(self._link)]
            self.bench.do(*edits, label="Put a block into a link")
        else:
            self.bench.do(*self._edits(), label="Move")

    def _edits(self) -> list[Edit]:
        return shifted(self.bench, self._from, self._frames, self._by)

    def _pushed(self, target: End) -> list[Edit]:
        """What comes after the link makes room for the block."""
        (id,) = self._from
        everything, measured, flow = positions(self.canvas), sizes(self.canvas), self.bench.flow
        edge = self._to()[id][0] + measured[id][0]
        moved = pushed(flow, target, edge, everything, measured)
        frames = following(flow, everything, everything | moved, measured)
        return [MoveBlocks(moved), *frames] if moved else []

    def cancel(self) -> None:
        self.canvas.preview(None)

    def draw(self, painter: QPainter) -> None:
        paints = self.canvas.drawing.paints
        painter.setBrush(NO_BRUSH)
        painter.setPen(paints.pen(paints.tokens.accent, 0, dashed=True))
        for frame in self._frames.values():
            moved = QRectF(frame.x, frame.y, frame.width, frame.height).translated(*self._by)
            painter.drawRoundedRect(moved, 8, 8)
        for x1, y1, x2, y2 in self._guides:
            painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))
        if self._link:
            draw_link(painter, self.canvas, self._link, paints.tokens.accent)
            ring_block(painter, self.canvas, next(iter(self._from)), paints.tokens.accent)


def shifted(
    bench: Workbench, blocks: Mapping[str, Position], frames: Mapping[str, Frame], by: Position
) -> list[Edit]:
    """What moves blocks and frames from where they are, and links that lie among them."""
    dx, dy = by
    moved = MoveBlocks({id: (x + dx, y + dy) for id, (x, y) in blocks.items()})
    flow, edits = bench.flow, list[Edit]([moved] if blocks else [])
    for id, frame in frames.items():
        edits.append(SetFrame(id, replace(frame, x=frame.x + dx, y=frame.y + dy)))
    for name, points in flow.view.routes.items():
        link = flow.links.get(end(name))
        if link and link.target.block in blocks and link.source.block in blocks:
            edits.append(SetRoute(link.target, tuple((x + dx, y + dy) for x, y in points)))
    return edits


def start(canvas: Canvas, press: Press) -> Gesture | None:
    """On a block, or on the head of a frame."""
    if press.button == LEFT and press.hit.kind in ("block", "frame"):
        return MoveSelected(canvas, press)
    return None
