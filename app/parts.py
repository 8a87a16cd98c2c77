"""Which features there are: each binds actions of the table to what it does."""

from collections.abc import Callable

from app import editing, keeping, opening, running, saving
from app.studio import Studio

Part = Callable[[Studio], None]

PARTS: tuple[Part, ...] = (
    opening.install,
    saving.install,
    editing.install,
    running.install,
    keeping.install,
)
"""Called once, in this order, when the window has been put together."""
