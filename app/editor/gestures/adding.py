"""Putting new blocks on the canvas: at the mouse, on a link, or at the end of a loose link."""

from collections.abc import Callable

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from app.editor.block_search import BlockSearch
from app.editor.canvas.canvas import Canvas
from app.editor.canvas.cards import HEAD, ROW, WIDTH
from app.editor.gestures.measures import positions, sizes
from app.editor.gestures.outlines import draw_curve
from app.editor.gestures.routing import on_grid
from app.placing import label_of, put
from app.presenters.block_finder import Match
from app.presenters.framing import following
from app.presenters.loose_link import LooseLink, told
from app.presenters.making_room import room_on_link
from graph.edits import AddBlock, Edit, MoveBlocks, Position, apply
from graph.errors import EditRefused
from graph.flow import Block, End
from graph.layout import free_spot
from graph.reshape import fresh_id, insert_on_link

SIZE = (WIDTH, HEAD + 2 * ROW)
"""About how large a block will be."""
GAP = 12.0


def corner_around(canvas: Canvas, middle: QPointF) -> Position:
    """Where a new block's corner goes so that it lies at a place, and on no other block."""
    return free(canvas, (middle.x() - WIDTH / 2, middle.y() - HEAD / 2))


def free(canvas: Canvas, wanted: Position) -> Position:
    """The free place for a new block's corner that is nearest."""
    on = on_grid(QPointF(*wanted))
    return free_spot(on, SIZE, positions(canvas), sizes(canvas), GAP)


def add(
    canvas: Canvas, block: Block, corner: Position, *, label: str, before: tuple[Edit, ...] = (),
    after: Callable[[], Edit] | None = None,
) -> bool:  # fmt: skip
    """Put in a block (see `app.placing.put`), and let the canvas hear the keys again."""
    done = put(canvas.workbench, block, corner, label=label, before=before, after=after)
    if done:
        canvas.setFocus()
    return done


def add_kind(canvas: Canvas, kind: str, middle: QPointF) -> bool:
    """Put in a block of a kind, around a place."""
    block = Block(fresh_id(canvas.workbench.flow, kind), kind)
    return add(canvas, block, corner_around(canvas, middle), label=label_of(canvas.workbench, kind))


def add_on_link(canvas: Canvas, kind: str, target: End) -> bool:
    """Put a block of a kind into a link, with room for it; refused where it doesn't fit."""
    bench = canvas.workbench
    block = Block(fresh_id(bench.flow, kind), kind)
    try:
        around = bench.document.around(bench.level)
        edit = insert_on_link(bench.flow, target, block, bench.catalog, around)
    except EditRefused as error:
        bench.refused.emit(str(error))
        return False
    room = make_room(canvas, block.id, target)
    done = bench.do(edit, *room, label=f"{label_of(bench, kind)} on a link")
    if done:
        bench.select([block.id])
    return done


def make_room(canvas: Canvas, id: str, target: End) -> list[Edit]:
    """Put a block midway on a link; what comes after it moves aside, and frames follow."""
    everything, measured, flow = positions(canvas), sizes(canvas), canvas.workbench.flow
    room = room_on_link(flow, target, everything, measured, SIZE)
    if room is None:
        return []
    frames = following(flow, everything, everything | room.moved, measured)
    return [MoveBlocks({id: on_grid(QPointF(*room.corner)), **room.moved}), *frames]


def add_at_end(canvas: Canvas, loose: LooseLink, match: Match, at: QPointF) -> bool:
    """Put in a block and link it to what is held."""
    bench = canvas.workbench
    block = Block(fresh_id(bench.flow, match.spec.kind), match.spec.kind)
    x = at.x() if loose.side == "out" else at.x() - WIDTH
    end = End(block.id, match.port)

    def linked() -> Edit:
        return loose.edit_in(apply(bench.flow, AddBlock(block)), end)

    corner = free(canvas, (x, at.y() - HEAD - ROW / 2))
    done = add(canvas, block, corner, label=label_of(bench, block.kind), after=linked)
    if done:
        tell_conversion(canvas, loose, end)
    return done


def tell_conversion(canvas: Canvas, loose: LooseLink, other: End) -> None:
    """Say so when a link that was just made converts what it carries."""
    target = other if loose.side == "out" else loose.held
    link = canvas.workbench.flow.links.get(target)
    if link and link.convert:
        fit = loose.verdict(other)._replace(convert=link.convert)
        canvas.studio.notices.tell(told(fit, ""), key="convert")


def search_for_link(canvas: Canvas, target: End, at: QPointF) -> BlockSearch:
    """Open the search for a block to be put in the midst of a link."""
    link = canvas.workbench.flow.links[target]
    carries = LooseLink(canvas.workbench.ports_level, link.source, "out").type
    search = BlockSearch(canvas, canvas.studio.finder, (carries, "out"))

    def picked(match: object) -> None:
        assert isinstance(match, Match)
        add_on_link(canvas, match.spec.kind, target)

    search.picked.connect(picked)
    search.open_at(canvas.viewport().mapToGlobal(canvas.to_view(at).toPoint()))
    return search


def search_at(canvas: Canvas, at: QPointF, loose: LooseLink | None = None) -> BlockSearch:
    """Open the search for a block, to be put there; for a loose link, what fits it."""
    fits = (loose.type, loose.side) if loose else None
    search = BlockSearch(canvas, canvas.studio.finder, fits)

    def draw(painter: QPainter) -> None:
        if loose and loose.held.block in canvas.shapes:
            held = canvas.shapes.port(*loose.held, loose.side)
            ends = (held, at) if loose.side == "out" else (at, held)
            draw_curve(painter, canvas, *ends, canvas.drawing.paints.tokens.accent, dashed=True)

    def stop() -> None:
        if draw in canvas.overlay:
            canvas.overlay.remove(draw)
            canvas.redraw_overlay()

    def picked(match: object) -> None:
        assert isinstance(match, Match)
        stop()
        if loose is None:
            add_kind(canvas, match.spec.kind, at)
        else:
            add_at_end(canvas, loose, match, at)

    canvas.overlay.append(draw)
    search.picked.connect(picked)
    search.dismissed.connect(stop)
    search.open_at(canvas.viewport().mapToGlobal(canvas.to_view(at).toPoint()))
    return search
