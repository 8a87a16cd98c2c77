"""Going about in the flow: into sub-flows, to bookmarks, back and forward."""

from app.editor.acting.binding import Binder
from app.editor.canvas.canvas import Canvas
from app.editor.choice_popup import ChoicePopup
from app.editor.choice_rows import Choice
from app.editor.front import canvas_in_front
from app.editor.gestures.entering import enter, flows_of
from app.editor.gestures.measures import middle
from app.editor.visits import Visits
from app.workbench import Workbench
from graph.edits import ClearBookmark, SetBookmark

ICON = "mdi6.bookmark-outline"


def bind(to: Binder) -> None:
    to.on_canvas(
        "go.enter", lambda canvas: enter(canvas, min(canvas.workbench.selected)), enterable
    )
    to.on_canvas("go.bookmark", name_bookmark)
    to.on_canvas("go.bookmarks", choose_bookmark, lambda bench: bench.flow.view.bookmarks)
    visits = Visits(to.studio)

    def going(step: int) -> None:
        if (canvas := canvas_in_front(to.studio)) is not None:
            visits.go(canvas, step)

    to.studio.actions.bind("go.back", lambda: going(-1), enabled=visits.can_go_back)
    to.studio.actions.bind("go.forward", lambda: going(1), enabled=visits.can_go_forward)


def enterable(bench: Workbench) -> bool:
    """Whether a block is selected that uses a sub-flow."""
    if len(bench.selected) != 1:
        return False
    return bool(flows_of(bench, bench.flow.blocks[min(bench.selected)]))


def name_bookmark(canvas: Canvas) -> ChoicePopup:
    """Ask what the shown view is to be called; a name that is there is taken over."""
    bench, state = canvas.workbench, canvas.view_state()
    icon = "mdi6.bookmark-plus-outline"

    def found(query: str) -> list[Choice]:
        known = [name for name in bench.flow.view.bookmarks if query.casefold() in name.casefold()]
        rows = [Choice(name, name, "Move this bookmark here", ICON) for name in known]
        if query and query not in bench.flow.view.bookmarks:
            rows.insert(0, Choice(query, query, "Remember this view by that name", icon))
        return rows

    def chosen(name: object) -> None:
        bench.do(SetBookmark(str(name), (state.x, state.y, state.zoom)), label=f"Bookmark “{name}”")

    popup = ChoicePopup(canvas, "Name this view", found, "Type a name, then press Enter.")
    popup.chosen.connect(chosen)
    _open_in_middle(canvas, popup)
    return popup


def choose_bookmark(canvas: Canvas) -> ChoicePopup:
    """Offer the bookmarks; the chosen one is shown."""
    bench = canvas.workbench
    marks = bench.flow.view.bookmarks

    def found(query: str) -> list[Choice]:
        names = [name for name in marks if query.casefold() in name.casefold()]
        shown = [Choice(name, ("go", name), "Show this view", ICON) for name in names]
        remove = "mdi6.bookmark-remove-outline"
        gone = [Choice(f"Remove “{name}”", ("remove", name), "", remove) for name in names]
        return [*shown, *gone] if query else shown

    def chosen(choice: object) -> None:
        assert isinstance(choice, tuple)
        what, name = choice
        if what == "remove":
            bench.do(ClearBookmark(name), label=f"Remove the bookmark “{name}”")
        else:
            canvas.restore_view_state(marks[name])

    popup = ChoicePopup(canvas, "Go to bookmark", found, "No bookmark is called that.")
    popup.chosen.connect(chosen)
    _open_in_middle(canvas, popup)
    return popup


def _open_in_middle(canvas: Canvas, popup: ChoicePopup) -> None:
    spot = canvas.to_view(middle(canvas)).toPoint()
    spot.setX(spot.x() - popup.width() // 2)
    spot.setY(min(spot.y(), 80))
    popup.open_at(canvas.viewport().mapToGlobal(spot))
