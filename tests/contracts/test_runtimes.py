"""What every runtime does, in this process or behind an address."""

import asyncio
import contextlib
import datetime
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import reduce
from typing import Any

import pytest

from agents.contract import Grants
from graph.block import block, spec_of
from graph.compile import compile_flow
from graph.errors import FlowFileError, FlowInvalid
from graph.file_format import write
from graph.flow import Block, Flow
from runtime.bundle.contents import BadBundle, Bundle, Recording
from runtime.bundle.writing import written
from runtime.commands import (
    CancelRun,
    ContinueRun,
    ImportRun,
    PauseRun,
    PruneRuns,
    ReplayRun,
    ResumeRun,
    SettleTask,
    StartRun,
    StoreFlow,
)
from runtime.events import (
    AnyEvent,
    ReplayDiverged,
    RunCancelled,
    RunContinued,
    RunFailed,
    RunPaused,
    RunStarted,
    RunSucceeded,
    TaskFinished,
    TaskProgressed,
    TaskStreamed,
)
from runtime.inputs import BadInputs
from runtime.journal.contract import Spot, UnknownRun
from runtime.journal.memory import MemoryJournal
from runtime.projections.run_view import RunView
from runtime.remote import RemoteRuntime
from runtime.runtime import Runtime
from runtime.services.control import control
from runtime.services.server import Listening, serving
from runtime.steering import NotPossible
from tests.runtime.engine.world import CATALOG, Plain, calls

AnyRuntime = Runtime | RemoteRuntime


@block("t.when", title="When")
def when() -> list[Any]:
    """A date and a time, which JSON has no words for."""
    moment = datetime.datetime(2024, 2, 29, 1, 2, 3, tzinfo=datetime.UTC)
    return [moment.date(), moment]


KINDS = CATALOG.joined([spec_of(when)])

DOUBLED = Flow.of(
    [
        Block("x", "flow.input", {"name": "x", "type": "number", "required": True}),
        Block("sum", "t.add"),
        Block("out", "flow.output"),
    ],
    [("x.value", "sum.a"), ("x.value", "sum.b"), ("sum.value", "out.value")],
    name="Doubled",
)

LONG = Flow.of(
    [Block("long", "t.slow", {"seconds": 60}), Block("out", "flow.output")],
    [("long.value", "out.value")],
    name="Long",
)


