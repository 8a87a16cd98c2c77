"""What runs ask people, in the words and fields of the inbox."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.presenters.input_form import UNSET, Asked
from graph.described import type_described
from graph.errors import BadInput
from graph.paths import read_path
from graph.spec import REQUIRED, Look, Parameter
from runtime.events import TaskAnswered, block_of
from runtime.projections.inbox import Question, roughly

LONG = 200
"""Letters from which a field is given several lines."""
URGENT = 3600.0
"""Seconds before its end from which on the time to answer counts as short."""


class Done(NamedTuple):
    """A question that has its answer."""

    question: Question
    answer: TaskAnswered


def key_of(question: Question) -> tuple[str, str, str]:
    """What tells a question from every other."""
    return question.run, question.task, question.label


def about(question: Question, now: float) -> str:
    """Where it comes from, of whom it is asked, and since when."""
    parts = [question.flow or "A flow", block_of(question.task)]
    parts += [f"for {', '.join(question.of)}"] if question.of else []
    parts += ["passed on"] if question.level else []
    parts.append(f"asked {roughly(now - question.since)} ago")
    return " · ".join(parts)


def brief(question: Question, now: float) -> str:
    """What a row has room for: how long there is, where it comes from, and of whom it is asked."""
    whom = f"for {', '.join(question.of)}" if question.of else ""
    return " · ".join(filter(None, (left(question, now), question.flow or "A flow", whom)))


def left(question: Question, now: float) -> str:
    """How long there is to answer; "" for ever."""
    if question.until is None:
        return ""
    seconds = question.until - now
    return f"{roughly(seconds)} left" if seconds > 0 else "The time is over"


def is_urgent(question: Question, now: float) -> bool:
    """Whether there is little time left, or none."""
    return question.until is not None and question.until - now < URGENT


def done_words(done: Done) -> str:
    """By whom it was answered, and how."""
    answer = done.answer
    if answer.lapsed:
        return "Nobody answered in time"
    if answer.through == "deadline":
        return f"{_decided(answer)} as nobody answered in time"
    return f"{_decided(answer)} by {answer.by or 'somebody'}"


def done_sign(done: Done) -> str:
    """The icon of what became of it."""
    if done.answer.lapsed:
        return "mdi6.timer-off-outline"
    return "mdi6.close" if done.answer.values.get("approved") is False else "mdi6.check"


def _decided(answer: TaskAnswered) -> str:
    approved = answer.values.get("approved")
    return "Answered" if approved is None else "Approved" if approved else "Refused"


def sign(question: Question) -> str:
    """The icon of what kind of answer is wanted."""
    return "mdi6.account-check-outline" if is_decision(question.takes) else "mdi6.form-select"


def is_decision(takes: Mapping[str, Any]) -> bool:
    """Whether it is answered by one of two buttons."""
    rules = takes.get("properties", {}).get("approved")
    return isinstance(rules, Mapping) and rules.get("type") == "boolean"


def fields_of(takes: Mapping[str, Any]) -> list[Asked]:
    """The fields of the form; the decision itself is none of them."""
    decides = is_decision(takes)
    required = takes.get("required", ())
    return [
        _field(name, rules if isinstance(rules, Mapping) else {}, name in required)
        for name, rules in takes.get("properties", {}).items()
        if not (decides and name == "approved")
    ]


def flaws(takes: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, str]:
    """By field, why what it holds won't do; what isn't given is no flaw here."""
    from graph.schemas import faults  # noqa: PLC0415 - 0.2 s that no window's start waits for

    try:
        found = [fault for fault in faults(values, takes) if fault["path"]]
    except BadInput:  # the runtime says what is the matter with the schema
        return {}
    said: dict[str, str] = {}
    for fault in found:
        said.setdefault(str(read_path(fault["path"])[0]), fault["message"])
    return said


def _field(name: str, rules: Mapping[str, Any], required: bool) -> Asked:
    title = str(rules.get("title", name.replace("_", " ").capitalize()))
    default = rules.get("default", UNSET)
    needed = required and default is UNSET
    look = Look("lines") if int(rules.get("maxLength", 0)) > LONG else Look()
    parameter = Parameter(
        title,
        type_described(rules),
        REQUIRED if needed else None if default is UNSET else default,
        str(rules.get("description", "")),
        look,
    )
    return Asked(name, title, "", parameter, default)
