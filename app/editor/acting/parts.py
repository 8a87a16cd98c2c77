"""Which actions of the canvas there are: each module binds its own."""

from app.editor.acting import (
    arranging,
    clipboard,
    going,
    inserting,
    naming,
    pinning,
    removing,
    reshaping,
    stopping,
)
from app.editor.acting.binding import Binder
from app.studio import Studio


def install(studio: Studio) -> None:
    """Bind the actions of the canvas."""
    binder = Binder(studio)
    for part in (
        clipboard, removing, inserting, arranging, reshaping, pinning, naming, going, stopping,
    ):  # fmt: skip
        part.bind(binder)
