"""Which features there are: each binds actions of the table to what it does."""

from collections.abc import Callable

from app import editing
from app.connections import making as connections
from app.debugging import actions as debugging
from app.debugging import faults, telling, using
from app.dialogs import about, block_help, command_palette, shortcuts
from app.files import actions as files
from app.files import keeping
from app.inbox import telling as inbox
from app.library import offered_blocks
from app.planning import actions as planning
from app.running import actions as running
from app.running import care as runtime_care
from app.running import differing, staleness
from app.running import status as run_status
from app.studio import Studio
from app.testing import actions as testing

Part = Callable[[Studio], None]

PARTS: tuple[Part, ...] = (
    files.install,
    editing.install,
    running.install,
    debugging.install,
    telling.install,
    using.install,
    faults.install,
    testing.install,
    keeping.install,
    runtime_care.install,
    run_status.install,
    staleness.install,
    differing.install,
    inbox.install,
    offered_blocks.install,
    planning.install,
    connections.install,
    command_palette.install,
    shortcuts.install,
    block_help.install,
    about.install,
)
"""Called once, in this order, when the window has been put together."""
