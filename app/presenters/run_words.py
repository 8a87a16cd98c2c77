"""A run in words: how it stands, how long it took, how far it is."""

import time
from collections.abc import Mapping
from typing import Any

from runtime.projections.run_view import RunView

WORDS: Mapping[str, str] = {
    "running": "Running",
    "asking": "Waits for an answer",
    "paused": "Paused",
    "stalled": "Waiting",
    "interrupted": "Interrupted",
    "succeeded": "Done",
    "failed": "Failed",
    "cancelled": "Cancelled",
}
"""By state of a run: what is said of it."""


def duration(seconds: float) -> str:
    """A time as a person reads it: `<1 ms`, `340 ms`, `2.1 s`, `4 min 10 s`, `2 h 5 min`."""
    if seconds < 0.001:
        return "<1 ms"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def standing(view: RunView, now: float | None = None) -> str:
    """The state of a run and how long it has been, or what it waits for."""
    if not view.run:
        return "Starting…"
    if view.state == "stalled" and view.waits_for:
        return f"Waiting: {view.waits_for[0]}"
    if view.state == "asking" and view.asked:
        return awaited(view)
    now = time.time() if now is None else now
    took = view.took if view.over or view.state == "interrupted" else max(0.0, now - view.began)
    undoes = view.cancelling and view.state == "running"
    return f"{'Undoing' if undoes else WORDS[view.state]} · {duration(took)}"


def awaited(view: RunView) -> str:
    """From whom a run waits for an answer."""
    asked = [people_of(event.question) for event in view.asked.values()]
    more = f", and {len(asked) - 1:,} more" if len(asked) > 1 else ""
    return f"Waits for an answer from {asked[0]}{more}"


def people_of(question: Mapping[str, Any]) -> str:
    """Who is asked: their names, or somebody."""
    return ", ".join(map(str, question.get("of", ()))) or "somebody"


def progress(view: RunView, blocks: int) -> float:
    """How much of a run is done, 0 to 1: blocks that are settled, and parts of those under way."""
    if view.over:
        return 1.0
    done = 0.0
    for address, block in view.blocks.items():
        if "/" in address:
            continue
        if block.settled:
            done += 1
        elif block.total:
            done += min(1.0, block.so_far / block.total)
    return min(1.0, done / blocks) if blocks else 0.0
