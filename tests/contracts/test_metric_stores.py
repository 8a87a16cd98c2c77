"""What every store of metrics does, whatever it is kept in: the suite runs on real databases."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.journal.postgres import PostgresJournal
from runtime.journal.sqlite import SQLiteJournal
from runtime.journal.tables import metadata
from runtime.metrics.levels import DAY, HOUR, KEPT, LEVELS, MINUTE, stepped
from runtime.metrics.memory import MemoryMetricStore
from runtime.metrics.postgres import PostgresMetricStore
from runtime.metrics.sqlite import SQLiteMetricStore
from runtime.metrics.store import MetricsGone, MetricStore, Wanted
from runtime.projections.metrics.tally import EVERYTHING, Point, Series, Tally

NOW = 1_699_999_200
"""The beginning of an hour."""
FLOW, BLOCK, AGENT = Series("Triage"), Series("Triage", "each/post"), Series(agent="http")


def point(at: int, tasks: float = 1, series: Series = EVERYTHING) -> Point:
    return Point(series, at, Tally({"tasks": tasks}, {"task": {int(tasks): 1}}))


def tasks(points: list[Point]) -> dict[int, float]:
    return {at: tally.counts["tasks"] for (_, at), tally in sorted(stepped(points, 1).items())}


def total(points: list[Point]) -> Tally:
    whole = Tally()
    for one in points:
        whole.add(one.tally)
    return whole


class MetricStoreContract:
    """For every store. Suites give it a fixture `new_store`."""

    @pytest.fixture
    async def store(
        self, new_store: Callable[[], Awaitable[MetricStore]]
    ) -> AsyncIterator[MetricStore]:
        store = await new_store()
        yield store
        await store.close()

    async def test_points_of_one_second_are_added_up(self, store: MetricStore) -> None:
        await store.add([point(NOW), point(NOW + 1)])
        await store.add([point(NOW, 2), point(NOW, 3, FLOW)])

        found = await store.read(Wanted(), NOW, NOW + 2, 1)

        assert tasks(found) == {NOW: 3, NOW + 1: 1}
        assert total(found).times == {"task": {1: 2, 2: 1}}

    async def test_levels_come_back_as_they_were(self, store: MetricStore) -> None:
        seen = Tally()
        seen.see("memory", 2.0**31)
        seen.see("memory", 2.0**30)
        await store.add([Point(EVERYTHING, NOW, seen)])

        [found] = await store.read(Wanted(), NOW, NOW + 1, 1)

        assert found.tally == seen

    async def test_only_what_is_asked_for_is_read(self, store: MetricStore) -> None:
        other = Series("Other", "each/post")
        every = (EVERYTHING, FLOW, BLOCK, AGENT, other)
        await store.add([point(NOW + at, series=series) for series in every for at in range(3)])

        found = {
            wanted: {(p.series, p.at - NOW) for p in await store.read(wanted, NOW + 1, NOW + 2, 1)}
            for wanted in (Wanted(), Wanted("flow"), Wanted("agent"), Wanted("block"),
                           Wanted("block", flow="Other"), Wanted("block", block="nobody"))
        }  # fmt: skip

        assert list(found.values()) == [
            {(EVERYTHING, 1)}, {(FLOW, 1)}, {(AGENT, 1)}, {(BLOCK, 1), (other, 1)},
            {(other, 1)}, set(),
        ]  # fmt: skip

    async def test_every_series_is_known_with_its_last_moment(self, store: MetricStore) -> None:
        await store.add([point(NOW, series=FLOW), point(NOW + 500, series=FLOW)])
        await store.add([point(NOW + 7, series=AGENT)])

        seen = {one.series: one.last for one in await store.seen()}

        assert seen == {FLOW: NOW + 500, AGENT: NOW + 7}

    async def test_rolling_up_changes_no_sum(self, store: MetricStore) -> None:
        await store.add([point(NOW - 3 * HOUR + at * 37) for at in range(290)])
        before = {level: total(await store.read(Wanted(), NOW - DAY, NOW, level))
                  for level in LEVELS}  # fmt: skip

        await store.tidy(NOW - 2 * HOUR)
        await store.tidy(NOW)

        for level in LEVELS[1:]:
            after = await store.read(Wanted(), NOW - DAY, NOW, level)
            assert total(after) == before[level]
        coarse = await store.read(Wanted(), NOW - DAY, NOW, HOUR)
        assert len([p for p in coarse if p.at < NOW - HOUR]) == 2

    async def test_what_comes_late_is_added_where_it_was_rolled_up(
        self, store: MetricStore
    ) -> None:
        long_ago = NOW - 5 * HOUR
        await store.add([point(long_ago)])
        await store.tidy(NOW)

        await store.add([point(long_ago, 4)])
        await store.tidy(NOW + MINUTE)

        for level in LEVELS[1:]:
            found = await store.read(Wanted(), long_ago - HOUR, NOW, level)
            assert total(found).counts == {"tasks": 5}, level

    async def test_each_level_is_forgotten_in_its_time(self, store: MetricStore) -> None:
        await store.add([point(NOW)])

        left = []
        for later in (0, *KEPT.values()):
            await store.tidy(NOW + later + 2 * HOUR)
            left.append([level for level in LEVELS
                         if await store.read(Wanted(), NOW - HOUR, NOW + 1, level)])  # fmt: skip

        assert left == [[10, MINUTE, HOUR], [10, MINUTE, HOUR], [MINUTE, HOUR], [HOUR], []]

    async def test_how_far_runs_are_counted_goes_with_the_points(self, store: MetricStore) -> None:
        await store.add([point(NOW)], {"a": 3, "b": 7})
        await store.add([], {"a": 9, "b": None, "c": None})

        assert await store.cursors() == {"a": 9}

    async def test_adding_nothing_does_nothing(self, store: MetricStore) -> None:
        await store.add([])

        assert await store.seen() == []

    async def test_closing_twice_does_no_harm(self, store: MetricStore) -> None:
        await store.close()

        await store.close()


class StoredContract(MetricStoreContract):
    """For stores that outlive their process, and that several may use at once."""

    async def test_everything_is_there_after_a_restart(
        self, store: MetricStore, new_store: Callable[[], Awaitable[MetricStore]]
    ) -> None:
        await store.add([point(NOW), point(NOW, 2, BLOCK)], {"a": 3})
        await store.close()

        again = await new_store()

        assert tasks(await again.read(Wanted(), NOW, NOW + 1, 1)) == {NOW: 1}
        assert tasks(await again.read(Wanted("block"), NOW, NOW + 1, 1)) == {NOW: 2}
        assert await again.cursors() == {"a": 3}
        await again.close()

    async def test_several_add_at_once_and_nothing_is_lost(
        self, store: MetricStore, new_store: Callable[[], Awaitable[MetricStore]]
    ) -> None:
        others = [store, await new_store(), await new_store()]

        await asyncio.gather(*(
            one.add([point(NOW + at % 3), point(NOW, 1, FLOW)])
            for one in others for at in range(6)
        ))  # fmt: skip

        assert total(await store.read(Wanted(), NOW, NOW + 3, 1)).counts == {"tasks": 18}
        assert total(await store.read(Wanted("flow"), NOW, NOW + 3, 1)).counts == {"tasks": 18}
        for one in others[1:]:
            await one.close()

    async def test_a_closed_store_says_so(self, store: MetricStore) -> None:
        await store.close()

        with pytest.raises(MetricsGone, match="closed"):
            await store.add([point(NOW)])


class TestMemoryMetricStore(MetricStoreContract):
    @pytest.fixture
    def new_store(self) -> Callable[[], Awaitable[MetricStore]]:
        async def new_store() -> MetricStore:
            return MemoryMetricStore()

        return new_store


class TestSQLiteMetricStore(StoredContract):
    @pytest.fixture
    def new_store(self, tmp_path: Path) -> Callable[[], Awaitable[MetricStore]]:
        async def new_store() -> MetricStore:
            await with_tables(tmp_path / "journal.sqlite")
            store = SQLiteMetricStore(tmp_path / "journal.sqlite")
            await store.open()
            return store

        return new_store

    async def test_a_file_that_is_gone_is_told_of_with_the_cure(self, tmp_path: Path) -> None:
        store = SQLiteMetricStore(tmp_path / "nowhere.sqlite")
        await store.open()

        with pytest.raises(MetricsGone, match=r"nowhere\.sqlite.*See that the file"):
            await store.add([point(NOW)])
        await store.close()


class TestPostgresMetricStore(StoredContract):
    @pytest.fixture
    def new_store(self, postgres_url: str) -> Callable[[], Awaitable[MetricStore]]:
        async def new_store() -> MetricStore:
            store = PostgresMetricStore(postgres_url)
            await store.open()
            return store

        return new_store

    @pytest.fixture(autouse=True)
    async def emptied(self, postgres_url: str) -> None:
        """The database is shared by the whole suite; each test finds it empty."""
        journal = PostgresJournal(postgres_url)
        await journal.open()
        await journal.close()
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"TRUNCATE {', '.join(metadata.tables)}")


async def with_tables(path: Path) -> None:
    journal = SQLiteJournal(path)
    await journal.open()
    await journal.close()


actions = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 6 * HOUR), st.integers(1, 5)),
        st.tuples(st.just("tidy"), st.integers(0, 6 * HOUR), st.just(0)),
        st.tuples(st.just("restart"), st.just(0), st.just(0)),
    ),
    max_size=12,
)


@given(actions)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_one_that_was_restarted_equals_one_that_never_was(
    tmp_path: Path, steps: list[tuple[str, int, int]]
) -> None:
    file = tmp_path / "restarted.sqlite"
    file.unlink(missing_ok=True)
    await with_tables(file)
    stored, always = SQLiteMetricStore(file), MemoryMetricStore()
    await stored.open()
    latest = NOW
    for what, at, how_many in steps:
        match what:
            case "add":
                for store in (stored, always):
                    await store.add([point(NOW + at, how_many), point(NOW + at, 1, BLOCK)])
            case "tidy":
                latest = max(latest, NOW + at)
                for store in (stored, always):
                    await store.tidy(latest)
            case _:
                await stored.close()
                await stored.open()

    for level in LEVELS:
        for wanted in (Wanted(), Wanted("block")):
            span = (NOW - HOUR, NOW + 7 * HOUR, level)
            assert by_time(await stored.read(wanted, *span)) == by_time(
                await always.read(wanted, *span)
            )
    await stored.close()


def by_time(points: list[Point]) -> list[tuple[int, Tally]]:
    return sorted(((p.at, p.tally) for p in points), key=lambda each: each[0])
