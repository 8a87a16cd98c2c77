"""What runs ask people: a fold over the events of each."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from runtime.events import (
    ENDINGS,
    AnyEvent,
    ScopeClosed,
    TaskAnswered,
    TaskAsked,
    TaskFailed,
    TaskFinished,
    TaskReused,
    TaskSkipped,
)


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one task asks. Times are seconds since the epoch; `until` None is for ever.

    `flow` is the name of the flow, `level` 1 once further people are asked, `link` where it can
    be answered without being known to the server, "" when it can't; `ticket` ends a link that the
    run itself has sent.
    """

    run: str
    flow: str
    task: str
    label: str
    title: str
    since: float
    text: str = ""
    takes: Mapping[str, Any] = {}
    shows: Mapping[str, Any] = {}
    of: tuple[str, ...] = ()
    until: float | None = None
    level: int = 0
    link: str = ""
    ticket: str = ""


class Inbox(msgspec.Struct, frozen=True):
    """What is asked by all runs, newest first."""

    questions: list[Question] = []


def question_of(event: TaskAsked, flow: str) -> Question:
    """What an event asks, in a run of a flow of that name."""
    said, deadline = event.question, event.question.get("deadline")
    return Question(
        run=event.run,
        flow=flow,
        task=event.task,
        label=event.label,
        title=str(said.get("title", "")),
        since=event.since,
        text=str(said.get("text", "")),
        takes=said.get("takes", {}),
        shows=said.get("shows", {}),
        of=tuple(said.get("of", ())),
        until=None if deadline is None else event.since + deadline,
        level=event.level,
        ticket=str(said.get("ticket", "")),
    )


def roughly(seconds: float) -> str:
    """A time as people think of it while they wait: `40 s`, `4 min`, `3 h 20 min`, `2 d 5 h`."""
    minutes, rest = divmod(max(1, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else f"{rest} s"


def open_questions(events: Iterable[AnyEvent]) -> list[TaskAsked]:
    """What is still asked after the events of a run that count (see `history.effective`)."""
    asked: dict[tuple[str, str], TaskAsked] = {}
    for event in events:
        match event:
            case TaskAsked():
                asked[event.task, event.label] = event
            case TaskAnswered():
                asked.pop((event.task, event.label), None)
            case TaskFinished() | TaskReused() | TaskSkipped() | TaskFailed():
                _drop(asked, event.task)
            case ScopeClosed() if event.failure is not None:
                _drop(asked, event.scope)
            case _ if isinstance(event, ENDINGS):
                return []
    return list(asked.values())


def _drop(asked: dict[tuple[str, str], TaskAsked], place: str) -> None:
    """A task or a round is over, and what was asked inside it."""
    inside = (f"{place}[", f"{place}/")
    for key in [key for key in asked if key[0] == place or key[0].startswith(inside)]:
        del asked[key]
