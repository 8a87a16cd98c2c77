"""Places at which breakpoints can be, and setting them there."""

from collections.abc import Sequence
from typing import NamedTuple

from app.editor.canvas.canvas import Canvas
from app.editor.canvas.hits import Hit
from app.editor.canvas.stops import place_of
from app.runs.breakpoints import Breakpoints, new_id
from app.workbench import Workbench
from graph.compile.ports import NOTE
from runtime.breakpoints import Breakpoint, Phase


class StopPlace(NamedTuple):
    """Where a breakpoint can be: at a block, one of its ports, or on a link."""

    block: str
    at: Phase = "before"
    port: str = ""
    to: str = ""


def meant(canvas: Canvas) -> list[StopPlace]:
    """The port or link under the mouse, or else the links or blocks that are selected."""
    bench, hit = canvas.workbench, canvas.hovered
    if hit.kind in ("port", "link", "route"):
        found = place_at(hit, bench)
        return [found] if found else []
    hits = [Hit("link", link=link) for link in sorted(bench.selected_links)] or [
        Hit("block", id) for id in sorted(bench.selected) if bench.flow.blocks[id].kind != NOTE
    ]
    return [found for one in hits if (found := place_at(one, bench))]


def place_at(hit: Hit, bench: Workbench) -> StopPlace | None:
    """The place that was hit, None when no breakpoint can be there."""
    block, at, port, to = place_of(hit, bench)
    return StopPlace(block, "after" if at == "after" else "before", port, to) if block else None


def toggle(points: Breakpoints, bench: Workbench, places: Sequence[StopPlace]) -> None:
    """Set breakpoints where there are none; if all places have some, take them away."""
    bare = [place for place in places if not points_at(points, bench, place)]
    for place in bare or places:
        points.toggle(bench, place.block, at=place.at, port=place.port, to=place.to)


def switch(points: Breakpoints, bench: Workbench, there: Sequence[Breakpoint]) -> None:
    """Disable breakpoints; if all of them are, enable them."""
    on = not any(point.enabled for point in there)
    points.enable(bench, on, *(point.id for point in there))


def edit(canvas: Canvas, places: Sequence[StopPlace]) -> None:
    """Ask how the breakpoint at a place is to stop; a new one is set once that is said."""
    place = places[0]
    points = canvas.studio.runs.breakpoints
    there = points_at(points, canvas.workbench, place)
    point = there[0] if there else Breakpoint(new_id(), place.block, place.at, place.port, place.to)
    points.edit_wanted.emit(canvas.workbench, point, not there)


def points_at(points: Breakpoints, bench: Workbench, place: StopPlace) -> list[Breakpoint]:
    """The breakpoints at a place."""
    return points.at(bench, place.block, at=place.at, port=place.port, to=place.to)
