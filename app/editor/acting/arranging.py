"""Putting blocks in order: automatic layout, aligning, distributing, snapping, straight links."""

from functools import partial

from app.editor.acting.binding import Binder
from app.editor.canvas.canvas import Canvas
from app.editor.gestures.measures import port_heights, positions, sizes
from app.editor.gestures.moving import SNAP, snaps
from app.presenters.framing import following
from app.workbench import Workbench
from graph.edits import Edit, MoveBlocks, Position, SetRoute
from graph.flow import End
from graph.layout import Alignment, Axis, align, arranged, distribute

ALIGNMENTS: dict[Alignment, str] = {
    "left": "Align left", "centre": "Align centres", "right": "Align right",
    "top": "Align tops", "middle": "Align middles", "bottom": "Align bottoms",
}  # fmt: skip
AXES: dict[Axis, tuple[str, str]] = {
    "horizontal": ("arrange.distribute_across", "Distribute across"),
    "vertical": ("arrange.distribute_down", "Distribute down"),
}


def bind(to: Binder) -> None:
    to.on_canvas("arrange.layout", arrange, lambda bench: bench.flow.blocks)
    for how in ALIGNMENTS:
        to.on_canvas(f"arrange.{how}", partial(align_selected, how=how), _are(2))
    for axis, (id, _) in AXES.items():
        to.on_canvas(id, partial(distribute_selected, axis=axis), _are(3))
    to.on_flow("arrange.reroute", straighten, routed)
    preferences = to.studio.preferences

    def toggle(_: Workbench) -> None:
        preferences.remember(SNAP, not snaps(to.studio))
        to.studio.actions.refresh()

    to.on_flow("arrange.snap", toggle, checked=lambda _: snaps(to.studio))


def _are(fewest: int) -> "partial[bool]":
    return partial(_selected_at_least, fewest)


def _selected_at_least(fewest: int, bench: Workbench) -> bool:
    return len(bench.selected) >= fewest


def arrange(canvas: Canvas) -> None:
    """Lay out the selected blocks, or all when there are none or only one."""
    bench = canvas.workbench
    chosen = bench.selected if len(bench.selected) > 1 else None
    placed = arranged(bench.flow, sizes(canvas), chosen, port_heights(canvas))
    put(canvas, placed, "Arrange automatically")
    if chosen is None:
        canvas.fit_all()


def align_selected(canvas: Canvas, how: Alignment) -> None:
    """Bring the selected blocks in line."""
    placed = align(positions(canvas, canvas.workbench.selected), sizes(canvas), how)
    put(canvas, placed, ALIGNMENTS[how])


def distribute_selected(canvas: Canvas, axis: Axis) -> None:
    """Leave equal gaps between the selected blocks."""
    placed = distribute(positions(canvas, canvas.workbench.selected), sizes(canvas), axis)
    put(canvas, placed, AXES[axis][1])


def put(canvas: Canvas, placed: dict[str, Position], label: str) -> None:
    """Move blocks as one step; frames follow them, and links are led anew."""
    bench, before = canvas.workbench, positions(canvas)
    moved = {id: place for id, place in placed.items() if place != before.get(id)}
    if not moved:
        return
    frames = following(bench.flow, before, before | moved, sizes(canvas))
    bench.do(MoveBlocks(moved), *frames, *_led_anew(bench, moved), label=label)


def _led_anew(bench: Workbench, moved: dict[str, Position]) -> list[Edit]:
    """A way that was laid by hand leads nowhere sensible once both ends have been put elsewhere."""
    flow = bench.flow
    return [
        SetRoute(target) for target, link in flow.links.items()
        if str(target) in flow.view.routes
        and target.block in moved and link.source.block in moved
    ]  # fmt: skip


def routed(bench: Workbench) -> list[End]:
    """The selected links (or those of the selected blocks) that are led through points."""
    flow = bench.flow
    wanted = bench.selected_links or {
        target for target, link in flow.links.items()
        if target.block in bench.selected or link.source.block in bench.selected
    }  # fmt: skip
    return sorted(target for target in wanted if str(target) in flow.view.routes)


def straighten(bench: Workbench) -> None:
    """Take the reroute points out."""
    bench.do(*map(SetRoute, routed(bench)), label="Straighten links")