class RuntimeContract:
    """Each backend gives a `runtime` that is open, with nothing in its journal."""

    @pytest.fixture
    def runtime(self) -> AnyRuntime:
        raise NotImplementedError

    async def test_a_stored_flow_is_run_to_its_end(self, runtime: AnyRuntime) -> None:
        flow = (await runtime.obey(StoreFlow(write(DOUBLED)))).flow

        run = (await runtime.obey(StartRun(flow, {"x": 4}))).run

        events = await followed(runtime, run)
        assert isinstance(events[0], RunStarted)
        assert isinstance(events[-1], RunSucceeded)
        assert events[-1].outputs == {"result": 8}

    async def test_a_run_is_given_the_id_it_is_wished_to_have(self, runtime: AnyRuntime) -> None:
        flow = (await runtime.obey(StoreFlow(write(DOUBLED)))).flow

        assert (await runtime.obey(StartRun(flow, {"x": 4}, "mine"))).run == "mine"

    async def test_whoever_watches_first_misses_nothing(self, runtime: AnyRuntime) -> None:
        with runtime.watch() as happenings:
            run = await started(runtime, DOUBLED, {"x": 4})
            seen = await until_over(happenings)

        assert [event.seq for event in seen] == list(range(1, len(seen) + 1))
        assert {event.run for event in seen} == {run}

    async def test_a_watcher_of_one_run_sees_no_other(self, runtime: AnyRuntime) -> None:
        flow = (await runtime.obey(StoreFlow(write(DOUBLED)))).flow
        with runtime.watch("mine") as happenings:
            await runtime.obey(StartRun(flow, {"x": 1}, "other"))
            await runtime.obey(StartRun(flow, {"x": 1}, "mine"))
            seen = await until_over(happenings)

        assert {event.run for event in seen} == {"mine"}

    async def test_many_can_watch(self, runtime: AnyRuntime) -> None:
        with runtime.watch() as one, runtime.watch() as other:
            await started(runtime, DOUBLED, {"x": 4})
            first, second = await asyncio.gather(until_over(one), until_over(other))

        assert first == second

    async def test_following_begins_with_the_past(self, runtime: AnyRuntime) -> None:
        run = await started(runtime, DOUBLED, {"x": 4})
        whole = await followed(runtime, run)

        assert await followed(runtime, run, after=2) == whole[2:]
        assert await runtime.journal.read(run) == whole

    async def test_a_run_that_takes_its_time_is_followed_to_the_end(
        self, runtime: AnyRuntime
    ) -> None:
        run = await started(runtime, LONG)
        following = asyncio.create_task(followed(runtime, run))
        await asyncio.sleep(0.1)

        await runtime.obey(CancelRun(run, "enough"))

        end = (await following)[-1]
        assert isinstance(end, RunCancelled)
        assert end.reason == "enough"

    async def test_a_paused_run_goes_on_when_it_may(self, runtime: AnyRuntime) -> None:
        run = await started(runtime, LONG)

        await runtime.obey(PauseRun(run))
        await runtime.obey(ContinueRun(run))
        await runtime.obey(CancelRun(run))

        kinds = [type(event) for event in await followed(runtime, run)]
        assert kinds.index(RunPaused) < kinds.index(RunContinued) < kinds.index(RunCancelled)

    async def test_what_does_not_fit_a_flow_is_named(self, runtime: AnyRuntime) -> None:
        flow = (await runtime.obey(StoreFlow(write(DOUBLED)))).flow

        with pytest.raises(BadInputs, match=r"'x' must be number.*'y'|'y'.*'x' must be number"):
            await runtime.obey(StartRun(flow, {"x": "four", "y": 1}))

    async def test_a_flow_with_problems_is_refused_with_all_of_them(
        self, runtime: AnyRuntime
    ) -> None:
        wrong = Flow.of([Block("a", "t.ad"), Block("b", "t.add", {"c": 1})])

        with pytest.raises(FlowInvalid) as refused:
            await runtime.obey(StoreFlow(write(wrong)))

        assert {problem.block for problem in refused.value.problems} == {"a", "b"}
        assert "Did you mean 't.add'?" in {problem.cure for problem in refused.value.problems}

    async def test_a_text_that_is_no_flow_is_refused(self, runtime: AnyRuntime) -> None:
        with pytest.raises(FlowFileError, match="line 1"):
            await runtime.obey(StoreFlow("{"))

    async def test_commands_for_runs_that_are_not_there_are_refused(
        self, runtime: AnyRuntime
    ) -> None:
        for command in (CancelRun("no"), PauseRun("no"), SettleTask("no", "t", "again")):
            with pytest.raises(NotPossible, match="'no'"):
                await runtime.obey(command)
        for unknown in (ResumeRun("no"), ReplayRun("no")):
            with pytest.raises(UnknownRun, match="'no'"):
                await runtime.obey(unknown)
        with pytest.raises(NotPossible, match="'no'"):
            await runtime.obey(StartRun("no"))

    async def test_nobody_follows_a_run_that_is_not_there(self, runtime: AnyRuntime) -> None:
        with pytest.raises(UnknownRun, match="'no'"):
            await followed(runtime, "no")

    async def test_a_run_is_replayed_with_a_change(self, runtime: AnyRuntime) -> None:
        flow = Flow.of(
            [
                Block("a", "flow.constant", {"value": 1}),
                Block("b", "t.add", {"b": 1}),
                Block("out", "flow.output"),
            ],
            [("a.value", "b.a"), ("b.value", "out.value")],
        )
        run = await started(runtime, flow)
        await followed(runtime, run)

        again = (await runtime.obey(ReplayRun(run, "b", {"b.b": 10}))).run

        events = await followed(runtime, again)
        assert [e.task for e in events if isinstance(e, ReplayDiverged)] == ["b"]
        assert isinstance(events[-1], RunSucceeded)
        assert events[-1].outputs == {"result": 11}

    async def test_a_failed_run_says_why(self, runtime: AnyRuntime) -> None:
        run = await started(runtime, Flow.of([Block("a", "t.wrong")]))

        end = (await followed(runtime, run))[-1]

        assert isinstance(end, RunFailed)
        assert (end.failure.task, end.failure.cure) == ("a", "Give another.")

    async def test_runs_are_listed_newest_first(self, runtime: AnyRuntime) -> None:
        first = await started(runtime, DOUBLED, {"x": 1})
        await followed(runtime, first)
        second = await started(runtime, Flow.of([Block("a", "t.wrong")], name="Wrong"))
        await followed(runtime, second)

        assert [row.run for row in await runtime.journal.runs()] == [second, first]
        assert [row.run for row in await runtime.journal.runs(state="failed")] == [second]
        assert [row.run for row in await runtime.journal.runs(flow="Doubled")] == [first]
        assert [row.run for row in await runtime.journal.runs(limit=1)] == [second]
        (newest, oldest) = await runtime.journal.runs()
        assert await runtime.journal.runs(since=newest.started) == [newest]
        assert await runtime.journal.runs(before=newest.started) == [oldest]

    async def test_a_run_done_elsewhere_is_kept_and_not_repeated_unasked(
        self, runtime: AnyRuntime
    ) -> None:
        began = RunStarted("far", 1, 10.0, compile_flow(DOUBLED, KINDS).hash, "Doubled", {"x": 4})
        end = RunSucceeded("far", 2, 11.0, {"result": 8}, 1.0)
        recordings = (Recording("far", [began, end]),)
        bundle = written(Bundle("far", 20.0, recordings, {began.flow: write(DOUBLED)}))

        run = (await runtime.obey(ImportRun(bundle))).run

        assert run == "far"
        assert (await runtime.journal.run(run)).origin.startswith("a bundle")
        assert (await runtime.journal.read(run))[-1] == end
        with pytest.raises(NotPossible, match="what it may touch"):
            await runtime.obey(ReplayRun(run))
        again = (await runtime.obey(ReplayRun(run, grants={"hosts": []}))).run
        assert isinstance((await followed(runtime, again))[-1], RunSucceeded)
        with pytest.raises(BadBundle, match="no run bundle"):
            await runtime.obey(ImportRun(b"nothing"))

    async def test_a_value_is_found_in_past_runs(self, runtime: AnyRuntime) -> None:
        await followed(runtime, await started(runtime, DOUBLED, {"x": 1}))
        run = await started(runtime, DOUBLED, {"x": 21})
        await followed(runtime, run)

        found = await runtime.journal.find("42")
        last = Spot(found.hits[0].row.started, run)

        assert [(hit.row.run, hit.place) for hit in found.hits] == [(run, "sum.value")]
        assert (found.looked, found.next) == (2, None)
        assert (await runtime.journal.find("42", after=last)).hits == []

    async def test_a_run_is_found_by_the_beginning_of_its_id(self, runtime: AnyRuntime) -> None:
        flow = (await runtime.obey(StoreFlow(write(DOUBLED)))).flow
        await runtime.obey(StartRun(flow, {"x": 1}, "abcdef"))
        await followed(runtime, "abcdef")

        row = await runtime.journal.run("abc")

        assert (row.run, row.state, row.name) == ("abcdef", "succeeded", "Doubled")
        with pytest.raises(UnknownRun):
            await runtime.journal.run("xyz")

    async def test_tasks_say_what_became_of_them(self, runtime: AnyRuntime) -> None:
        run = await started(runtime, DOUBLED, {"x": 1})
        await followed(runtime, run)

        states = {task.task: task.state for task in await runtime.journal.tasks(run)}

        assert states == {"sum": "finished", "out": "finished"}

    async def test_a_stored_flow_can_be_read_again(self, runtime: AnyRuntime) -> None:
        flow = (await runtime.obey(StoreFlow(write(DOUBLED)))).flow

        row = await runtime.journal.flow(flow)

        assert row is not None
        assert (row.name, row.text) == ("Doubled", write(DOUBLED))
        assert await runtime.journal.flow("no such hash") is None

    async def test_values_come_out_as_they_went_in(self, runtime: AnyRuntime) -> None:
        given = {"bytes": b"\x00\xff", "none": None, "list": [1, 2.5, "ü", [True]], "big": 2**60}
        flow = Flow.of(
            [
                Block("x", "flow.input", {"name": "x"}),
                Block("when", "t.when"),
                Block("out", "flow.output"),
                Block("date", "flow.output", {"name": "date"}),
            ],
            [("x.value", "out.value"), ("when.value", "date.value")],
        )

        end = (await followed(runtime, await started(runtime, flow, {"x": given})))[-1]

        assert isinstance(end, RunSucceeded)
        assert end.outputs["result"] == given
        assert end.outputs["date"] == [
            datetime.date(2024, 2, 29),
            datetime.datetime(2024, 2, 29, 1, 2, 3, tzinfo=datetime.UTC),
        ]

    async def test_thousands_of_events_arrive_in_order(self, runtime: AnyRuntime) -> None:
        blocks = [Block(f"n{i}", "flow.constant", {"value": i}) for i in range(9000)]

        with runtime.watch() as happenings:
            run = await started(runtime, Flow.of(blocks))
            seen = await until_over(happenings)

        assert seen == await runtime.journal.read(run)
        assert sum(isinstance(event, TaskFinished) for event in seen) == 9000

    async def test_what_is_only_shown_takes_no_number(self, runtime: AnyRuntime) -> None:
        with runtime.watch() as happenings:
            run = await started(runtime, Flow.of([Block("count", "t.count", {"to": 3})]))
            seen = await until_over(happenings)

        shown = [event for event in seen if isinstance(event, TaskStreamed)]
        assert [item for event in shown for item in event.items] == [0, 1, 2]
        recorded = [event.seq for event in await runtime.journal.read(run)]
        assert recorded == list(range(1, len(recorded) + 1))

    async def test_a_loop_says_beforehand_how_many_rounds_there_are(
        self, runtime: AnyRuntime
    ) -> None:
        body = Flow.of([Block("item", "flow.input", {"name": "item"}), Block("add", "t.add")],
                       [("item.value", "add.a")])  # fmt: skip
        loop = Block("each", "logic.for_each", {"items": [1, 2, 3], "body": "body"})
        with runtime.watch() as happenings:
            await started(runtime, Flow.of([loop], flows={"body": body}))
            seen = await until_over(happenings)

        (told,) = [event for event in seen if isinstance(event, TaskProgressed)]
        assert (told.task, told.done, told.total) == ("each", 0, 3)

    async def test_a_run_folds_the_same_everywhere(self, runtime: AnyRuntime) -> None:
        run = await started(runtime, DOUBLED, {"x": 2})

        view = reduce(RunView.after, await followed(runtime, run), RunView())

        assert (view.run, view.state, view.outputs) == (run, "succeeded", {"result": 4})

    async def test_ended_runs_can_be_forgotten(self, runtime: AnyRuntime) -> None:
        run = await started(runtime, DOUBLED, {"x": 1})
        await followed(runtime, run)

        assert (await runtime.obey(PruneRuns(days=0))).count == 1
        assert await runtime.journal.runs() == []


