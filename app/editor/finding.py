"""Find in flow: each canvas has a bar for it, made when it is first asked for."""

from collections.abc import Callable

from app.editor.find_bar import FindBar
from app.editor.front import canvas_in_front
from app.studio import Studio


def install(studio: Studio) -> None:
    """Bind what finds, and goes on to the next place."""
    bind, workspace = studio.actions.bind, studio.workspace

    def with_bar(do: Callable[[FindBar], object]) -> Callable[[], object]:
        def act() -> None:
            bar = find_bar(studio)
            if bar is not None:
                do(bar)

        return act

    def is_open() -> bool:
        return workspace.current is not None

    bind("edit.find", with_bar(FindBar.open), enabled=is_open)
    bind("edit.find_next", with_bar(FindBar.next), enabled=is_open)
    bind("edit.find_previous", with_bar(FindBar.previous), enabled=is_open)


def find_bar(studio: Studio) -> FindBar | None:
    """The bar of the canvas in front."""
    canvas = canvas_in_front(studio)
    if canvas is None:
        return None
    bars = studio.window.findChildren(FindBar)
    found = (bar for bar in bars if bar.parentWidget() is canvas.parentWidget())
    return next(found, None) or FindBar(canvas.workbench, studio, canvas)
