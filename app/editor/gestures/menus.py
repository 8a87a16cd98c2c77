"""The context menus of the canvas: rows of the table of actions, by what was hit."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from app.editor.canvas.canvas import Canvas
from app.editor.canvas.handling import select_hit
from app.editor.canvas.hits import Hit
from app.editor.gestures import stopping
from app.editor.gestures.adding import search_at, search_for_link
from app.editor.gestures.routing import put_point, take_point
from app.editor.gestures.selecting import is_selected
from app.presenters.loose_link import LooseLink
from app.presenters.shown_ports import label
from graph.edits import Disconnect, SetExposed
from graph.flow import End

Place = Literal["block", "link", "frame", "canvas"]

ROWS: dict[Place, Sequence[str]] = {
    "block": (
        "edit.inspect", "edit.rename", "go.enter", "help.block", "",
        "debug.toggle", "debug.edit", "debug.switch", "",
        "debug.run_to", "run.to_here", "run.from_here", "debug.fault", "edit.plan_again", "",
        "insert.link", "edit.select_linked", "",
        "edit.cut", "edit.copy", "edit.paste", "edit.duplicate", "edit.delete",
        "edit.remove_keeping", "",
        "arrange.bypass", "arrange.pin", "arrange.colour", "arrange.collapse", "arrange.expand",
        "insert.frame",
        "arrange.layout",
    ),
    "link": (
        "debug.toggle", "debug.edit", "debug.switch", "debug.fault", "",
        "arrange.reroute", "edit.paste", "edit.delete",
    ),
    "frame": (
        "edit.rename", "arrange.colour", "", "edit.cut", "edit.copy", "edit.duplicate",
        "edit.delete",
    ),
    "canvas": (
        "insert.block", "insert.note", "insert.frame", "insert.flow_file", "",
        "edit.paste", "edit.select_all", "", "arrange.layout", "view.fit", "go.bookmark",
        "go.leave",
    ),
}  # fmt: skip
"""Ids of actions; "" begins a new group. What nobody has bound is left out."""


def open_menu(canvas: Canvas, hit: Hit, at: QPoint) -> QMenu:
    """Show the menu of what was hit, at a place of the screen; it is selected first."""
    if not is_selected(canvas.workbench, hit) or not (hit.block or hit.link or hit.frame):
        select_hit(canvas.workbench, hit, adding=False)
    canvas.studio.actions.refresh()
    menu = QMenu(canvas)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if hit.kind == "port":
        _add_of_port(menu, canvas, hit)
    if hit.kind in ("link", "route"):
        _add_of_link(menu, canvas, hit, at)
    fill(menu, canvas, _place(hit))
    menu.popup(at)
    return menu


def open_by_key(canvas: Canvas) -> QMenu:
    """Show the menu of what is selected, beside it."""
    bench, area = canvas.workbench, canvas.area()
    spot, hit = area.center(), Hit()
    if bench.selected:
        id = min(bench.selected)
        spot, hit = canvas.shapes.rect(id).center(), Hit("block", id)
    elif bench.selected_links:
        target = min(bench.selected_links)
        spot, hit = canvas.shapes.port(*target, "in"), Hit("link", link=target)
    elif bench.selected_frames:
        hit = Hit("frame", frame=min(bench.selected_frames))
    if not area.contains(spot):
        spot = area.center()
    return open_menu(canvas, hit, canvas.viewport().mapToGlobal(canvas.to_view(spot).toPoint()))


def _place(hit: Hit) -> Place:
    if hit.kind in ("block", "port"):
        return "block"
    if hit.kind in ("link", "route"):
        return "link"
    return "frame" if hit.kind in ("frame", "frame-edge") else "canvas"


def fill(menu: QMenu, canvas: Canvas, place: Place) -> None:
    """Put in the actions of a place; of what is done to blocks only what can be done now."""
    for id in ROWS[place]:
        if not id:
            menu.addSeparator()
        elif (action := canvas.studio.actions[id]).isVisible() and (
            place == "canvas" or action.isEnabled()
        ):
            menu.addAction(action)


def _add_of_link(menu: QMenu, canvas: Canvas, hit: Hit, at: QPoint) -> None:
    target = hit.link
    if target is None:
        return
    if hit.kind == "route":
        remove = menu.addAction("Remove reroute point")
        remove.triggered.connect(lambda: take_point(canvas.workbench, target, hit.index))
        return
    spot = canvas.to_scene(canvas.viewport().mapFromGlobal(at).toPointF())
    insert = menu.addAction("Insert a block…")
    insert.triggered.connect(lambda: search_for_link(canvas, target, spot))
    add = menu.addAction("Add reroute point")
    add.triggered.connect(lambda: put_point(canvas, target, spot))


def _add_of_port(menu: QMenu, canvas: Canvas, hit: Hit) -> None:
    """What can be done to the links at a port, and whether it shows at all."""
    bench, end = canvas.workbench, End(hit.block, hit.port)
    side = hit.side or "in"
    if side == "in":
        targets = [end] if end in bench.flow.links else []
    else:
        targets = [t for t, link in bench.flow.links.items() if link.source == end]
    if targets:
        words = "Take the link off" if len(targets) == 1 else f"Take {len(targets)} links off"
        take = menu.addAction(words)
        take.triggered.connect(lambda: bench.do(*map(Disconnect, targets), label=words))
    _add_stops(menu, canvas, hit)
    loose = LooseLink(bench.ports_level, end, side)
    add = menu.addAction("Add a block to link to…")
    add.triggered.connect(lambda: _search(canvas, loose))
    exposed = bench.flow.view.exposed.get(hit.block, ())
    if side == "in" and hit.port in exposed and not targets:
        rest = tuple(name for name in exposed if name != hit.port)
        hide = menu.addAction("Hide this port")
        edit = SetExposed(hit.block, rest)
        hide.triggered.connect(lambda: bench.do(edit, label="Hide a port"))
    menu.addSeparator()


def _add_stops(menu: QMenu, canvas: Canvas, hit: Hit) -> None:
    """Breakpoints at the port itself; the rows below are about its block."""
    bench, points = canvas.workbench, canvas.studio.runs.breakpoints
    if (place := stopping.place_at(hit, bench)) is None:
        return
    where = f"{'output' if place.at == 'after' else 'input'} {label(place.port)}"
    there = stopping.points_at(points, bench, place)
    words = f"Remove the breakpoint at the {where}" if there else f"Breakpoint at the {where}"
    put = menu.addAction(words)
    put.triggered.connect(lambda: stopping.toggle(points, bench, [place]))
    edit = menu.addAction(f"Edit breakpoint at the {where}…")
    edit.triggered.connect(lambda: stopping.edit(canvas, [place]))


def _search(canvas: Canvas, loose: LooseLink) -> None:
    held = canvas.shapes.port(*loose.held, loose.side)
    held.setX(held.x() + (90 if loose.side == "out" else -90))
    search_at(canvas, held, loose)
