"""Metrics in tables: what SQLite and PostgreSQL have in common."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from typing import Any, TypeVar

import msgspec

from runtime.journal.cursor import Cursor
from runtime.metrics import levels
from runtime.metrics.levels import LEVELS, Fits
from runtime.metrics.store import MetricsGone, Seen, Wanted
from runtime.projections.metrics.tally import Point, Series, Tally

T = TypeVar("T")

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Tally).decode

AGED = 60
"""Seconds by which the note of when a series was last counted may be behind."""


class SqlMetricStore(ABC):
    """One connection, in a thread of its own: no run ever waits for it."""

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._known: dict[int, tuple[Series, int]] = {}
        """The series by their ids, and when each was last noted to have been counted."""

    async def open(self) -> None:
        """Get ready; the connection is made when it is first needed."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="metrics")

    async def close(self) -> None:
        """Let go of everything. Never raises."""
        if self._thread is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
            self._thread.shutdown(wait=False)
            self._thread = None

    @abstractmethod
    def _transact(self, work: Callable[[Cursor], T], *, writes: bool) -> T:
        """Do the work in one transaction, which sees one state of things. Raises MetricsGone."""

    @abstractmethod
    def _disconnect(self) -> None:
        """Let go of the connection. Never raises."""

    async def add(
        self, points: Sequence[Point], cursors: Mapping[str, int | None] | None = None
    ) -> None:
        """Add points of single seconds, and how far runs were counted."""

        def work(cursor: Cursor) -> None:
            levels.add(self._rows(cursor), points)
            _move(cursor, cursors or {})

        await self._do(work, writes=True)

    async def read(self, wanted: Wanted, start: int, end: int, level: int) -> list[Point]:
        """Points of `level` seconds each in [start, end), finer ones where it isn't rolled up."""
        return await self._do(
            lambda cursor: levels.read(self._rows(cursor), wanted.fits, start, end, level)
        )

    async def seen(self) -> list[Seen]:
        """Every series that is kept."""
        known = await self._do(lambda cursor: self._rows(cursor).series())
        return [Seen(series, last) for series, last in known.values()]

    async def cursors(self) -> dict[str, int]:
        """How far each run was counted that wasn't told to be over."""
        return dict(await self._do(lambda cursor: _all(cursor, "SELECT run, seq FROM metric_runs")))

    async def tidy(self, now: float) -> None:
        """Roll up what is old enough, and forget what is too old."""

        def work(cursor: Cursor) -> None:
            levels.tidy(self._rows(cursor), now)
            oldest = int(now) - levels.KEPT[LEVELS[-1]]
            cursor.execute("DELETE FROM metric_series WHERE last < :oldest", {"oldest": oldest})
            self._known.clear()

        await self._do(work, writes=True)

    async def _do(self, work: Callable[[Cursor], T], *, writes: bool = False) -> T:
        """Do the work in the thread. Raises MetricsGone."""
        if self._thread is None:
            raise MetricsGone("The metrics are closed.", cure="Open them first.")
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: self._done(work, writes)
        )

    def _done(self, work: Callable[[Cursor], T], writes: bool) -> T:
        try:
            return self._transact(work, writes=writes)
        except MetricsGone:
            self._known.clear()  # what was noted last has been taken back
            raise

    def _rows(self, cursor: Cursor) -> "SqlRows":
        return SqlRows(cursor, self._known)


class SqlRows:
    """Points in a table, in one transaction. `known` is shared by all."""

    def __init__(self, cursor: Cursor, known: dict[int, tuple[Series, int]]) -> None:
        self._cursor = cursor
        self._known = known

    def marks(self) -> Mapping[int, int]:
        return dict(_all(self._cursor, "SELECT step, until FROM metric_levels"))

    def mark(self, level: int, until: int) -> None:
        self._cursor.execute(
            "INSERT INTO metric_levels (step, until) VALUES (:step, :until) "
            "ON CONFLICT (step) DO UPDATE SET until = excluded.until",
            {"step": level, "until": until},
        )

    def between(self, level: int, start: int, end: int, fits: Fits | None = None) -> list[Point]:
        known = self.series()
        rows: list[Any] = []
        span = {"step": level, "start": start, "end": end}
        if fits is None:
            rows = _all(self._cursor, f"{_SELECT} ORDER BY at", span)
        else:
            for series in (id for id, (one, _) in known.items() if fits(one)):
                rows += _all(
                    self._cursor, f"{_SELECT} AND series = :series ORDER BY at",
                    {**span, "series": series},
                )  # fmt: skip
        return [
            Point(known[id][0], at, _unpack(payload)) for id, at, payload in rows if id in known
        ]

    def put(self, level: int, points: Sequence[Point]) -> None:
        if level == 1:
            self._note(points)
        self._cursor.executemany(
            "INSERT INTO metric_points (step, series, at, payload) "
            "VALUES (:step, :series, :at, :payload) "
            "ON CONFLICT (step, series, at) DO UPDATE SET payload = excluded.payload",
            [
                {"step": level, "series": id_of(p.series), "at": p.at, "payload": _pack(p.tally)}
                for p in points
            ],
        )

    def drop(self, level: int, before: int) -> None:
        self._cursor.execute(
            "DELETE FROM metric_points WHERE step = :step AND at < :before",
            {"step": level, "before": before},
        )

    def series(self) -> Mapping[int, tuple[Series, int]]:
        """Every series by its id, and when it was last counted, more or less."""
        rows = _all(self._cursor, "SELECT id, flow, block, agent, last FROM metric_series")
        return {id: (Series(flow, block, agent), last) for id, flow, block, agent, last in rows}

    def _note(self, points: Sequence[Point]) -> None:
        """Note series that are new, or weren't noted for a while."""
        fresh: dict[int, tuple[Series, int]] = {}
        for point in points:
            id = id_of(point.series)
            there = fresh.get(id) or self._known.get(id)
            if there is None or point.at > there[1] + AGED:
                fresh[id] = point.series, point.at
        if not fresh:
            return
        self._cursor.executemany(
            "INSERT INTO metric_series (id, flow, block, agent, last) "
            "VALUES (:id, :flow, :block, :agent, :last) ON CONFLICT (id) DO UPDATE SET last = "
            "CASE WHEN excluded.last > metric_series.last THEN excluded.last "
            "ELSE metric_series.last END",
            [
                {"id": id, **msgspec.structs.asdict(series), "last": last}
                for id, (series, last) in fresh.items()
            ],
        )
        self._known.update(fresh)


_SELECT = (
    "SELECT series, at, payload FROM metric_points "
    "WHERE step = :step AND at >= :start AND at < :end"
)


def id_of(series: Series) -> int:
    """The number of a series: the same in every database, and for every process."""
    text = "\0".join((series.flow, series.block, series.agent))
    digest = blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _move(cursor: Cursor, cursors: Mapping[str, int | None]) -> None:
    """Keep how far runs were counted."""
    over = [{"run": run} for run, seq in cursors.items() if seq is None]
    on = [{"run": run, "seq": seq} for run, seq in cursors.items() if seq is not None]
    if over:
        cursor.executemany("DELETE FROM metric_runs WHERE run = :run", over)
    if on:
        cursor.executemany(
            "INSERT INTO metric_runs (run, seq) VALUES (:run, :seq) "
            "ON CONFLICT (run) DO UPDATE SET seq = excluded.seq",
            on,
        )


def _all(cursor: Cursor, statement: str, parameters: Any = None) -> list[Any]:
    cursor.execute(statement, parameters or {})
    return list(cursor.fetchall())
