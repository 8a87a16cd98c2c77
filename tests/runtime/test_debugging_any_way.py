"""However a person steps through a run, and back, it comes out as if nobody had looked."""

import asyncio
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.contract import Grants
from graph.flow import Block, Flow
from runtime.breakpoints import Breakpoint, Phase
from runtime.clock import ManualClock
from runtime.commands import ContinueRun, PauseRun, SetBreakpoints, StartRun, StepRun
from runtime.events import ENDINGS, AnyEvent, RunSucceeded, TaskFinished, TaskReused
from runtime.history import effective
from runtime.journal.memory import MemoryJournal
from runtime.projections.run_view import RunView
from runtime.runtime import Runtime
from runtime.steering import NotPossible
from tests.runtime.engine.world import CATALOG, Plain, calls

INNER = Flow.of(
    [
        Block("item", "flow.input", {"name": "item"}),
        Block("look", "t.fetch", {"name": "look"}),
        Block("more", "t.watched", {"name": "more"}),
        Block("result", "flow.output"),
    ],
    [("item.value", "look.of"), ("look.value", "more.value"), ("more.value", "result.value")],
)

FLOW = Flow.of(
    [
        Block("a", "t.watched", {"value": 3, "name": "a"}),
        Block("left", "t.slow", {"seconds": 0.3, "name": "left"}),
        Block("right", "t.post", {"name": "right"}),
        Block("sum", "t.add"),
        Block("sub", "flow.call", {"flow": "inner"}),
        Block("choose", "logic.if", {"condition": False}),
        Block("never", "t.watched", {"name": "never"}),
        Block("each", "logic.for_each", {"items": [1, 2, 3], "body": "inner", "parallel": 2}),
        Block("out", "flow.output", {"name": "sum"}),
        Block("all", "flow.output", {"name": "all"}),
    ],
    [
        ("a.value", "left.value"),
        ("a.value", "right.value"),
        ("left.value", "sum.a"),
        ("right.value", "sum.b"),
        ("sum.value", "sub.item"),
        ("sum.value", "choose.value"),
        ("choose.then", "never.value"),
        ("sub.result", "out.value"),
        ("each.value", "all.value"),
    ],
    flows={"inner": INNER},
)
PLACES = ["a", "left", "right", "sum", "sub", "sub/look", "choose", "never", "each", "each/look",
          "each/more", "out"]  # fmt: skip

Phases: list[Phase] = ["before", "after"]
points = st.builds(
    lambda place, phase, whole, hits: Breakpoint(
        f"{place}-{phase}", place, phase, whole=whole, hits=hits
    ),
    st.sampled_from(PLACES),
    st.sampled_from(Phases),
    st.booleans(),
    st.sampled_from(["", "2", "%2"]),
)
deeds = st.lists(
    st.sampled_from(["over", "into", "out", "back", "go", "wait", "pause", "until", "branch"]),
    max_size=12,
)


class Alone:
    """One run, and a clock that goes on as the run needs it."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.runtime = Runtime(
            CATALOG, MemoryJournal(), Plain(), grants=Grants(folder="/"), clock=self.clock
        )

    async def events(self) -> list[AnyEvent]:
        return list(effective(await self.runtime.journal.read("r")))

    async def settle(self) -> None:
        for _ in range(8):
            await asyncio.sleep(0)
        await self.runtime._executor.drained()
        await asyncio.sleep(0)

    async def do(self, deed: str) -> None:
        kinds: dict[str, Literal["over", "into", "out", "back"]] = {
            "over": "over", "into": "into", "out": "out", "back": "back",
        }  # fmt: skip
        try:
            if deed in kinds:
                await self.runtime.obey(StepRun("r", kinds[deed]))
            elif deed == "go":
                await self.runtime.obey(ContinueRun("r"))
            elif deed == "until":
                await self.runtime.obey(ContinueRun("r", until="each/more"))
            elif deed == "pause":
                await self.runtime.obey(PauseRun("r", client=""))
            elif deed == "branch":
                await self.runtime.obey(PauseRun("r", block="sum"))
            else:
                await self.clock.advance(0.2)
        except NotPossible:
            pass  # such as a step in a run that doesn't stand still, or is over
        await self.settle()

    async def finish(self) -> AnyEvent:
        for _ in range(200):
            events = await self.events()
            if isinstance(events[-1], ENDINGS):
                return events[-1]
            await self.do("go")
            await self.do("wait")
        raise AssertionError(f"it stands still: {RunView().blocks}, {events[-5:]}")


@given(st.lists(points, max_size=4, unique_by=lambda point: point.id), deeds, st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_debugged_run_gives_what_it_gives_alone(
    breakpoints: list[Breakpoint], deeds: list[str], paused: bool
) -> None:
    async def debugged() -> tuple[AnyEvent, list[AnyEvent]]:
        calls.clear()
        alone = Alone()
        async with alone.runtime:
            flow = await alone.runtime.store(FLOW)
            await alone.runtime.obey(
                StartRun(flow, run="r", breakpoints=breakpoints, paused=paused)
            )
            await alone.settle()
            for deed in deeds:
                await alone.do(deed)
            live = alone.runtime._executor.live("r")
            if live is not None:
                await alone.runtime.obey(SetBreakpoints("r", []))
            end = await alone.finish()
            return end, await alone.events()

    end, events = asyncio.run(debugged())

    assert isinstance(end, RunSucceeded)
    outputs = end.outputs
    assert sorted(outputs) == ["all", "sum"]
    assert outputs["sum"].startswith("6 seen")
    assert [text[:6] for text in outputs["all"]] == ["1 seen", "2 seen", "3 seen"]
    done = [e.task for e in events if isinstance(e, TaskFinished | TaskReused)]
    assert len(done) == len(set(done)), "each task is done once in what counts"
    assert calls["look"] == 4, "no effect is had twice, however often one goes back"
    assert calls["right"] == 1


@pytest.fixture(autouse=True)
def nothing_counted() -> Any:
    calls.clear()
