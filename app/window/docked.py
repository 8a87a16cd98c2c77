"""The features that need docks; they are loaded with them, after the window is seen."""

from collections.abc import Callable

from app import bundles, inspecting, librarian, overseeing
from app.studio import Studio

PARTS: tuple[Callable[[Studio], None], ...] = (
    inspecting.install,
    overseeing.install,
    bundles.install,
    librarian.install,
)
"""Called once, in this order, when the docks are there."""
