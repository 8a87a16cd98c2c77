"""How a run in a list stands: under way, left by its owner, or ended."""

import time
from typing import Literal

from runtime.journal.contract import RunRow, RunState
from runtime.ownership import is_gone

Standing = RunState | Literal["left"]

STYLES: dict[Standing, str] = {
    "running": "cyan",
    "paused": "yellow",
    "left": "yellow",
    "succeeded": "green",
    "failed": "red",
    "cancelled": "red dim",
}


def standing(row: RunRow, now: float | None = None) -> Standing:
    """The state of a run; "left" when it is unfinished and nobody drives it."""
    if row.ended is not None:
        return row.state
    lapsed = row.lease_until <= (time.time() if now is None else now)
    return "left" if not row.owner or lapsed or is_gone(row.owner) else row.state
