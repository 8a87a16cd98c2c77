"""The canvas that is in front."""

from PySide6.QtWidgets import QWidget

from app.editor.canvas.canvas import Canvas
from app.studio import Studio


def canvas_in_front(studio: Studio) -> Canvas | None:
    """The canvas of the flow in front, None when there is none or the welcome page is shown."""
    current = studio.workspace.current
    if current is None:
        return None
    pages: list[QWidget] = studio.window.findChildren(Canvas)
    return next((c for c in pages if isinstance(c, Canvas) and c.workbench is current), None)
