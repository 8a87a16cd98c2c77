"""Renaming in place."""

from app.editor.acting.binding import Binder
from app.editor.gestures.in_place import rename
from app.workbench import Workbench


def bind(to: Binder) -> None:
    to.on_canvas("edit.rename", rename, one_titled)


def one_titled(bench: Workbench) -> bool:
    """Whether one thing with a title is selected."""
    return len(bench.selected) + len(bench.selected_frames) == 1
