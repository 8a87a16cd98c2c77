"""The wave: what is recorded together, what becomes of it when that fails, and who is told."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from runtime.clock import ManualClock
from runtime.engine.hub import Hub, Subscription
from runtime.engine.recorder import Recorder, Salvage
from runtime.engine.surroundings import Limits
from runtime.events import AnyEvent, TaskFinished, TaskProgressed
from runtime.journal.contract import JournalError, JournalFull, Unrecordable

Answer = Exception | Awaitable[None] | None


class Scripted:
    """The rim of a journal: each append is answered as told beforehand, or succeeds."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.appended: list[list[AnyEvent]] = []
        self.recorded: list[AnyEvent] = []

    def append(self, events: Sequence[AnyEvent]) -> Awaitable[None] | None:
        self.appended.append(list(events))
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            self.recorded.extend(events)
            return None
        return self._later(answer, events)

    async def _later(self, answer: Awaitable[None], events: Sequence[AnyEvent]) -> None:
        await answer
        self.recorded.extend(events)


class Desk:
    """A recorder with all it stands on."""

    def __init__(self, **limits: Any) -> None:
        self.journal, self.hub, self.clock = Scripted(), Hub(), ManualClock()
        self.lost: list[tuple[list[AnyEvent], JournalError]] = []
        self.salvage: Callable[[Sequence[AnyEvent], JournalError], Salvage] = all_gone
        self.recorder = Recorder(
            self.journal,  # type: ignore[arg-type]
            self.hub,
            self.clock,
            Limits(**limits),
            self._lost,
        )
        self.called: list[str] = []

    def _lost(self, events: Sequence[AnyEvent], error: JournalError) -> Salvage:
        self.lost.append((list(events), error))
        return self.salvage(events, error)

    def happened(self, *events: AnyEvent) -> None:
        self.recorder.wave.extend(events)

    def wait_for(self, run: str, name: str) -> None:
        self.recorder.once_durable(run, lambda: self.called.append(name))


def all_gone(events: Sequence[AnyEvent], error: JournalError) -> Salvage:
    return Salvage([], {event.run for event in events})


def event(run: str, seq: int) -> AnyEvent:
    return TaskFinished(run, seq, 0.0, f"t{seq}", 0.0, {})


@pytest.fixture
async def desk() -> Desk:
    return Desk(wave=4)


def shown(subscription: Subscription) -> list[AnyEvent]:
    return [event for batch in subscription._batches for event in batch]


async def test_events_are_recorded_a_little_later_in_one_go(desk: Desk) -> None:
    desk.happened(event("a", 1), event("b", 1))
    desk.recorder.settle(idle=True)
    assert desk.journal.appended == []

    await desk.clock.advance(Limits().linger)

    assert desk.journal.appended == [[event("a", 1), event("b", 1)]]


async def test_a_large_wave_and_one_that_somebody_waits_for_are_recorded_at_once(
    desk: Desk,
) -> None:
    desk.happened(*(event("a", seq) for seq in range(1, 5)))
    desk.recorder.settle(idle=False)
    assert len(desk.journal.recorded) == 4

    desk.happened(event("a", 5))
    desk.wait_for("a", "effect")
    desk.recorder.settle(idle=True)

    assert len(desk.journal.recorded) == 5
    assert desk.called == ["effect"]


async def test_watchers_see_what_is_durable_and_what_is_only_live(desk: Desk) -> None:
    progress = TaskProgressed("a", 2, 0.0, "t", 1, 2)
    with desk.hub.subscribe() as subscription:
        desk.happened(event("a", 1), progress, event("a", 3))
        desk.recorder.live = True
        desk.recorder.flush()

        assert shown(subscription) == [event("a", 1), progress, event("a", 3)]
    assert desk.journal.recorded == [event("a", 1), event("a", 3)]


async def test_what_is_lost_is_neither_shown_nor_waited_for(desk: Desk) -> None:
    desk.journal.answers = [JournalFull("No room.")]
    with desk.hub.subscribe() as subscription:
        desk.happened(event("a", 1))
        desk.wait_for("a", "effect")
        desk.recorder.flush()

        assert shown(subscription) == []
    assert desk.called == []
    assert desk.recorder.wave == []
    assert [type(error) for _, error in desk.lost] == [JournalFull]


async def test_others_in_the_wave_are_recorded_all_the_same_in_order(desk: Desk) -> None:
    desk.journal.answers = [Unrecordable("A set.", run="a", seq=2, task="t")]
    desk.salvage = lambda events, _: Salvage([e for e in events if e.run != "a"], {"a"})
    desk.happened(event("b", 1), event("a", 1), event("b", 2), event("a", 2))
    desk.wait_for("a", "a's effect")
    desk.wait_for("b", "b's effect")

    desk.recorder.flush()

    assert desk.journal.recorded == [event("b", 1), event("b", 2)]
    assert desk.called == ["b's effect"]


