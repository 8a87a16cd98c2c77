"""Opens the form of a breakpoint."""

from app.dialogs.breakpoint import BreakpointSheet
from app.dialogs.sheet import Sheet
from app.dialogs.spending import SpendingSheet
from app.studio import Studio
from app.workbench import Workbench
from runtime.breakpoints import Breakpoint


def edit_breakpoint(studio: Studio, bench: Workbench, point: Breakpoint, *, is_new: bool) -> Sheet:
    """Ask how a breakpoint is to stop; one at a block is shown with it."""
    if not point.block:
        made: Sheet = SpendingSheet(studio, bench, point, is_new=is_new)
    else:
        bench.go_to_address(point.block)
        made = BreakpointSheet(studio, bench, point, is_new=is_new)
    made.open()
    return made
