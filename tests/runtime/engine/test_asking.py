"""Questions to people: waited for over restarts and deadlines, and answered exactly once."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.block import block, spec_of
from graph.compile import compile_flow
from graph.context import Asked, Context
from graph.flow import Block, Flow, Settings
from runtime.engine.live import Live
from runtime.engine.surroundings import Limits
from runtime.events import (
    AnyEvent,
    RunFailed,
    RunStalled,
    RunSucceeded,
    TaskAnswered,
    TaskAsked,
    TaskReused,
)
from runtime.projections.run_view import RunView
from tests.runtime.engine.world import CATALOG, Studio, calls

DAY = 86_400.0
FORM = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}


@block("t.ask", title="Ask", effect="read", agent="test", patient=True)
async def ask(
    context: Context,
    of: Any = None,
    times: int = 1,
    deadline: float | None = None,
    otherwise: bool | None = None,
    escalate: float | None = None,
) -> Any:
    """What a person answers, each time."""
    calls["ask"] += 1
    answers = []
    for number in range(times):
        answer = await context.ask(
            Asked(
                title=f"Is {of} fine, {number}?",
                takes=FORM,
                of=("Ann",),
                deadline=deadline,
                otherwise=None if otherwise is None else {"ok": otherwise},
                escalate_after=escalate,
                escalate_to=("Bob",),
            )
        )
        answers.append([answer.values["ok"], answer.by, answer.through])
    return answers


ASKING = CATALOG.joined([spec_of(ask)])


def flow(**fields: Any) -> Flow:
    """One question, and something that follows from the answer."""
    return Flow.of(
        [
            Block("first", "t.watched", {"value": "it", "name": "first"}),
            Block("ask", "t.ask", fields),
            Block("post", "t.post"),
            Block("out", "flow.output"),
        ],
        [("first.value", "ask.of"), ("ask.value", "post.value"), ("post.value", "out.value")],
    )


@pytest.fixture
def studio() -> Studio:
    calls.clear()
    return Studio(catalog=ASKING)


def answer(studio: Studio, live: Live, *, ok: bool = True, by: str = "Ann") -> bool:
    """Answer what is asked first; False when nothing is."""
    if not live.run.asked or live.run.ended:
        return False
    studio.executor.answer(live, next(iter(live.run.asked)), {"ok": ok}, by, "api")
    return True


async def recovered(studio: Studio, made: Flow) -> Live:
    await studio.crash()
    return await studio.recover(compile_flow(made, ASKING))


def of_kind(events: Sequence[AnyEvent], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


async def test_a_run_waits_for_days_and_goes_on_with_the_answer(studio: Studio) -> None:
    live = studio.begin(flow())
    await studio.pass_time(3 * DAY)
    assert not live.over.done()

    answer(studio, live)
    end = await studio.finish(live)

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": [[True, "Ann", "api"]]}


async def test_what_was_asked_before_a_crash_is_asked_once_and_waited_for_still(
    studio: Studio,
) -> None:
    made = flow(times=2)
    live = studio.begin(made)
    await studio.pass_time(1)
    answer(studio, live, by="Ann")
    await studio.pass_time(1)

    live = await recovered(studio, made)
    await studio.pass_time(DAY)
    answer(studio, live, by="Bob")
    end = await studio.finish(live)

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": [[True, "Ann", "api"], [True, "Bob", "api"]]}
    asked = of_kind(await studio.events(), TaskAsked)
    assert [(event.label, event.level) for event in asked] == [("1", 0), ("2", 0)]


async def test_an_answer_that_is_durable_survives_the_process_that_took_it(studio: Studio) -> None:
    made = flow()
    live = studio.begin(made)
    await studio.pass_time(1)
    answer(studio, live)
    await studio.executor.drained()

    live = await recovered(studio, made)
    end = await studio.finish(live)

    assert isinstance(end, RunSucceeded)
    assert len(of_kind(await studio.events(), TaskAnswered)) == 1


async def test_after_its_deadline_a_question_has_the_answer_it_was_to_have(
    studio: Studio,
) -> None:
    live = studio.begin(flow(deadline=DAY, otherwise=False))
    await studio.pass_time(DAY + 5)

    end = await studio.finish(live)

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": [[False, "", "deadline"]]}


async def test_a_deadline_counts_on_while_nobody_drives_the_run(studio: Studio) -> None:
    made = flow(deadline=DAY)
    studio.begin(made)
    await studio.pass_time(DAY / 2)
    await studio.crash()
    await studio.pass_time(DAY)

    live = await studio.recover(compile_flow(made, ASKING))
    end = await studio.finish(live)

    assert isinstance(end, RunFailed)
    assert end.failure.type == "NobodyAnswered"
    assert of_kind(await studio.events(), TaskAnswered)[0].lapsed


async def test_further_people_are_asked_after_a_while_once(studio: Studio) -> None:
    made = flow(escalate=DAY)
    studio.begin(made)
    await studio.pass_time(DAY + 1)
    live = await recovered(studio, made)
    await studio.pass_time(DAY)
    answer(studio, live)
    await studio.finish(live)

    first, second = of_kind(await studio.events(), TaskAsked)
    assert (first.question["of"], second.question["of"]) == (["Ann"], ["Ann", "Bob"])
    assert (second.level, second.since) == (1, first.at)


async def test_whoever_waits_takes_nobodys_place(studio: Studio) -> None:
    studio.limits = Limits(parallel=1)
    studio.restart()
    asking = studio.begin(flow())
    await studio.pass_time(1)
    other = Flow.of(
        [Block("slow", "t.slow", {"value": 1}), Block("out", "flow.output")],
        [("slow.value", "out.value")],
    )

    end = await studio.finish(studio.begin(other, id="r2"))
    assert isinstance(end, RunSucceeded)

    answer(studio, asking)
    assert isinstance(await studio.finish(asking), RunSucceeded)
    third = await studio.finish(studio.begin(other, id="r3"))
    assert isinstance(third, RunSucceeded)


async def test_a_waiting_run_says_for_whom_it_waits(studio: Studio) -> None:
    live = studio.begin(flow())
    await studio.pass_time(1)
    studio.executor.watch_over()
    events = await studio.events()

    view = RunView()
    for event in events:
        view.after(event)
    (stalled,) = of_kind(events, RunStalled)
    assert "answer from Ann" in stalled.waits_for[0]
    assert (view.state, view.blocks["ask"].state) == ("asking", "asking")

    answer(studio, live)
    await studio.pass_time(0.1)
    for event in (await studio.events())[len(events) :]:
        view.after(event)
    assert view.state == "running"


async def test_a_replay_answers_as_was_answered_unless_it_begins_there(studio: Studio) -> None:
    live = studio.begin(flow())
    await studio.pass_time(1)
    answer(studio, live)
    await studio.finish(live)
    events = await studio.events()

    again = studio.replay(flow(), events, flow(), "first")
    end = await studio.finish(again)
    assert isinstance(end, RunSucceeded)
    assert calls["ask"] == 1
    assert "ask" in {event.task for event in of_kind(await studio.events("r2"), TaskReused)}


async def test_a_replay_that_begins_at_the_question_asks_anew(studio: Studio) -> None:
    live = studio.begin(flow())
    await studio.pass_time(1)
    answer(studio, live)
    await studio.finish(live)

    again = studio.replay(flow(), await studio.events(), flow(), "ask")
    await studio.pass_time(1)
    assert again.run.asked
    answer(studio, again, ok=False, by="Bob")
    end = await studio.finish(again)

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": [[False, "Bob", "api"]]}


async def test_an_attempt_with_a_time_limit_waits_no_longer(studio: Studio) -> None:
    made = Flow.of([Block("ask", "t.ask", {}, settings=Settings(time_limit=0.01))], [])
    live = studio.begin(made)
    end = await asyncio.wait_for(live.over, 5)

    assert isinstance(end, RunFailed)
    assert end.failure.type == "TimedOut"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(["crash", "answer", "hour", "watch"]), max_size=12),
    st.sampled_from([None, 2.5]),
    st.sampled_from([None, 1.5]),
)
async def test_whatever_happens_a_question_is_answered_exactly_once(
    steps: list[str], deadline: float | None, escalate: float | None
) -> None:
    calls.clear()
    studio = Studio(catalog=ASKING)
    made = flow(
        times=2,
        otherwise=False,
        deadline=None if deadline is None else deadline * 3600,
        escalate=None if escalate is None else escalate * 3600,
    )
    live = studio.begin(made)
    await studio.pass_time(0.1)
    for step in steps:
        if live.over.done():
            break
        match step:
            case "crash":
                await studio.executor.drained()
                live = await recovered(studio, made)
            case "answer":
                answer(studio, live)
            case "hour":
                await studio.pass_time(3600)
            case "watch":
                studio.executor.watch_over()
        await studio.pass_time(0.1)
    while not live.over.done():
        await studio.pass_time(1)
        answer(studio, live)

    events = await studio.events()
    end = await live.over
    assert isinstance(end, RunSucceeded)
    labels = [event.label for event in of_kind(events, TaskAnswered)]
    assert labels == ["1", "2"]
    given_answers = [[e.values["ok"], e.by, e.through] for e in of_kind(events, TaskAnswered)]
    assert end.outputs == {"result": given_answers}
    asked = [(event.label, event.level) for event in of_kind(events, TaskAsked)]
    assert len(asked) == len(set(asked))
