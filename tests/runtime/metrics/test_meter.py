"""A runtime measures its runs by its events, across restarts and crashes, and counts none twice."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agents.contract import Grants
from graph.flow import Block, Flow
from runtime.clock import SystemClock
from runtime.commands import ResumeRun
from runtime.engine.hub import Hub
from runtime.events import AnyEvent, RunStarted, RunSucceeded, TaskFinished
from runtime.journal.memory import MemoryJournal
from runtime.journal.sqlite import SQLiteJournal
from runtime.metrics.memory import MemoryMetricStore
from runtime.metrics.meter import Meter
from runtime.metrics.series import NoSuchMetric, Question, round_step
from runtime.metrics.sqlite import SQLiteMetricStore
from runtime.metrics.store import MetricsGone, MetricStore
from runtime.projections.metrics.tally import Series
from runtime.runtime import Runtime
from runtime.steering import NotPossible
from tests.runtime.engine.world import CATALOG, Plain

ADDED = Flow.of(
    [Block("one", "t.add", {"a": 1}), Block("two", "t.add"), Block("out", "flow.output")],
    [("one.value", "two.a"), ("two.value", "out.value")],
    name="Added",
)
LONG = Flow.of(
    [Block("first", "t.add", {"a": 1}), Block("long", "t.slow", {"seconds": 60}),
     Block("out", "flow.output")],
    [("first.value", "long.value"), ("long.value", "out.value")],
    name="Long",
)  # fmt: skip


@asynccontextmanager
async def runtime_in(folder: Path) -> AsyncIterator[Runtime]:
    file = folder / "heddle.db"
    made = Runtime(
        CATALOG, SQLiteJournal(file), Plain(), grants=Grants(folder="/"), lease=1.0,
        metrics=SQLiteMetricStore(file),
    )  # fmt: skip
    async with made:
        yield made


async def total(runtime: Runtime, name: str, **of: str) -> float:
    """What came to be counted, whenever that was."""
    now = SystemClock.now()
    asked = Question((name,), start=now - 600, end=now + 600, **of)  # type: ignore[arg-type]
    await asyncio.sleep(0.3)
    lines = await runtime.meter.read(asked)
    return sum(value or 0 for line in lines for value in line.values)


async def until(runtime: Runtime, name: str, least: float) -> None:
    """Seconds must be over before they are told of."""
    async with asyncio.timeout(10):
        while await total(runtime, name) < least:
            pass


async def test_what_runs_do_is_counted_for_each_of_their_blocks(tmp_path: Path) -> None:
    async with runtime_in(tmp_path) as runtime:
        for _ in range(3):
            await runtime.ended(await runtime.start(ADDED))
        await until(runtime, "runs_succeeded", 3)

        assert await total(runtime, "runs_started", by="flow", flow="Added") == 3
        assert await total(runtime, "task_rate", by="block", block="two") == 3
        assert await total(runtime, "task_rate", by="agent", agent="pure") == 9
        overview = await runtime.meter.overview()
        assert Series("Added", "one") in {seen.series for seen in overview.series}


async def test_a_runtime_that_is_closed_leaves_its_metrics_to_the_next(tmp_path: Path) -> None:
    async with runtime_in(tmp_path) as runtime:
        await runtime.ended(await runtime.start(ADDED))

    async with runtime_in(tmp_path) as again:
        await until(again, "runs_succeeded", 1)
        await again.ended(await again.start(ADDED))
        await until(again, "runs_succeeded", 2)

        assert await total(again, "task_rate") == 6


async def test_a_run_that_is_left_and_resumed_is_counted_once(tmp_path: Path) -> None:
    async with runtime_in(tmp_path) as runtime:
        run = await runtime.start(LONG)
        await until(runtime, "task_rate", 1)

    async with runtime_in(tmp_path) as again:
        async with asyncio.timeout(10):
            while not await resumed(again, run):
                pass
        await until(again, "tasks_under_way", 1)

        assert await total(again, "runs_started") == 1
        assert await total(again, "task_rate") == 1


async def resumed(runtime: Runtime, run: str) -> bool:
    await asyncio.sleep(0.2)
    try:
        await runtime.obey(ResumeRun(run))
    except NotPossible:
        return False
    return True


async def test_the_runtime_tells_its_own_memory(tmp_path: Path) -> None:
    async with runtime_in(tmp_path) as runtime:
        await until(runtime, "memory", 1_000_000)


async def test_a_metric_nobody_knows_is_refused_with_the_nearest(tmp_path: Path) -> None:
    async with runtime_in(tmp_path) as runtime:
        with pytest.raises(NoSuchMetric, match="Did you mean 'task_rate'"):
            await runtime.meter.read(Question(("task_rat",)))


async def test_the_course_of_a_run_can_be_asked_for(tmp_path: Path) -> None:
    async with runtime_in(tmp_path) as runtime:
        run = await runtime.start(ADDED)
        await runtime.ended(run)

        lines = await runtime.meter.of_run(run, Question(("task_rate",), by="block"))

        counted = {line.series.block: sum(v or 0 for v in line.values) * line.step
                   for line in lines}  # fmt: skip
        assert counted == {"one": 1, "two": 1, "out": 1}
        assert {line.start for line in lines} == {0.0}


@pytest.mark.parametrize(
    ("seconds", "most", "step"),
    [(0, 300, 0.001), (0.9, 300, 0.005), (300, 300, 1), (3601, 60, 100)],
)
def test_the_steps_of_a_run_are_round_numbers(seconds: float, most: int, step: float) -> None:
    assert round_step(seconds, most) == pytest.approx(step)


# The meter alone: what happens to it that no runtime can be made to do.


def events_of(run: str, tasks: int) -> list[AnyEvent]:
    now = SystemClock.now() - 5
    return [
        RunStarted(run, 1, now, "hash", "Added"),
        *(TaskFinished(run, 2 + at, now, "one", now, {}) for at in range(tasks)),
        RunSucceeded(run, 2 + tasks, now, {}, 0.1),
    ]


async def nothing(flow: str) -> None:
    raise NotPossible("No flow is stored here.")


@asynccontextmanager
async def meter_on(
    store: MetricStore, journal: MemoryJournal, hub: Hub, now: Callable[[], float] = SystemClock.now
) -> AsyncIterator[Meter]:
    meter = Meter(store, hub, journal, nothing, now, lambda: 0)  # type: ignore[arg-type]
    await meter.open()
    yield meter
    await meter.close()


async def counted_tasks(meter: Meter) -> float:
    [line] = await meter.read(Question(("task_rate",), start=SystemClock.now() - 600)) or [None]
    return sum(value or 0 for value in line.values) if line else 0


async def test_what_a_crash_left_uncounted_is_counted_with_the_rest() -> None:
    store, journal, events = MemoryMetricStore(), MemoryJournal(), events_of("r", 8)
    journal.append(events[:7])
    await store.add([], {"r": 3})  # up to there; the next three were recorded, and it crashed
    hub = Hub()

    async with meter_on(store, journal, hub) as meter:
        journal.append(events[7:])
        hub.publish(events[7:])
        await asyncio.sleep(0.6)

        assert await counted_tasks(meter) == 6
    assert await store.cursors() == {}


async def test_nothing_is_lost_while_the_store_is_away(caplog: pytest.LogCaptureFixture) -> None:
    class Away(MemoryMetricStore):
        is_away = True

        async def add(self, *args: object) -> None:
            if self.is_away:
                raise MetricsGone("The disk was pulled out.")
            await super().add(*args)  # type: ignore[arg-type]

    store, hub = Away(), Hub()
    async with meter_on(store, MemoryJournal(), hub) as meter:
        hub.publish(events_of("a", 4))
        await asyncio.sleep(0.4)
        with pytest.raises(MetricsGone):
            await counted_tasks(meter)
        hub.publish(events_of("b", 2))
        await asyncio.sleep(0.4)
        store.is_away = False

        assert await counted_tasks(meter) == 6


async def test_runs_go_on_when_measuring_breaks(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> float:
        raise RuntimeError("no clock")

    hub = Hub()
    with caplog.at_level(logging.ERROR, "heddle.metrics"):
        async with meter_on(MemoryMetricStore(), MemoryJournal(), hub, broken):
            await asyncio.sleep(0)

    assert "Nothing is measured any more" in caplog.text
