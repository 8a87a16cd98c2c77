"""What all runs of a journal ask people, whoever drives them."""

from collections.abc import Sequence

from runtime.events import TaskAsked
from runtime.history import effective
from runtime.journal.contract import Journal, RunRow
from runtime.projections.inbox import Question, open_questions, question_of

MOST_RUNS = 10_000
"""Unfinished runs that are looked through."""


class Inboxes:
    """Reads what is asked. What runs ask that haven't moved since is kept."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._kept: dict[str, tuple[int, list[TaskAsked]]] = {}

    async def questions(self, run: str = "") -> list[Question]:
        """What is asked by all runs that haven't ended, or by one; newest first."""
        rows = [await self._journal.run(run)] if run else await self._unfinished()
        found = [
            question_of(event, row.name)
            for row in rows
            if row.ended is None
            for event in await self._asked_by(row)
        ]
        if not run:
            left = {row.run for row in rows}
            self._kept = {id: kept for id, kept in self._kept.items() if id in left}
        return sorted(found, key=lambda question: -question.since)

    async def _unfinished(self) -> Sequence[RunRow]:
        running = await self._journal.runs(state="running", limit=MOST_RUNS)
        return [*running, *await self._journal.runs(state="paused", limit=MOST_RUNS)]

    async def _asked_by(self, row: RunRow) -> list[TaskAsked]:
        events, asked = self._kept.get(row.run, (-1, []))
        if events != row.events:
            asked = open_questions(effective(await self._journal.read(row.run)))
            self._kept[row.run] = (row.events, asked)
        return asked
