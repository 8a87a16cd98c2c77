"""A budget is held to: by each run, by all runs of a flow of late, whichever runtime had them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agents.contract import Grants
from graph.block import block, spec_of
from graph.context import Context
from graph.errors import BlockError
from graph.flow import Block, Bound, Budget, Flow
from runtime.budgets import DAY, Ledger, Purse, Spending
from runtime.commands import ReplayRun, StartRun
from runtime.events import AnyEvent, RunFailed, RunSucceeded, TaskFinished, TaskSpent
from runtime.journal.sqlite import SQLiteJournal
from runtime.metrics.sqlite import SQLiteMetricStore
from runtime.runtime import Runtime
from tests.runtime.engine.world import CATALOG, Plain

asked: list[str] = []
"""The names of the blocks that got as far as asking."""


@block("b.ask", title="Ask", agent="llm", effect="write", repeatable=True)
async def ask(
    context: Context, after: Any = None, name: str = "", tokens: int = 10, cost: float = 0.0
) -> str:
    """Asks nobody, and pays for it; refuses once nothing is left, as those that ask do."""
    left = context.allowance()
    if left.tokens == 0 or left.cost == 0:
        raise BlockError("Nothing is left.")
    asked.append(name)
    context.spend(tokens=tokens, cost=cost, model="small")
    return name


@block("b.answer", title="Answer", agent="llm", effect="write", repeatable=True)
async def answer(context: Context, name: str = "", most: int = 100, tokens: int = 10) -> str:
    """Answers at its leisure, and takes less than it might have."""
    async with context.set_aside(most, 0.0) as left:
        now = left()
        if now.tokens is not None and now.tokens < most:
            raise BlockError("It might not be enough.")
        asked.append(name)
        await context.sleep(0.01)
        context.spend(tokens=tokens, model="small")
    return name


ALL = CATALOG.joined([spec_of(ask), spec_of(answer)])


def beside(count: int, budget: Budget, **fields: Any) -> Flow:
    """Blocks that answer at the same time."""
    made = Flow.of(
        [Block(f"b{n}", "b.answer", {"name": f"b{n}", **fields}) for n in range(count)],
        name="Beside",
    )
    return Flow(made.name, "", made.blocks, made.links, budget=budget)


@asynccontextmanager
async def runtime_in(folder: Path) -> AsyncIterator[Runtime]:
    file = folder / "heddle.db"
    made = Runtime(
        ALL, SQLiteJournal(file), Plain(), grants=Grants(folder="/"),
        metrics=SQLiteMetricStore(file),
    )  # fmt: skip
    asked.clear()
    async with made:
        yield made


def chain(count: int, budget: Budget, **fields: Any) -> Flow:
    """Blocks that ask, one after the other."""
    blocks = [Block(f"b{n}", "b.ask", {"name": f"b{n}", **fields}) for n in range(count)]
    links = [(f"b{n}.value", f"b{n + 1}.after") for n in range(count - 1)]
    made = Flow.of(blocks, links, name="Chain")
    return Flow(made.name, "", made.blocks, made.links, budget=budget)


async def end_of(runtime: Runtime, run: str) -> AnyEvent:
    return await runtime.ended(run)


async def next_second() -> None:
    """Metrics tell of seconds that are over."""
    await asyncio.sleep(1.0 - time.time() % 1.0)


async def test_a_run_ends_once_it_has_used_more_than_its_budget(tmp_path: Path) -> None:
    async with runtime_in(tmp_path) as runtime:
        run = await runtime.start(chain(5, Budget(run=Bound(tokens=25))))
        end = await end_of(runtime, run)
        events = await runtime.journal.read(run)

    assert isinstance(end, RunFailed)
    assert end.failure.type == "BudgetExceeded"
    assert "30 of the 25 tokens" in end.failure.message
    assert end.failure.task == "b2"
    assert asked == ["b0", "b1", "b2"]
    assert [e.task for e in events if isinstance(e, TaskFinished)][-1] == "b2"


async def test_what_was_paid_for_is_reused_when_the_budget_was_raised(tmp_path: Path) -> None:
    async with runtime_in(tmp_path) as runtime:
        run = await runtime.start(chain(4, Budget(run=Bound(cost=0.02)), cost=0.01))
        assert isinstance(await end_of(runtime, run), RunFailed)
        answer = await runtime.obey(ReplayRun(run, budget=Bound(cost=0.025)))
        end = await end_of(runtime, answer.run)

    assert isinstance(end, RunSucceeded)
    assert asked == ["b0", "b1", "b2", "b3"]


async def test_a_try_does_not_catch_a_budget(tmp_path: Path) -> None:
    body = chain(3, Budget())
    caught = Flow.of([Block("note", "flow.constant", {"value": 1})])
    tried = Flow.of(
        [Block("try", "logic.try", {"body": "body", "catch": "caught"})],
        flows={"body": body, "caught": caught},
    )
    async with runtime_in(tmp_path) as runtime:
        flow = await runtime.store(tried)
        started = await runtime.obey(StartRun(flow, budget=Bound(tokens=15)))
        end = await end_of(runtime, started.run)

    assert isinstance(end, RunFailed)
    assert end.failure.type == "BudgetExceeded"
    assert asked == ["b0", "b1"]


async def test_all_runs_of_a_day_share_a_budget_across_restarts(tmp_path: Path) -> None:
    flow = chain(1, Budget(day=Bound(tokens=25)))
    async with runtime_in(tmp_path) as runtime:
        first = await end_of(runtime, await runtime.start(flow))
        second = await end_of(runtime, await runtime.start(flow))
    await next_second()
    async with runtime_in(tmp_path) as runtime:
        third = await end_of(runtime, await runtime.start(flow))
        fourth = await end_of(runtime, await runtime.start(flow))
        spent = [
            event
            for row in await runtime.journal.runs()
            for event in await runtime.journal.read(row.run)
            if isinstance(event, TaskSpent)
        ]

    assert isinstance(first, RunSucceeded)
    assert isinstance(second, RunSucceeded)
    assert isinstance(third, RunFailed)
    assert "in the last 24 hours has used 30 of the 25 tokens" in third.failure.message
    assert isinstance(fourth, RunFailed)
    assert fourth.failure.message == "Nothing is left."
    assert len(spent) == 3


entries = st.lists(
    st.tuples(st.floats(0, 3 * DAY), st.integers(0, 50), st.floats(0, 1, allow_subnormal=False))
)
bounds = st.builds(Bound, st.none() | st.integers(0, 200), st.none() | st.floats(0, 5))


@given(entries, bounds, bounds)
def test_something_is_left_exactly_as_long_as_no_bound_is_reached(
    entries: list[tuple[float, int, float]], run: Bound, day: Bound
) -> None:
    now, ledger = 3 * DAY, Ledger()
    purse = Purse(Budget(run=run, day=day), ledger)
    for entry in sorted(entries):
        ledger.add(Spending(*entry))
    own = Bound(sum(e[1] for e in entries), sum(e[2] for e in entries))

    left, failure = purse.left(now, own), purse.exceeded(now, own, "t")

    assert left.tokens is None or left.tokens >= 0
    assert left.cost is None or left.cost >= 0
    if failure:
        assert left.tokens == 0 or left.cost == 0
    assert (left.tokens is None) == (run.tokens is None and day.tokens is None)
    assert (left.cost is None) == (run.cost is None and day.cost is None)


def test_what_was_kept_meanwhile_replaces_what_was_noted_before_it() -> None:
    ledger = Ledger()
    for at in (10.0, 20.0, 30.0):
        ledger.add(Spending(at, 1, 0.0))

    ledger.begin_anew([Spending(0.0, 7, 0.0)], until=20.0)

    assert ledger.since(0.0).tokens == 9
    assert ledger.since(25.0).tokens == 1


async def test_what_fits_alone_but_not_together_is_done_one_after_the_other(
    tmp_path: Path,
) -> None:
    async with runtime_in(tmp_path) as runtime:
        flow = await runtime.store(beside(5, Budget(run=Bound(tokens=140))))
        started = await runtime.obey(StartRun(flow))

        assert isinstance(await end_of(runtime, started.run), RunSucceeded)
        assert sorted(asked) == [f"b{n}" for n in range(5)]


async def test_calls_at_the_same_time_never_use_up_more_than_the_budget(tmp_path: Path) -> None:
    async with runtime_in(tmp_path) as runtime:
        flow = await runtime.store(beside(5, Budget(run=Bound(tokens=250)), tokens=100))
        started = await runtime.obey(StartRun(flow))

        assert isinstance(await end_of(runtime, started.run), RunFailed)
        assert len(asked) == 2


async def test_runs_of_one_flow_leave_each_other_enough_of_a_day(tmp_path: Path) -> None:
    async with runtime_in(tmp_path) as runtime:
        flow = await runtime.store(beside(1, Budget(day=Bound(tokens=250)), tokens=100))
        runs = [(await runtime.obey(StartRun(flow))).run for _ in range(5)]
        ends = [await end_of(runtime, run) for run in runs]

        assert sum(isinstance(end, RunSucceeded) for end in ends) == len(asked) == 2


async def test_whoever_is_cancelled_gives_back_what_was_set_aside() -> None:
    purse, used = Purse(Budget(run=Bound(tokens=100))), Bound(0, 0.0)

    async def hold() -> None:
        async with purse.set_aside(lambda: 0.0, lambda: used, Bound(80, 0.0)):
            await asyncio.Event().wait()

    holding, waiting = asyncio.create_task(hold()), asyncio.create_task(hold())
    await asyncio.sleep(0)
    assert purse.left(0.0, used).tokens == 20

    for task in (waiting, holding):
        task.cancel()
    await asyncio.wait((holding, waiting))

    assert purse.left(0.0, used).tokens == 100
