"""The runs that the list shows: read page by page, narrowed by words, or found by a value."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Literal

from PySide6.QtCore import QObject, Signal

from app.bridge.bridge import Bridge
from app.history.filter_bar import FilterBar
from app.history.readable import Readable
from app.history.value_search import ValueSearch, Wanted
from app.presenters.past_runs import PastRun, called, found_runs, matching, past_runs, unnamed
from graph.errors import HeddleError
from runtime.journal.contract import FlowRow, RunRow, RunState

PAGE = 300
"""Runs that are read at once."""

MOST = 6000
"""Runs that are listed at the most."""

MOST_UNNAMED = 60
"""Flows without a name of which is read what is in them."""


class Listing(QObject):
    """Reads what the filter asks for; `changed` tells that there are others to show."""

    changed = Signal()

    def __init__(
        self, bridge: Bridge, filter: FilterBar, front: Callable[[], str], parent: QObject
    ) -> None:
        """`front` says what runs of the flow in front are called."""
        super().__init__(parent)
        self._bridge, self._filter, self._front = bridge, filter, front
        self._rows: list[RunRow] = []
        self._ends = True
        self._asked = 0
        self._names: dict[str, str] = {}
        self.trouble = ""
        """Why there is nothing to list."""
        self._search = ValueSearch(bridge, self)
        self._search.changed.connect(self._found)
        filter.changed.connect(self.read)
        filter.search.connect(self._look_for)

    @property
    def has_more(self) -> bool:
        """Whether there are further runs to be read."""
        return not (self._ends or self._search.is_on) and len(self._rows) < MOST

    @property
    def is_searching(self) -> bool:
        """Whether a value is still looked for."""
        return self._search.is_under_way

    @property
    def progress(self) -> str:
        """How far the search for a value is."""
        if not self._search.is_on or self._search.trouble:
            return ""
        looked = f"{self._search.looked:,} run{'' if self._search.looked == 1 else 's'}"
        found = f"{len(self._search.hits):,} found"
        return f"Looking… {looked}, {found}" if self.is_searching else f"{looked} seen, {found}"

    def runs(self) -> list[PastRun]:
        """The runs to be listed, newest first."""
        now = datetime.now(UTC)
        if self._search.is_on:
            listed = found_runs(self._search.hits, now, self._names)
        else:
            listed = matching(past_runs(self._rows, now, self._names), self._filter.words)
        if self._filter.state.value == "left":
            return [run for run in listed if run.can_resume]
        if self._filter.state.value in ("running", "paused"):
            return [run for run in listed if not run.can_resume]
        return listed

    def read(self) -> None:
        """Read the newest runs."""
        if not self._filter.is_for_value:
            self._search.clear()
        self._read(None)

    def read_on(self) -> None:
        """Read the runs before those that are listed."""
        if self._rows and self.has_more:
            self._read(self._rows[-1].started)

    def stop(self) -> None:
        """Look for a value no further."""
        self._search.stop()

    def _look_for(self, text: str) -> None:
        self._search.start(Wanted(text, self._flow, self._filter.kept_state, self._filter.since))

    @property
    def _flow(self) -> str:
        return self._front() if self._filter.only_this.isChecked() else ""

    def _read(self, before: float | None) -> None:
        self._asked += 1
        asked, flow, since = self._asked, self._flow, self._filter.since
        state: RunState | Literal[""] = self._filter.kept_state

        def take(rows: list[RunRow]) -> None:
            if asked != self._asked:
                return  # something else was asked for meanwhile
            self._rows = rows if before is None else [*self._rows, *rows]
            self._ends = len(rows) < PAGE
            self.trouble = ""
            self._name(rows)
            self.changed.emit()

        self._bridge.look(
            lambda journal: journal.runs(
                flow=flow, state=state, limit=PAGE, before=before, since=since
            ),
            take,
            self._fail,
        )

    def _fail(self, error: HeddleError) -> None:
        self.trouble = str(error)
        self.changed.emit()

    def _found(self) -> None:
        self.trouble = self._search.trouble
        self._name([hit.row for hit in self._search.hits])
        self.changed.emit()

    def _name(self, rows: Sequence[RunRow]) -> None:
        """Find out what is in flows that have no name."""
        wanted = [flow for flow in unnamed(rows) if flow not in self._names][:MOST_UNNAMED]
        if not wanted:
            return
        self._names.update(dict.fromkeys(wanted, ""))

        async def flows(journal: Readable) -> list[FlowRow | None]:
            return [await journal.flow(flow) for flow in wanted]

        def name(kept: list[FlowRow | None]) -> None:
            self._names.update({row.flow: called(row.text) for row in kept if row is not None})
            self.changed.emit()

        self._bridge.look(flows, name, lambda _: None)
