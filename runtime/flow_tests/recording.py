"""A past run as a case: what went in, what came out, and what the outside answered."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from graph.compile.plan import Plan
from graph.errors import HeddleError
from graph.values import kind_of
from runtime.events import (
    AnyEvent,
    Failure,
    InputsChanged,
    OutputsChanged,
    RunCancelled,
    RunFailed,
    RunStarted,
    RunSucceeded,
    TaskFailed,
    TaskFinished,
    TaskRetried,
    TaskReused,
)
from runtime.flow_tests.bench import Bench, Ran
from runtime.flow_tests.case import Case, Effect, Failing, Matcher, Refused
from runtime.flow_tests.desk import Desk, Entry
from runtime.flow_tests.matching import differences
from runtime.flow_tests.spelling import spelt
from runtime.flow_tests.stand_ins import effects_of


class NotToBeKept(HeddleError):
    """A run that can't become a case."""


class Recorded(NamedTuple):
    """A case made of a run, and what a person should know of it."""

    case: Case
    notes: Sequence[str]


async def case_of(events: Sequence[AnyEvent], plan: Plan, bench: Bench) -> Recorded:
    """The run as a case of the flow as it is now.

    The flow runs once more, answered by what was recorded: so the case holds what every block
    asks, worked out. Raises NotToBeKept when the run hasn't ended, or no longer fits the flow.
    """
    began, last = events[0], events[-1]
    assert isinstance(began, RunStarted), "a run's first event says how it began"
    if not isinstance(last, RunSucceeded | RunFailed):
        what = "was cancelled" if isinstance(last, RunCancelled) else "hasn't ended"
        raise NotToBeKept(f"The run {what}: it can't become a test.", cure="Choose another run.")
    desk = Desk(answers_in(events), manner="by task")
    ran = await bench.run(plan, began.inputs, desk)
    _refuse_unlike(ran, last)
    notes: list[str] = []
    if any(isinstance(event, InputsChanged | OutputsChanged) for event in events):
        notes.append("Values were changed by hand in that run; the test starts without that.")
    inputs = {name: spelt(value) for name, value in began.inputs.items()}
    effects = effects_asked(desk.entries, ran.events)
    if isinstance(last, RunFailed):
        case = Case(inputs, fails=_failing(last.failure), effects=effects)
    else:
        changed = began.flow != plan.hash
        case = Case(inputs, expect=_expected(last, ran, notes, changed=changed), effects=effects)
    return Recorded(without_secrets(case, plan, bench), notes)


def answers_in(events: Sequence[AnyEvent]) -> Sequence[Effect]:
    """What every task gave, attempt by attempt, as answers to whatever it asks."""
    found: dict[tuple[str, int], Effect] = {}
    for event in events:
        match event:
            case TaskFinished():
                found[event.task, event.attempt] = Effect(
                    event.task, attempt=event.attempt, gives=spelt(event.outputs)
                )
            case TaskReused():
                found[event.task, 1] = Effect(event.task, gives=spelt(event.outputs))
            case TaskFailed() | TaskRetried():
                found[event.task, event.attempt] = Effect(
                    event.task, attempt=event.attempt, fails=_refused(event.failure)
                )
            case _:
                pass
    return tuple(found.values())


def effects_asked(entries: Sequence[Entry], events: Sequence[AnyEvent]) -> tuple[Effect, ...]:
    """The effects that were asked for, with their questions and answers, recorded or new."""
    happened = {(effect.task, effect.attempt): effect for effect in answers_in(events)}
    found: list[Effect] = []
    for question, recorded in entries:
        answer = recorded or happened.get((question.task, question.attempt))
        if answer is not None:
            found.append(
                Effect(
                    question.task,
                    question.kind,
                    question.attempt,
                    question.spelt,
                    gives=answer.gives,
                    fails=answer.fails,
                )
            )
    return tuple(found)


def without_secrets(case: Case, plan: Plan, bench: Bench) -> Case:
    """The case without the value of any secret that the flow names, should one have got in.

    Recorded values are without them already; inputs typed by somebody may not be.
    """
    secrets, connections = (named(marker, plan) for marker in ("$secret", "$connection"))
    cleaned = bench.without_secrets(msgspec.to_builtins(case), secrets, connections)
    return msgspec.convert(cleaned, Case)


def named(marker: str, plan: Plan) -> set[str]:
    """The names of all secrets, or connections, in the fields of a plan's blocks."""
    found: set[str] = set()
    for _, inner, i in effects_of(plan):
        for field in inner.secrets.get(i, ()):
            found |= _names_in(marker, inner.fields[i][field])
    return found


def _names_in(marker: str, value: Any) -> set[str]:
    if isinstance(value, Mapping):
        if marker in value:
            return {str(value[marker])}
        return {name for inner in value.values() for name in _names_in(marker, inner)}
    if isinstance(value, list):
        return {name for inner in value for name in _names_in(marker, inner)}
    return set()


def _refused(failure: Failure) -> Refused:
    return Refused(failure.type, failure.message, failure.cure, failure.retryable)


def _failing(failure: Failure) -> Failing:
    while failure.cause:
        failure = failure.cause
    return Failing(failure.type, failure.message, failure.task)


def _refuse_unlike(ran: Ran, last: RunSucceeded | RunFailed) -> None:
    """Raise NotToBeKept when the flow, as it is now, did not do what the run did."""
    cure = "The flow has changed since that run: run it again, and keep the new run."
    if ran.desk.refusals:
        asked = ", ".join(dict.fromkeys(r.question.task for r in ran.desk.refusals))
        raise NotToBeKept(f"In that run nothing was asked by {asked}.", cure=cure)
    if ran.stuck:
        raise NotToBeKept(f"The run can't be had again: {ran.stuck}", cure=cure)
    if isinstance(last, RunSucceeded) and ran.failure:
        raise NotToBeKept(f"The flow fails now where it didn't: {ran.failure}", cure=cure)
    if isinstance(last, RunFailed) and ran.failure is None:
        raise NotToBeKept("The flow succeeds now where it failed.", cure=cure)


def _expected(
    last: RunSucceeded, ran: Ran, notes: list[str], *, changed: bool
) -> dict[str, Matcher]:
    """Every output as it was; of one that is another each time, only its type."""
    expected: dict[str, Matcher] = {}
    now = ran.outputs or {}
    for name, value in last.outputs.items():
        same = name in now and not differences(value, now[name])
        if same or changed:
            expected[name] = Matcher(equals=spelt(value))
        else:
            expected[name] = Matcher(type=_type_name(value))
            notes.append(f"{name} is another each time, so only its type is expected.")
        if changed and not same:
            notes.append(f"The flow has changed since that run, and {name} is another now.")
    return expected


def _type_name(value: Any) -> Any:
    kind = kind_of(value)
    return kind if kind in ("text", "number", "integer", "boolean", "list", "record") else "any"
