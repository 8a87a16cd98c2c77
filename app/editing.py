"""Undo, redo and what else is done to the flow in front, whatever shows it."""

from collections.abc import Callable

from app.studio import Studio
from app.workbench import Workbench


def install(studio: Studio) -> None:
    """Bind the actions that need only the flow in front."""
    bind, workspace = studio.actions.bind, studio.workspace

    def front(do: Callable[[Workbench], object]) -> Callable[[], object]:
        return lambda: do(workspace.current) if workspace.current else None

    def when(ask: Callable[[Workbench], object]) -> Callable[[], bool]:
        return lambda: workspace.current is not None and bool(ask(workspace.current))

    bind("edit.undo", front(Workbench.undo), enabled=when(lambda w: w.document.can_undo))
    bind("edit.redo", front(Workbench.redo), enabled=when(lambda w: w.document.can_redo))
    bind("edit.select_all", front(lambda w: w.select(w.flow.blocks)), enabled=when(bool))
    bind("go.leave", front(Workbench.leave), enabled=when(lambda w: w.level))
