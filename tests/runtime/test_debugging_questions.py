"""A question to a person in a run that somebody debugs: skipped, answered, taken back."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

import agents.approval.blocks
from graph.catalog import blocks_in
from graph.flow import Block, Flow
from runtime.answering import Unasked
from runtime.breakpoints import Breakpoint
from runtime.commands import AnswerTask, PauseRun, SkipTask
from runtime.events import RunSucceeded, TaskAnswered, TaskAsked
from runtime.journal.memory import MemoryJournal
from tests.runtime.engine.world import CATALOG, calls
from tests.runtime.test_debugging import Desk

FLOW = Flow.of(
    [
        Block("first", "t.watched", {"value": "Dear all", "name": "first"}),
        Block("ask", "approval.ask", {"title": "Send it?"}),
        Block("sent", "t.watched", {"name": "sent"}),
        Block("kept", "t.watched", {"name": "kept"}),
        Block("yes", "flow.output", {"name": "yes"}),
        Block("no", "flow.output", {"name": "no"}),
    ],
    [
        ("first.value", "ask.shows"), ("ask.approved", "sent.value"), ("sent.value", "yes.value"),
        ("ask.refused", "kept.value"), ("kept.value", "no.value"),
    ],
)  # fmt: skip


class AskingDesk(Desk):
    def __init__(self) -> None:
        super().__init__(MemoryJournal(), CATALOG.joined(blocks_in(agents.approval.blocks)))

    async def answer(self, *, approved: bool, by: str = "Ann") -> None:
        await self.runtime.obey(AnswerTask(self.run, {"approved": approved}, "ask", by=by))

    async def asks(self) -> int:
        return len(await self.runtime.questions(self.run))


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[AskingDesk]:
    calls.clear()
    made = AskingDesk()
    async with made.runtime:
        yield made


def decided(end: object) -> tuple[str, str]:
    """By which output the run ended, and by whom that was decided."""
    assert isinstance(end, RunSucceeded)
    ((name, record),) = end.outputs.items()
    return name, record["by"]


async def test_nobody_is_asked_before_the_run_goes_on_from_a_stop_at_it(desk: AskingDesk) -> None:
    held = await desk.start(FLOW, Breakpoint("p", "ask"))
    assert (held.task, await desk.asks()) == ("ask", 0)

    await desk.go_on()
    assert await desk.asks() == 1
    await desk.answer(approved=True)

    assert decided((await desk.events())[-1]) == ("yes", "Ann")


async def test_skipped_with_a_value_it_counts_as_decided_and_asks_nobody(desk: AskingDesk) -> None:
    await desk.start(FLOW, Breakpoint("p", "ask"))

    record = {"approved": False, "by": "the one who debugs"}
    await desk.runtime.obey(SkipTask(desk.run, "ask", {"refused": record}))
    end = await desk.go_on()

    assert decided(end) == ("no", "the one who debugs")
    assert not [event for event in await desk.events() if isinstance(event, TaskAsked)]


async def test_stepped_over_it_waits_and_the_answer_leads_to_the_next_stop(
    desk: AskingDesk,
) -> None:
    await desk.start(FLOW, Breakpoint("p", "ask"))
    assert await desk.step() == ""
    assert await desk.asks() == 1

    await desk.answer(approved=False)

    assert (await desk.stands()).task == "kept"
    assert calls["kept"] == 0
    assert decided(await desk.go_on()) == ("no", "Ann")


async def test_an_answer_while_the_run_is_paused_is_kept_and_nothing_begins(
    desk: AskingDesk,
) -> None:
    await desk.start(FLOW)
    await desk.runtime.obey(PauseRun(desk.run))

    await desk.answer(approved=True)
    await desk.events()
    assert calls["sent"] == 0
    assert await desk.asks() == 0

    assert decided(await desk.go_on()) == ("yes", "Ann")


async def test_stepped_back_before_the_answer_it_is_asked_again_and_the_new_answer_counts(
    desk: AskingDesk,
) -> None:
    await desk.start(FLOW, Breakpoint("p", "sent"), Breakpoint("q", "kept"))
    await desk.answer(approved=True, by="Ann")
    assert (await desk.stands()).task == "sent"

    assert await desk.step("back") == "ask"
    assert await desk.asks() == 0
    assert await desk.step() == ""
    assert await desk.asks() == 1
    await desk.answer(approved=False, by="Bob")

    assert (await desk.stands()).task == "kept"
    assert decided(await desk.go_on()) == ("no", "Bob")
    given = [event for event in await desk.events() if isinstance(event, TaskAnswered)]
    assert [event.by for event in given] == ["Bob"]


async def test_taken_back_while_it_asks_the_question_is_open_no_more(desk: AskingDesk) -> None:
    await desk.start(FLOW, Breakpoint("p", "ask"))
    await desk.step()
    assert await desk.asks() == 1

    assert await desk.step("back") in ("ask", "first")

    assert await desk.asks() == 0
    with pytest.raises(Unasked):
        await desk.answer(approved=True)
