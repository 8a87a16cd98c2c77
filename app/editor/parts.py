"""The features that need a canvas; they are loaded with it, after the window is seen."""

from collections.abc import Callable

from app.editor import finding, looking
from app.editor.acting import parts as acting
from app.studio import Studio

PARTS: tuple[Callable[[Studio], None], ...] = (looking.install, acting.install, finding.install)
"""Called once, in this order, before the first flow is shown."""
