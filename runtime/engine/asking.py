"""Questions to people: recorded once, waited for however long it takes, answered once."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import asdict, replace

from graph.context import Answered, Asked, Through
from graph.errors import BlockError
from graph.schemas import faults
from runtime.clock import Clock, Timer
from runtime.engine.live import Live
from runtime.engine.queue import Queue
from runtime.engine.recorder import Recorder
from runtime.engine.state import Scope
from runtime.engine.under_way import UnderWay
from runtime.events import TaskAnswered, TaskAsked

LOOK = 600.0
"""Seconds after which the clock is looked at again: that of a machine asleep stands still."""


class NobodyAnswered(BlockError):
    """The time in which a person had to answer is over."""


class Asking:
    """Asks on behalf of tasks, and hands them what was answered once that is durable.

    What is open, and what was answered, stands in the run (`asked`, `answered`), so that a task
    done again after a crash goes on waiting, or has its answer.
    """

    def __init__(self, queue: Queue, under_way: UnderWay, recorder: Recorder, clock: Clock) -> None:
        self._queue = queue
        self._under_way = under_way
        self._recorder = recorder
        self._clock = clock

    async def ask(self, live: Live, scope: Scope, i: int, label: str, question: Asked) -> Answered:
        """The answer to a question of a task. Raises NobodyAnswered, BlockError."""
        run, key = live.run, (scope.prefix + scope.plan.ids[i], label)
        if key not in run.asked and key not in run.answered:
            self._put(live, scope, i, label, question)
        if answer := run.answered.get(key):
            return _taken(answer)
        if key in live.questions:
            raise BlockError(f"It asks two things at once by the label {label!r}.")
        waits: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        live.questions[key] = waits
        try:
            with self._under_way.resting(scope, i), self._timed(live, key):
                return await waits
        finally:
            live.questions.pop(key, None)

    def answer(
        self, live: Live, key: tuple[str, str], values: Mapping[str, Any], by: str, through: Through
    ) -> "asyncio.Future[None]":
        """Give an open question its answer; done once that is durable."""
        durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._record(live, key, dict(values), by, through)
        self._recorder.once_durable(
            live.run.id, lambda: None if durable.done() else durable.set_result(None)
        )
        return durable

    def _put(self, live: Live, scope: Scope, i: int, label: str, question: Asked) -> None:
        """Record a question; one that a recording has the answer to gets that."""
        faults({}, question.takes)  # raises BadInput for what is no schema
        task = scope.prefix + scope.plan.ids[i]
        asked = live.cleaned(_recorded(replace(question, label="")))
        self._queue.tell(live.run, TaskAsked, task, label, asked)
        given = live.recording.answer_to(scope, i, label, asked) if live.recording else None
        if given is not None:
            told = (given.values, given.by, given.through, given.given)
            self._queue.tell(live.run, TaskAnswered, task, label, *told)

    def _record(
        self,
        live: Live,
        key: tuple[str, str],
        values: dict[str, Any],
        by: str,
        through: Through,
        *,
        lapsed: bool = False,
    ) -> None:
        cleaned, live.told_stalled = live.cleaned(values), False
        self._queue.tell(live.run, TaskAnswered, *key, cleaned, by, through, 0.0, lapsed)
        self._recorder.once_durable(live.run.id, partial(self._hand_over, live, key))

    @staticmethod
    def _hand_over(live: Live, key: tuple[str, str]) -> None:
        """Let the task go on that waits: what it does from now on can't be done twice."""
        waits, answer = live.questions.get(key), live.run.answered.get(key)
        if waits is None or waits.done() or answer is None:
            return
        try:
            waits.set_result(_taken(answer))
        except NobodyAnswered as error:
            waits.set_exception(error)

    # What comes with time.

    @contextmanager
    def _timed(self, live: Live, key: tuple[str, str]) -> Iterator[None]:
        """Meanwhile see to it that further people are asked, and that waiting ends, in time."""
        timer: Timer | None = None

        def look() -> None:
            nonlocal timer
            timer = None
            if (asked := live.run.asked.get(key)) is not None and not live.run.ended:
                wait = self._see_to(live, asked)
                timer = self._clock.later(wait, look) if wait is not None else None

        look()
        try:
            yield
        finally:
            if timer is not None:
                timer.cancel()

    def _see_to(self, live: Live, asked: TaskAsked) -> float | None:
        """Do what is due with an open question; gives after how many seconds to look again."""
        question, waited = question_of(asked), self._clock.now() - asked.since
        if question.deadline is not None and waited >= question.deadline:
            lapsed = question.otherwise is None
            self._record(
                live, (asked.task, asked.label), dict(question.otherwise or {}), "", "deadline",
                lapsed=lapsed,
            )  # fmt: skip
            return None
        after = None if asked.level or not question.escalate_to else question.escalate_after
        if after is not None and waited >= after:
            self._escalate(live, asked, question)
            after = None
        due = [time - waited for time in (question.deadline, after) if time is not None]
        return min([*due, LOOK]) if due else None

    def _escalate(self, live: Live, asked: TaskAsked, question: Asked) -> None:
        told = _recorded(replace(question, of=(*question.of, *question.escalate_to)))
        live.told_stalled = False  # it waits for others now
        self._queue.tell(live.run, TaskAsked, asked.task, asked.label, told, 1, asked.since)


def question_of(event: TaskAsked) -> Asked:
    """What was asked."""
    return msgspec.convert(event.question, Asked)


def _recorded(question: Asked) -> dict[str, Any]:
    """The question as its event has it: what isn't said is left out."""
    said = asdict(question).items()
    defaults = asdict(Asked(title=""))
    kept = {name: value for name, value in said if name == "title" or value != defaults[name]}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in kept.items()}


def _taken(answer: TaskAnswered) -> Answered:
    """What a task is told. Raises NobodyAnswered."""
    if answer.lapsed:
        raise NobodyAnswered(
            "Nobody answered in time.",
            cure="Ask more people, give them longer, or say what is to be done without an answer.",
        )
    return Answered(values=answer.values, by=answer.by, through=answer.through, at=answer.given)
