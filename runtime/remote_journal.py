"""What can be read of a runtime elsewhere: its journal and its metrics."""

from collections.abc import Sequence
from typing import Any, Literal, Protocol
from urllib.parse import quote

import msgspec

from runtime.events import AnyEvent
from runtime.journal.contract import FlowRow, Found, RunRow, RunState, Spot, TaskRow
from runtime.large import Page, Place
from runtime.metrics.series import Line, Overview, Question
from runtime.projections.inbox import Inbox
from runtime.projections.inbox import Question as AskedOfPeople
from runtime.projections.task_data import TaskData
from runtime.remote_errors import ServerRefused
from runtime.watching import Watched, WatchedAll
from runtime.wire import looked_up, unpacked


class Get(Protocol):
    """The answer to a GET of a path, with a query. Raises HeddleError."""

    async def __call__(self, path: str, /, **query: Any) -> bytes: ...


class RemoteJournal:
    """What can be read of the journal of a runtime elsewhere."""

    def __init__(self, get: Get, brief: str) -> None:
        self._get = get
        self._brief = brief

    async def read(self, run: str, after: int = 0) -> list[AnyEvent]:
        """The events of a run with a `seq` above `after`. Raises UnknownRun."""
        path = f"/runs/{quote(run, '')}/events"
        events = unpacked(await self._get(path, after=after, brief=self._brief))
        assert isinstance(events, list), "only a watcher is told that it missed something"
        return events

    async def questions(self, run: str = "") -> list[AskedOfPeople]:
        """What runs ask people, newest first; or what one run asks."""
        return looked_up(await self._get("/inbox", run=run), Inbox).questions

    async def runs(
        self,
        *,
        flow: str = "",
        state: RunState | Literal[""] = "",
        limit: int = 100,
        before: float | None = None,
        since: float | None = None,
    ) -> list[RunRow]:
        """Runs, newest first, optionally of one flow (its hash or name) or in one state."""
        rows = await self._get(
            "/runs", flow=flow, state=state, limit=limit, before=before, since=since
        )
        return msgspec.json.decode(rows, type=list[RunRow])

    async def find(
        self,
        text: str,
        *,
        flow: str = "",
        state: RunState | Literal[""] = "",
        since: float | None = None,
        after: Spot | None = None,
    ) -> Found:
        """Look for a text in the values of the next runs, newest first: one step of a search."""
        started, run = after or (None, None)
        found = await self._get(
            "/find", text=text, flow=flow, state=state, since=since, started=started, run=run
        )
        return msgspec.json.decode(found, type=Found)

    async def run(self, run: str) -> RunRow:
        """One run, by its id or an unambiguous beginning of it. Raises UnknownRun."""
        return msgspec.json.decode(await self._get(f"/runs/{quote(run, '')}"), type=RunRow)

    async def tasks(self, run: str) -> list[TaskRow]:
        """What became of the tasks of a run, in the order they came up. Raises UnknownRun."""
        rows = await self._get(f"/runs/{quote(run, '')}/tasks")
        return msgspec.json.decode(rows, type=list[TaskRow])

    async def task(self, run: str, task: str, upto: int | None = None) -> TaskData:
        """All about one task, large values as they begin. Raises UnknownRun, NoSuchTask.

        With `upto`, the seq of an event, as it was after that event.
        """
        found = await self._get(f"/runs/{quote(run, '')}/tasks/{quote(task)}", upto=upto)
        return looked_up(found, TaskData)

    async def part(self, place: Place, start: int, count: int) -> Page:
        """Members of a value, or a piece of a text. Raises NoSuchTask, NoSuchValue."""
        place_and_part = {**_query(place), "start": start, "count": count}
        return looked_up(
            await self._get(f"/runs/{quote(place.run, '')}/value", **place_and_part), Page
        )

    async def watches(
        self,
        run: str,
        at: str,
        scope: str,
        expressions: Sequence[str],
        *,
        rounds: bool = False,
        upto: int | None = None,
    ) -> list[Watched]:
        """What watches come to, or the first of them in every round. Raises UnknownRun."""
        asked = {
            "at": at, "round": scope, "rounds": "true" if rounds else "",
            "expressions": msgspec.json.encode(list(expressions)).decode(), "upto": upto,
        }  # fmt: skip
        found = await self._get(f"/runs/{quote(run, '')}/watches", **asked)
        return looked_up(found, WatchedAll).watched

    async def whole(self, place: Place) -> bytes:
        """A whole value: a text in UTF-8, bytes as they are, anything else as JSON."""
        return await self._get(f"/runs/{quote(place.run, '')}/whole", **_query(place))

    async def evaluate(self, run: str, task: str, expression: str) -> Any:
        """What an expression comes to with the values of a task. Raises NoSuchTask, …."""
        asked = {"task": task, "expression": expression}
        return looked_up(await self._get(f"/runs/{quote(run, '')}/evaluate", **asked), Any)

    async def flow(self, flow: str) -> FlowRow | None:
        """A stored flow by its content hash."""
        try:
            row = await self._get(f"/flows/{quote(flow, '')}")
        except ServerRefused as refusal:
            if refusal.status == 404:
                return None
            raise
        return msgspec.json.decode(row, type=FlowRow)


class RemoteMetrics:
    """The metrics of a runtime elsewhere."""

    def __init__(self, get: Get) -> None:
        self._get = get

    async def overview(self) -> Overview:
        """What there is to ask for."""
        return msgspec.json.decode(await self._get("/metrics"), type=Overview)

    async def read(self, question: Question) -> list[Line]:
        """The course of metrics over time. Raises NoSuchMetric."""
        return await self._lines("/metrics/series", question)

    async def of_run(self, run: str, question: Question) -> list[Line]:
        """The course of one run, from its beginning on. Raises UnknownRun, NoSuchMetric."""
        return await self._lines(f"/runs/{quote(run, '')}/metrics", question)

    async def _lines(self, path: str, question: Question) -> list[Line]:
        asked = {**msgspec.to_builtins(question), "names": ",".join(question.names)}
        return msgspec.json.decode(await self._get(path, **asked), type=list[Line])


def _query(place: Place) -> dict[str, Any]:
    path = msgspec.json.encode(place.path).decode()
    return {"task": place.task, "side": place.side, "name": place.name, "path": path}
