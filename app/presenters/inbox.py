"""What runs ask people, in the words and fields of the inbox."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.presenters.input_form import UNSET, Asked
from app.presenters.run_words import duration
from graph.described import type_described
from graph.spec import REQUIRED, Look, Parameter
from runtime.events import TaskAnswered, block_of
from runtime.projections.inbox import Question

LONG = 200
"""Letters from which a field is given several lines."""


class Done(NamedTuple):
    """A question that has its answer."""

    question: Question
    answer: TaskAnswered


def key_of(question: Question) -> tuple[str, str, str]:
    """What tells a question from every other."""
    return question.run, question.task, question.label


def about(question: Question, now: float) -> str:
    """Where it comes from, of whom it is asked, since when, and how long there is."""
    parts = [question.flow or "A flow", block_of(question.task)]
    parts += [f"for {', '.join(question.of)}"] if question.of else []
    parts.append(f"asked {duration(max(1.0, now - question.since))} ago")
    return " · ".join(parts)


def left(question: Question, now: float) -> str:
    """How long there is to answer; "" for ever."""
    if question.until is None:
        return ""
    seconds = question.until - now
    return f"{duration(seconds)} left" if seconds > 0 else "The time is over"


def done_words(done: Done) -> str:
    """By whom it was answered, and how."""
    answer = done.answer
    if answer.lapsed or answer.through == "deadline":
        return "Nobody answered in time"
    approved = answer.values.get("approved")
    decided = "Answered" if approved is None else "Approved" if approved else "Refused"
    return f"{decided} by {answer.by or 'somebody'}"


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
