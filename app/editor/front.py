"""The canvas that is in front."""

from app.editor.canvas.canvas import Canvas
from app.studio import Studio


def canvas_in_front(studio: Studio) -> Canvas | None:
    """The canvas of the flow in front, None when there is none or the welcome page is shown."""
    current = studio.workspace.current
    found = studio.canvases.get(current) if current else None
    return found if isinstance(found, Canvas) else None