class TestInProcess(RuntimeContract):
    @pytest.fixture
    async def runtime(self) -> AsyncIterator[AnyRuntime]:
        async with opened() as runtime:
            yield runtime


class TestOverHTTP(RuntimeContract):
    @pytest.fixture
    async def runtime(self) -> AsyncIterator[AnyRuntime]:
        listening = Listening("127.0.0.1", 0)
        async with (
            opened() as runtime,
            serving(control(runtime, Grants(folder="/", reads=("/",))), listening, "word"),
            RemoteRuntime(listening.address, "word") as remote,
        ):
            yield remote


@asynccontextmanager
async def opened() -> AsyncIterator[Runtime]:
    calls.clear()
    runtime = Runtime(KINDS, MemoryJournal(), Plain(), grants=Grants(folder="/", reads=("/",)))
    async with runtime:
        yield runtime


async def started(runtime: AnyRuntime, flow: Flow, inputs: dict[str, object] | None = None) -> str:
    stored = await runtime.obey(StoreFlow(write(flow)))
    return (await runtime.obey(StartRun(stored.flow, inputs or {}))).run


async def followed(runtime: AnyRuntime, run: str, after: int = 0) -> list[AnyEvent]:
    async with contextlib.aclosing(runtime.follow(run, after)) as batches:
        return [event async for batch in batches for event in batch]


async def until_over(happenings: AsyncIterator[list[AnyEvent]]) -> list[AnyEvent]:
    seen: list[AnyEvent] = []
    async for batch in happenings:
        seen.extend(batch)
        if isinstance(batch[-1], RunSucceeded | RunFailed | RunCancelled):
            break
    return seen
