"""A run that somebody debugs: stopped, looked at, changed, stepped through, taken back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from agents.contract import Grants
from graph.block import block, spec_of
from graph.catalog import Catalog
from graph.context import Context
from graph.edits import SetField, apply
from graph.flow import Block, Flow, OnError, Settings
from runtime.breakpoints import Breakpoint
from runtime.clock import ManualClock
from runtime.commands import (
    ChangeInputs,
    ChangeOutputs,
    ContinueRun,
    PauseRun,
    ResumeRun,
    RetryTask,
    SetBreakpoints,
    SkipTask,
    StartRun,
    StepRun,
    TakeWheel,
)
from runtime.engine.points import BadBreakpoint
from runtime.events import (
    AnyEvent,
    RunFailed,
    RunSucceeded,
    TaskFinished,
    TaskHeld,
    TaskLogged,
    TaskReused,
)
from runtime.history import effective
from runtime.journal.memory import MemoryJournal
from runtime.runtime import Runtime
from runtime.steering import NotPossible, NotYourWheel, WrongValue
from tests.runtime.engine.world import CATALOG, Plain, calls

CHAIN = Flow.of(
    [
        Block("a", "t.watched", {"value": 1, "name": "a"}),
        Block("b", "t.add", {"b": 10}),
        Block("c", "t.add", {"b": 100}),
        Block("out", "flow.output"),
    ],
    [("a.value", "b.a"), ("b.value", "c.a"), ("c.value", "out.value")],
)


class Desk:
    """A runtime in which somebody debugs a run."""

    def __init__(self, journal: MemoryJournal, catalog: Catalog = CATALOG) -> None:
        self.world = Plain()
        self.runtime = Runtime(
            catalog, journal, self.world, grants=Grants(folder="/"), clock=ManualClock(), lease=0.1
        )
        self.run = "r1"

    async def start(self, flow: Flow, *points: Breakpoint, paused: bool = False) -> TaskHeld:
        hash = await self.runtime.store(flow)
        await self.runtime.obey(
            StartRun(hash, run=self.run, breakpoints=list(points), paused=paused)
        )
        return await self.stands()

    async def events(self) -> list[AnyEvent]:
        for _ in range(20):
            await asyncio.sleep(0)
        await self.runtime._executor.drained()
        return list(effective(await self.runtime.journal.read(self.run)))

    async def stands(self) -> Any:
        """Where the run stands: the task that was held last, or its last event."""
        events = await self.events()
        return next((e for e in reversed(events) if isinstance(e, TaskHeld)), events[-1])

    async def step(self, kind: Any = "over", **more: Any) -> str:
        before = len(await self.events())
        await self.runtime.obey(StepRun(self.run, kind, **more))
        events = await self.events()
        fresh = events[before:] if kind != "back" else events
        return next((e.task for e in reversed(fresh) if isinstance(e, TaskHeld)), "")

    async def go_on(self, **more: Any) -> AnyEvent:
        await self.runtime.obey(ContinueRun(self.run, **more))
        return (await self.events())[-1]

    async def value(self, task: str) -> Any:
        done = [e for e in await self.events() if isinstance(e, TaskFinished | TaskReused)]
        return [e.outputs["value"] for e in done if e.task == task][-1]


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    calls.clear()
    made = Desk(MemoryJournal())
    async with made.runtime:
        yield made


async def test_a_breakpoint_holds_the_task_before_it_begins(desk: Desk) -> None:
    held = await desk.start(CHAIN, Breakpoint("p", "b"))

    assert (held.task, held.phase, held.reason, held.breakpoint) == (
        "b",
        "before",
        "breakpoint",
        "p",
    )
    assert not [e for e in await desk.events() if isinstance(e, TaskFinished) and e.task == "b"]


async def test_the_run_goes_on_to_its_end(desk: Desk) -> None:
    await desk.start(CHAIN, Breakpoint("p", "b"))

    end = await desk.go_on()

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": 111}


async def test_a_disabled_breakpoint_stops_nothing(desk: Desk) -> None:
    end = await desk.start(CHAIN, Breakpoint("p", "b", enabled=False))

    assert isinstance(end, RunSucceeded)


async def test_stepping_over_stands_before_each_block_in_turn(desk: Desk) -> None:
    await desk.start(CHAIN, paused=True)

    stood = [(await desk.stands()).task] + [await desk.step() for _ in range(3)]

    assert stood == ["a", "b", "c", "out"]
    assert await desk.step() == ""
    assert isinstance((await desk.events())[-1], RunSucceeded)


async def test_every_event_of_a_debugged_run_has_a_number_of_its_own(desk: Desk) -> None:
    await desk.start(CHAIN, Breakpoint("p", "b"), paused=True)
    await desk.go_on()
    await desk.go_on()

    numbers = [event.seq for event in await desk.events()]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_a_condition_is_asked_with_the_values_of_the_block(desk: Desk) -> None:
    desk.world.expressions["a > 5"] = lambda names: names["a"] > 5

    held = await desk.start(
        CHAIN, Breakpoint("p", "b", condition="a > 5"), Breakpoint("q", "c", condition="a > 5")
    )

    assert (held.task, held.breakpoint) == ("c", "q")


async def test_a_breakpoint_on_an_output_stops_when_the_value_has_come(desk: Desk) -> None:
    held = await desk.start(CHAIN, Breakpoint("p", "b", at="after", port="value"))

    assert (held.task, held.phase) == ("b", "after")
    assert await desk.value("b") == 11
    assert await desk.step() == "c"


async def test_a_value_that_breaks_its_schema_stops_the_run(desk: Desk) -> None:
    point = Breakpoint("p", "c", at="after", port="value", schema={"maximum": 50})

    held = await desk.start(CHAIN, point)

    assert held.task == "c"
    assert "doesn't fit the schema" in held.note


async def test_a_log_point_says_something_and_goes_on(desk: Desk) -> None:
    desk.world.expressions["a"] = lambda names: names["a"]

    end = await desk.start(CHAIN, Breakpoint("p", "c", log="a is {a}"))

    logged = [e.message for e in await desk.events() if isinstance(e, TaskLogged)]
    assert isinstance(end, RunSucceeded)
    assert logged == ["a is 11"]


async def test_a_changed_input_is_what_the_block_works_with(desk: Desk) -> None:
    await desk.start(CHAIN, Breakpoint("p", "b"))

    await desk.runtime.obey(ChangeInputs("r1", "b", {"a": 5, "b": 0}))
    end = await desk.go_on()

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": 105}


async def test_a_dropped_change_counts_no_more(desk: Desk) -> None:
    await desk.start(CHAIN, Breakpoint("p", "b"))

    await desk.runtime.obey(ChangeInputs("r1", "b", {"a": 5}))
    await desk.runtime.obey(ChangeInputs("r1", "b", {}))
    end = await desk.go_on()

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": 111}


async def test_a_value_of_the_wrong_type_is_refused_with_the_reason(desk: Desk) -> None:
    await desk.start(CHAIN, Breakpoint("p", "b"))

    with pytest.raises(WrongValue, match="must be number, not text"):
        await desk.runtime.obey(ChangeInputs("r1", "b", {"a": "many"}))
    with pytest.raises(WrongValue, match="has no input 'aa'"):
        await desk.runtime.obey(ChangeInputs("r1", "b", {"aa": 1}))


async def test_a_changed_output_is_what_the_next_block_gets(desk: Desk) -> None:
    await desk.start(CHAIN, Breakpoint("p", "b", at="after"))

    await desk.runtime.obey(ChangeOutputs("r1", "b", {"value": 1000}))
    end = await desk.go_on()

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": 1100}


async def test_a_changed_output_can_be_dropped(desk: Desk) -> None:
    await desk.start(CHAIN, Breakpoint("p", "b", at="after"))

    await desk.runtime.obey(ChangeOutputs("r1", "b", {"value": 1000}))
    await desk.runtime.obey(ChangeOutputs("r1", "b", {}))
    end = await desk.go_on()

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": 111}


async def test_a_skipped_task_gives_what_it_is_told_to(desk: Desk) -> None:
    await desk.start(CHAIN, Breakpoint("p", "b"))

    await desk.runtime.obey(SkipTask("r1", "b", {"value": 7}))
    stood = (await desk.stands()).task
    end = await desk.go_on()

    assert stood == "c"
    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": 107}


async def test_an_error_is_held_before_it_is_raised_and_done_again(desk: Desk) -> None:
    flow = Flow.of(
        [Block("f", "t.flaky", {"value": 3, "failures": 1}), Block("out", "flow.output")],
        [("f.value", "out.value")],
    )

    held = await desk.start(flow, Breakpoint("p", at="error"))
    assert (held.task, held.phase) == ("f", "error")
    assert held.failure is not None
    assert held.failure.message == "Nobody answered."
    await desk.runtime.obey(RetryTask("r1", "f"))
    end = await desk.go_on()

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": 3}


async def test_an_error_that_is_let_go_fails_the_run(desk: Desk) -> None:
    flow = Flow.of([Block("w", "t.wrong")])

    await desk.start(flow, Breakpoint("p", "w", at="error"))
    end = await desk.go_on()

    assert isinstance(end, RunFailed)
    assert end.failure.message == "This value doesn't suit."


async def test_a_step_back_stands_before_what_was_done_last(desk: Desk) -> None:
    await desk.start(CHAIN, Breakpoint("p", "c"))

    assert await desk.step("back") == "b"
    assert await desk.step("back") == "a"
    with pytest.raises(NotPossible, match="Nothing was done yet"):
        await desk.step("back")
    assert await desk.step() == "b"


async def test_going_back_does_no_effect_twice(desk: Desk) -> None:
    flow = Flow.of(
        [
            Block("a", "t.watched", {"value": 1}),
            Block("look", "t.fetch", {"name": "look"}),
            Block("next", "t.watched", {"name": "next"}),
        ],
        [("a.value", "look.of"), ("look.value", "next.value")],
    )
    await desk.start(flow, Breakpoint("p", "next"))
    assert calls["look"] == 1

    assert await desk.step("back") == "look"
    assert await desk.step() == "next"

    assert calls["look"] == 1
    assert await desk.value("look") == "1 seen 1 times"


async def test_a_retried_task_does_its_effect_again(desk: Desk) -> None:
    flow = Flow.of([Block("look", "t.fetch", {"of": "x", "name": "look"})])
    await desk.start(flow, Breakpoint("p", "look", at="after"))

    await desk.runtime.obey(RetryTask("r1", "look"))
    held = await desk.stands()

    assert (held.task, held.phase) == ("look", "after")
    assert calls["look"] == 2
    assert await desk.value("look") == "x seen 2 times"


LOOP = Flow.of(
    [
        Block("each", "logic.for_each", {"items": [1, 2, 3], "body": "double"}),
        Block("last", "t.watched"),
    ],
    [("each.value", "last.value")],
    flows={
        "double": Flow.of(
            [
                Block("item", "flow.input", {"name": "item"}),
                Block("sum", "t.add", {"b": 0}),
                Block("more", "t.add", {"b": 1}),
                Block("result", "flow.output"),
            ],
            [("item.value", "sum.a"), ("sum.value", "more.a"), ("more.value", "result.value")],
        )
    },
)


async def test_stepping_into_a_loop_goes_through_its_rounds(desk: Desk) -> None:
    await desk.start(LOOP, paused=True)

    stood = [await desk.step("into"), *[await desk.step() for _ in range(3)]]

    assert stood == ["each[0]/sum", "each[0]/more", "each[0]/result", "each[1]/sum"]


async def test_stepping_out_of_a_loop_finishes_it(desk: Desk) -> None:
    await desk.start(LOOP, Breakpoint("p", "each/more"))

    assert await desk.step("out") == "each[1]/more", "a breakpoint on the way still stops"
    await desk.runtime.obey(SetBreakpoints("r1", []))
    assert await desk.step("out") == "last"


async def test_stepping_over_a_loop_does_all_its_rounds(desk: Desk) -> None:
    await desk.start(LOOP, paused=True)

    assert await desk.step() == "last"
    assert await desk.value("each") == [2, 3, 4]


async def test_stepping_goes_through_parallel_rounds_in_their_order(desk: Desk) -> None:
    flow = apply(LOOP, SetField("each", "parallel", 3))
    await desk.start(flow, paused=True)

    stood = [await desk.step("into"), *[await desk.step() for _ in range(4)]]

    assert stood == [
        "each[0]/sum", "each[0]/more", "each[0]/result", "each[1]/sum", "each[1]/more",
    ]  # fmt: skip


async def test_a_step_back_in_a_loop_stays_in_its_round(desk: Desk) -> None:
    flow = apply(LOOP, SetField("each", "parallel", 1))
    await desk.start(flow, Breakpoint("p", "each/more", hits="2"))
    assert (await desk.stands()).task == "each[1]/more"

    assert [await desk.step("back") for _ in range(3)] == [
        "each[1]/sum", "each[0]/result", "each[0]/more",
    ]  # fmt: skip
    assert await desk.step() == "each[0]/result"


async def test_a_run_that_was_killed_in_a_loop_comes_back_in_it() -> None:
    journal = MemoryJournal()
    first = Desk(journal)
    async with first.runtime:
        await first.start(LOOP, Breakpoint("p", "each/more", hits="2"))
        for live in first.runtime._executor.runs:
            first.runtime._executor.abandon(live)
    second = Desk(journal)
    async with second.runtime:
        await asyncio.sleep(0.15)
        await second.runtime.obey(ResumeRun("r1"))
        assert (await second.stands()).task == "each[1]/more"

        assert await second.step() == "each[1]/result"
        end = await second.go_on()

    assert isinstance(end, RunSucceeded)


async def test_hits_are_counted_over_the_rounds(desk: Desk) -> None:
    held = await desk.start(LOOP, Breakpoint("p", "each/sum", hits="2"))

    assert held.task == "each[1]/sum"
    assert isinstance(await desk.go_on(), RunSucceeded)


async def test_a_value_that_stays_the_same_doesnt_stop(desk: Desk) -> None:
    flow = Flow.of(
        [Block("each", "logic.for_each", {"items": [1, 1, 5], "body": "same"})],
        flows={
            "same": Flow.of(
                [
                    Block("item", "flow.input", {"name": "item"}),
                    Block("sum", "t.add", {"b": 0}),
                    Block("result", "flow.output"),
                ],
                [("item.value", "sum.a"), ("sum.value", "result.value")],
            )
        },
    )

    held = await desk.start(
        flow, Breakpoint("p", "each/sum", at="after", port="value", changed=True)
    )

    assert held.task == "each[2]/sum"
    assert held.note == "It was 1 and is 5."


async def test_a_branch_is_held_while_the_others_run(desk: Desk) -> None:
    flow = Flow.of(
        [
            Block("a", "t.watched", {"value": 1}),
            Block("left", "t.add"),
            Block("right", "t.watched", {"name": "right"}),
            Block("end", "t.watched", {"name": "end"}),
        ],
        [("a.value", "left.a"), ("a.value", "right.value"), ("right.value", "end.value")],
    )

    held = await desk.start(flow, Breakpoint("p", "left", whole=False))

    assert held.task == "left"
    assert calls["end"] == 1
    assert isinstance(await desk.go_on(task="left"), RunSucceeded)


async def test_a_run_goes_on_to_the_cursor(desk: Desk) -> None:
    await desk.start(CHAIN, paused=True)

    await desk.go_on(until="c")

    held = await desk.stands()
    assert (held.task, held.reason) == ("c", "step")


async def test_a_run_that_was_killed_while_paused_comes_back_paused_at_the_same_place() -> None:
    journal = MemoryJournal()
    first = Desk(journal)
    async with first.runtime:
        await first.start(CHAIN, Breakpoint("p", "b"))
        for live in first.runtime._executor.runs:
            first.runtime._executor.abandon(live)
    second = Desk(journal)
    async with second.runtime:
        await asyncio.sleep(0.15)
        await second.runtime.obey(ResumeRun("r1"))
        assert (await second.stands()).task == "b"

        assert await second.step() == "c"
        end = await second.go_on()

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": 111}


@pytest.mark.parametrize("phase", ["after", "error"])
async def test_what_was_held_in_another_phase_comes_back_in_it(phase: Any) -> None:
    flow = Flow.of(
        [Block("f", "t.flaky", {"value": 3, "failures": 0 if phase == "after" else 1}),
         Block("out", "flow.output")],
        [("f.value", "out.value")],
    )  # fmt: skip
    calls.clear()
    journal = MemoryJournal()
    first = Desk(journal)
    async with first.runtime:
        await first.start(flow, Breakpoint("p", "f", at=phase))
        for live in first.runtime._executor.runs:
            first.runtime._executor.abandon(live)
    second = Desk(journal)
    async with second.runtime:
        await asyncio.sleep(0.15)
        await second.runtime.obey(ResumeRun("r1"))
        held = await second.stands()
        assert (held.task, held.phase) == ("f", phase)
        assert not isinstance((await second.events())[-1], RunSucceeded | RunFailed)

        end = await second.go_on()

    assert isinstance(end, RunSucceeded if phase == "after" else RunFailed)
    assert calls["flaky"] == 1


async def test_one_steers_and_others_watch(desk: Desk) -> None:
    await desk.start(CHAIN, Breakpoint("p", "b"))

    await desk.runtime.obey(StepRun("r1", "over", client="Ada"))
    with pytest.raises(NotYourWheel, match="Ada steers the run"):
        await desk.runtime.obey(ContinueRun("r1", client="Bert"))
    await desk.runtime.obey(TakeWheel("r1", "Bert"))
    await desk.runtime.obey(ContinueRun("r1", client="Bert"))

    assert isinstance((await desk.events())[-1], RunSucceeded)


async def test_a_caught_error_is_held_before_it_is_caught(desk: Desk) -> None:
    caught: OnError = "continue"
    flow = Flow.of([Block("w", "t.wrong", {}, "", Settings(on_error=caught))])

    held = await desk.start(flow, Breakpoint("p", at="error"))
    end = await desk.go_on()

    assert held.task == "w"
    assert isinstance(end, RunSucceeded)


@block("t.spend", title="Spend")
async def spend(context: Context, value: Any = None, tokens: int = 10, cost: float = 0.0) -> Any:
    """The value, for so many tokens and so much money."""
    context.spend(tokens=tokens, cost=cost, model="small")
    return value


SPENDING = CATALOG.joined([spec_of(spend)])


@pytest.mark.parametrize(
    "budget", [Breakpoint("p", tokens=25), Breakpoint("p", cost=0.25)], ids=["tokens", "cost"]
)
async def test_a_run_stops_once_it_has_spent_more_than_its_budget(budget: Breakpoint) -> None:
    flow = Flow.of(
        [Block(name, "t.spend", {"cost": 0.1}) for name in "abcd"],
        [("a.value", "b.value"), ("b.value", "c.value"), ("c.value", "d.value")],
    )
    desk = Desk(MemoryJournal(), SPENDING)
    async with desk.runtime:
        held = await desk.start(flow, budget)
        assert (held.task, held.phase) == ("c", "after")
        assert held.note == "The run has used 30 tokens and $0.3000 so far."

        assert isinstance(await desk.go_on(), RunSucceeded), "a budget stops once"


async def test_a_pause_stands_before_what_comes_next(desk: Desk) -> None:
    flow = Flow.of(
        [Block("slow", "t.slow", {"seconds": 5, "value": 1}), Block("next", "t.watched")],
        [("slow.value", "next.value")],
    )
    hash = await desk.runtime.store(flow)
    await desk.runtime.obey(StartRun(hash, run="r1"))
    await desk.events()
    await desk.runtime.obey(PauseRun("r1", client="Ada"))
    clock = desk.runtime._clock
    assert isinstance(clock, ManualClock)

    await clock.advance(6)

    assert (await desk.stands()).task == "next"


TRIED = Flow.of(
    [Block("risk", "logic.try", {"body": "risky"}), Block("after", "t.wrong")],
    [("risk.value", "after.value")],
    flows={"risky": Flow.of([Block("w", "t.wrong")])},
)


async def test_a_stop_at_uncaught_errors_lets_caught_ones_pass(desk: Desk) -> None:
    held = await desk.start(TRIED, Breakpoint("p", at="error", uncaught=True))

    assert held.task == "after"


async def test_a_stop_at_all_errors_stops_at_a_caught_one(desk: Desk) -> None:
    held = await desk.start(TRIED, Breakpoint("p", at="error"))

    assert held.task == "risk[try]/w"


async def test_a_breakpoint_at_a_loop_stops_before_it_and_in_none_of_its_rounds(
    desk: Desk,
) -> None:
    inside = [Breakpoint("q", f"each/{id}", hits="99") for id in ("sum", "more")]
    held = await desk.start(LOOP, Breakpoint("p", "each"), *inside)

    assert held.task == "each"
    assert isinstance(await desk.go_on(), RunSucceeded)


@pytest.mark.parametrize(
    ("point", "why"),
    [
        (Breakpoint("p", "b", hits="often"), "count hits"),
        (Breakpoint("p", "b", changed=True), "of no port"),
        (Breakpoint("p"), "at no block"),
        (Breakpoint("p", "b", port="a", schema={"type": "nothing"}), "schema"),
    ],
)
async def test_a_breakpoint_that_makes_no_sense_is_refused(
    desk: Desk, point: Breakpoint, why: str
) -> None:
    with pytest.raises(BadBreakpoint, match=why):
        await desk.start(CHAIN, point)
