"""Moves the view of the canvas in front, and chooses what it shows besides the flow."""

from collections.abc import Callable

from PySide6.QtCore import Qt

from app.editor.canvas.canvas import Canvas
from app.editor.canvas.minimap import KEY as MINIMAP
from app.editor.canvas.minimap import Minimap
from app.editor.front import canvas_in_front
from app.studio import Studio

STEP = 1.25
VALUES = "canvas/values"


def install(studio: Studio) -> None:
    """Bind what is done to the view of the canvas in front."""

    def bind(id: str, do: Callable[[Canvas], object]) -> None:
        def act() -> None:
            if (canvas := canvas_in_front(studio)) is not None:
                do(canvas)

        studio.actions.bind(id, act, enabled=lambda: canvas_in_front(studio) is not None)

    bind("view.fit", Canvas.fit_all)
    bind("view.fit_selection", Canvas.fit_selection)
    bind("view.zoom_in", lambda canvas: canvas.zoom_by(STEP))
    bind("view.zoom_out", lambda canvas: canvas.zoom_by(1 / STEP))
    bind("view.actual", lambda canvas: canvas.set_zoom(1.0))
    bind("go.canvas", lambda canvas: canvas.setFocus(Qt.FocusReason.ShortcutFocusReason))
    _bind_switch(studio, "view.minimap", MINIMAP, True, _show_minimap)
    _bind_switch(studio, "view.values", VALUES, False, _show_values)


def _bind_switch(
    studio: Studio, id: str, key: str, at_first: bool, show: Callable[[Canvas, bool], object]
) -> None:
    """An action that turns something on and off on every canvas, and is remembered."""

    def switch() -> None:
        on = not studio.preferences.flag(key, at_first)
        studio.preferences.remember(key, on)
        for canvas in studio.window.findChildren(Canvas):
            show(canvas, on)
        studio.actions[id].setChecked(on)

    studio.actions.bind(
        id, switch,
        enabled=lambda: canvas_in_front(studio) is not None,
        checked=lambda: studio.preferences.flag(key, at_first),
    )  # fmt: skip


def _show_minimap(canvas: Canvas, on: bool) -> None:
    for minimap in canvas.findChildren(Minimap):
        minimap.wanted = on


def _show_values(canvas: Canvas, on: bool) -> None:
    canvas.values = on