async def test_what_happened_during_a_commit_that_fails_leaves_no_gap(desk: Desk) -> None:
    commit: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    desk.journal.answers = [commit]
    desk.happened(event("a", 1))
    desk.recorder.flush()
    desk.happened(event("a", 2), event("b", 1))
    desk.wait_for("a", "a's effect")
    desk.wait_for("b", "b's effect")

    commit.set_exception(JournalError("Gone."))
    await desk.recorder.drained()

    assert desk.journal.recorded == [event("b", 1)]
    assert desk.called == ["b's effect"]


async def test_what_is_saved_comes_before_what_happened_since(desk: Desk) -> None:
    commit: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    desk.journal.answers = [commit]
    desk.salvage = lambda events, _: Salvage([e for e in events if e.run == "b"], {"a"})
    desk.happened(event("a", 1), event("b", 1))
    desk.recorder.flush()
    desk.happened(event("b", 2))

    commit.set_exception(Unrecordable("A set.", run="a", seq=1, task="t"))
    await desk.recorder.drained()

    assert desk.journal.recorded == [event("b", 1), event("b", 2)]


async def test_what_is_told_of_a_loss_is_recorded_in_its_place(desk: Desk) -> None:
    told = event("a", 1)

    def fail(events: Sequence[AnyEvent], error: JournalError) -> Salvage:
        desk.wait_for("a", "told")
        return Salvage([told], {"a"})

    desk.journal.answers = [Unrecordable("A set.", run="a", seq=1, task="t")]
    desk.salvage = fail
    desk.happened(event("a", 1), event("a", 2))
    desk.wait_for("a", "effect")

    desk.recorder.flush()

    assert desk.journal.recorded == [told]
    assert desk.called == ["told"]


async def test_events_made_while_a_loss_is_seen_to_wait_for_their_turn(desk: Desk) -> None:
    """Leaving a run begins tasks of others: their events must not overtake what is saved."""

    def leave(events: Sequence[AnyEvent], error: JournalError) -> Salvage:
        for seq in range(2, 9):
            desk.happened(event("b", seq))
            desk.recorder.settle(idle=False)
        return Salvage([e for e in events if e.run == "b"], {"a"})

    desk.journal.answers = [JournalError("No.")]
    desk.salvage = leave
    desk.happened(event("a", 1), event("b", 1))

    desk.recorder.flush()
    await desk.recorder.drained()

    assert desk.journal.recorded == [event("b", seq) for seq in range(1, 9)]


async def test_a_thousand_bad_runs_in_one_wave_are_taken_out_one_by_one() -> None:
    desk = Desk(wave=5000)

    def refuse(run: str) -> Unrecordable:
        return Unrecordable("A set.", run=run, seq=1, task="t")

    desk.journal.answers = [refuse(f"r{n}") for n in range(1000)]
    desk.salvage = lambda events, error: Salvage(
        [e for e in events if e.run != error.run],  # type: ignore[attr-defined]
        {error.run},  # type: ignore[attr-defined]
    )
    desk.happened(*(event(f"r{n}", 1) for n in range(1001)))

    desk.recorder.flush()

    assert desk.journal.recorded == [event("r1000", 1)]


@pytest.mark.parametrize("later", [False, True])
async def test_an_error_no_journal_should_raise_leaves_nobody_hanging(
    desk: Desk, later: bool
) -> None:
    oddity = UnicodeEncodeError("utf-8", "\udc80", 0, 1, "surrogates not allowed")
    commit: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    commit.set_exception(oddity)
    commit.exception()
    desk.journal.answers = [commit if later else oddity]
    desk.happened(event("a", 1))

    desk.recorder.flush()
    await desk.recorder.drained()

    ((_, error),) = desk.lost
    assert error.message.startswith("The journal failed: UnicodeEncodeError: ")


async def test_what_is_live_is_told_at_once_after_a_quiet_time_and_then_together(
    desk: Desk,
) -> None:
    live = TaskProgressed("a", 1, 0.0, "t", 1.0, 2.0)

    def going_on() -> None:
        desk.recorder.live = True
        desk.happened(live)
        desk.recorder.settle(idle=True)

    with desk.hub.subscribe() as told:
        going_on()
        await desk.clock.advance(0.0)
        first = shown(told)
        going_on()
        going_on()
        await desk.clock.advance(0.0)
        early = shown(told)
        await desk.clock.advance(Limits().linger)

        assert (first, early, shown(told)) == ([live], [live], [live] * 3)
