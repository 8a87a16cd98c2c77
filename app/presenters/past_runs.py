"""Past runs as a list shows them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from app.presenters.run_words import WORDS, duration
from app.presenters.since import since
from runtime.journal.contract import RunRow

COLUMNS = ("State", "Flow", "When", "Took", "What was said")

LOOKS: Mapping[str, tuple[str, str]] = {
    "running": ("mdi6.play-circle-outline", "running"),
    "paused": ("mdi6.pause-circle-outline", "warning"),
    "left": ("mdi6.progress-alert", "warning"),
    "succeeded": ("mdi6.check-circle-outline", "done"),
    "failed": ("mdi6.alert-circle-outline", "failed"),
    "cancelled": ("mdi6.cancel", "muted"),
}
"""By state: the icon and the name of its colour in the theme."""


class PastRun(NamedTuple):
    """One row: what stands in the columns, what is told beside them."""

    row: RunRow
    texts: tuple[str, ...]
    icon: str
    colour: str
    about: str
    can_resume: bool


def past_runs(rows: Sequence[RunRow], now: datetime) -> list[PastRun]:
    """The runs of a journal as they are at a time."""
    return [_past_run(row, now) for row in rows]


def _past_run(row: RunRow, now: datetime) -> PastRun:
    left = row.ended is None and row.lease_until < now.timestamp()
    state = "left" if left else row.state
    sign, colour = LOOKS[state]
    began = datetime.fromtimestamp(row.started, UTC).astimezone()
    took = "" if row.ended is None else duration(max(0.0, row.ended - row.started))
    said = " ".join(row.summary.split())
    texts = (
        "Interrupted" if left else WORDS[row.state],
        row.name or "Untitled",
        since(began, now.astimezone()),
        took,
        said or ("A replay" if row.replays else ""),
    )
    about = f"{began:%d %B %Y, %H:%M:%S}\n{row.events:,} events\n{row.run}"
    return PastRun(row, texts, sign, colour, f"{said}\n{about}".strip(), left)
