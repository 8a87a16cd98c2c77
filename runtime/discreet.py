"""Runs told without the machine and the process that drive them."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from runtime.events import AnyEvent, RunRecovered, RunStarted
from runtime.journal.contract import Found, Journal, RunRow, RunState, Spot
from runtime.ownership import word_of

_NAMING = (RunStarted, RunRecovered)


def discreet(events: Sequence[AnyEvent]) -> list[AnyEvent]:
    """Events that name an owner by its word alone."""
    return [
        msgspec.structs.replace(event, owner=word_of(event.owner))
        if isinstance(event, _NAMING)
        else event
        for event in events
    ]


class DiscreetJournal:
    """A journal for whoever has no business with machines: of owners it tells the word alone."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.open, self.close, self.append = journal.open, journal.close, journal.append
        self.tasks, self.blocks = journal.tasks, journal.blocks
        self.keep_flow, self.flow, self.flows = journal.keep_flow, journal.flow, journal.flows
        self.claim, self.renew, self.release = journal.claim, journal.renew, journal.release
        self.prune, self.size = journal.prune, journal.size

    async def read(self, run: str, after: int = 0) -> list[AnyEvent]:
        """As `Journal.read`."""
        return discreet(await self._journal.read(run, after))

    async def runs(
        self,
        *,
        flow: str = "",
        state: RunState | Literal[""] = "",
        limit: int = 100,
        before: float | None = None,
        since: float | None = None,
    ) -> list[RunRow]:
        """As `Journal.runs`."""
        rows = await self._journal.runs(
            flow=flow, state=state, limit=limit, before=before, since=since
        )
        return [_row(row) for row in rows]

    async def find(
        self,
        text: str,
        *,
        flow: str = "",
        state: RunState | Literal[""] = "",
        since: float | None = None,
        after: Spot | None = None,
    ) -> Found:
        """As `Journal.find`."""
        found = await self._journal.find(text, flow=flow, state=state, since=since, after=after)
        hits = [msgspec.structs.replace(hit, row=_row(hit.row)) for hit in found.hits]
        return msgspec.structs.replace(found, hits=hits)

    async def run(self, run: str) -> RunRow:
        """As `Journal.run`."""
        return _row(await self._journal.run(run))


def _row(row: RunRow) -> RunRow:
    return msgspec.structs.replace(row, owner=word_of(row.owner))
