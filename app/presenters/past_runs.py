"""Past runs as a list shows them, and which of them are meant by a few words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from app.presenters.run_words import WORDS, duration
from app.presenters.since import since
from graph.errors import HeddleError
from graph.file_format import read
from graph.flow import Flow
from runtime.journal.contract import Hit, RunRow, RunState

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

STATES: Mapping[str, RunState | str] = {
    "Any state": "",
    "Running": "running",
    "Paused": "paused",
    "Interrupted": "left",
    "Done": "succeeded",
    "Failed": "failed",
    "Cancelled": "cancelled",
}
"""What can be chosen, and the state that is meant."""

TIMES: Mapping[str, int] = {"Any time": 0, "Today": 1, "Since yesterday": 2, "Last 7 days": 7,
                            "Last 30 days": 30}  # fmt: skip
"""What can be chosen, and how many days are meant, this one among them."""


class PastRun(NamedTuple):
    """One row: what stands in the columns, what is told beside them.

    `words` are what it is found by: its state, its flow, when it was, its id, what was said.
    """

    row: RunRow
    texts: tuple[str, ...]
    icon: str
    colour: str
    about: str
    can_resume: bool
    words: str

    @property
    def is_from_elsewhere(self) -> bool:
        """Whether it was done on another machine and came in a bundle."""
        return bool(self.row.origin)


def past_runs(
    rows: Sequence[RunRow], now: datetime, names: Mapping[str, str] | None = None
) -> list[PastRun]:
    """The runs of a journal as they are at a time.

    `names` are those of flows that say none themselves, by their hash.
    """
    return [_past_run(row, now, names or {}) for row in rows]


def found_runs(
    hits: Sequence[Hit], now: datetime, names: Mapping[str, str] | None = None
) -> list[PastRun]:
    """Runs in which a value was found: that stands where else is what was said."""
    return [_with_find(run, hit) for hit, run in
            zip(hits, past_runs([hit.row for hit in hits], now, names), strict=True)]  # fmt: skip


def matching(runs: Sequence[PastRun], text: str) -> list[PastRun]:
    """The runs in which all these words stand, like "failed yesterday orders"."""
    wanted = text.casefold().split()
    return [run for run in runs if all(word in run.words for word in wanted)]


def start_of(days: int, now: datetime) -> float | None:
    """When the first of so many days began, this one the last of them; None for no bound."""
    if not days:
        return None
    today = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return (today - timedelta(days=days - 1)).timestamp()


def unnamed(rows: Sequence[RunRow]) -> list[str]:
    """The flows, by hash, that are called nothing."""
    return list(dict.fromkeys(row.flow for row in rows if not row.name))


def called(text: str) -> str:
    """What to call a flow without a name, given as the text of its file: by what is in it."""
    try:
        flow = read(text)
    except HeddleError:
        return UNTITLED
    titles = list(dict.fromkeys(_titles(flow)))
    if not titles:
        return UNTITLED
    more = f" and {len(titles) - 2} more" if len(titles) > 2 else ""
    return f"{UNTITLED}: {', '.join(titles[:2])}{more}"


UNTITLED = "Untitled"


def _titles(flow: Flow) -> Iterator[str]:
    for block in flow.blocks.values():
        if not block.kind.startswith("flow."):
            yield block.title or block.id.replace("_", " ")


def _past_run(row: RunRow, now: datetime, names: Mapping[str, str]) -> PastRun:
    left = row.ended is None and row.lease_until < now.timestamp()
    state = "left" if left else row.state
    sign, colour = LOOKS[state]
    began = datetime.fromtimestamp(row.started, UTC).astimezone()
    took = "" if row.ended is None else duration(max(0.0, row.ended - row.started))
    said = " ".join(row.summary.split())
    texts = (
        "Interrupted" if left else WORDS[row.state],
        row.name or names.get(row.flow) or UNTITLED,
        since(began, now.astimezone()),
        took,
        said or ("From elsewhere" if row.origin else "A replay" if row.replays else ""),
    )
    about = f"{began:%d %B %Y, %H:%M:%S}\n{row.events:,} events\n{row.run}"
    if row.origin:
        about = f"Done elsewhere; it came in {row.origin}.\n{about}"
    words = " ".join(
        (
            *texts,
            row.run,
            *_times(began, now.astimezone()),
            "replay" if row.replays else "",
            "elsewhere" if row.origin else "",
        )
    )
    return PastRun(row, texts, sign, colour, f"{said}\n{about}".strip(), left, words.casefold())


def _times(began: datetime, now: datetime) -> Iterator[str]:
    """The words that say when it was."""
    days = (now.date() - began.date()).days
    yield f"{began:%A} {began:%B} {began:%Y-%m-%d} {began:%H:%M}"
    if days == 0:
        yield "today"
    if days == 1:
        yield "yesterday"


def _with_find(run: PastRun, hit: Hit) -> PastRun:
    found = f"{hit.place}: {hit.excerpt}"
    return run._replace(texts=(*run.texts[:-1], found), about=f"{found}\n{run.about}")
