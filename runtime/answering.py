"""Answers to what tasks ask people: checked against the question, and taken once."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from graph.errors import BadInput
from graph.schemas import faults
from graph.values import did_you_mean
from runtime.commands import AnswerTask
from runtime.engine.executor import Executor
from runtime.engine.live import Live
from runtime.events import AnyEvent, TaskAnswered, TaskAsked
from runtime.history import effective
from runtime.inputs import BadInputs
from runtime.journal.contract import Journal, JournalGone
from runtime.steering import NotPossible


class Unasked(NotPossible):
    """Nobody asks that: not any more, or not at all."""


class Answering:
    """Takes answers. `take_over` has a run driven here that nobody drives."""

    def __init__(
        self, executor: Executor, journal: Journal, take_over: Callable[[str], Awaitable[str]]
    ) -> None:
        self._executor = executor
        self._journal = journal
        self._take_over = take_over

    async def obey(self, command: AnswerTask) -> str:
        """Give an answer; done once it is durable. Raises Unasked, BadInputs, NotPossible."""
        run = await self._driven(command)
        live = self._executor.live(run)
        asked = _meant(live, command) if live is not None else None
        if live is None or asked is None:
            raise await self.unasked(run, command.task, command.label)
        values = fitting_answer(asked.question.get("takes", {}), command.values)
        durable = self._executor.answer(
            live, (asked.task, asked.label), values, command.by, command.through
        )
        await asyncio.wait((durable, live.over), return_when=asyncio.FIRST_COMPLETED)
        if not durable.done():
            durable.cancel()
            raise JournalGone(
                "The answer could not be recorded.", cure="Give it again once the run goes on."
            )
        return run

    async def _driven(self, command: AnswerTask) -> str:
        """The id of the run that is meant, driven here if it can go on at all."""
        if self._executor.live(command.run):
            return command.run
        row = await self._journal.run(command.run)
        if row.ended is None and not self._executor.live(row.run):
            return await self._take_over(row.run)
        return row.run

    async def unasked(self, run: str, task: str, label: str = "") -> Unasked:
        """Why there is no question that this answers."""
        await self._executor.drained()
        return await why_unasked(self._journal, run, task, label)


class Readable(Protocol):
    """What is asked of a journal here or elsewhere."""

    async def read(self, run: str, after: int = 0) -> list[AnyEvent]: ...


async def why_unasked(journal: Readable, run: str, task: str, label: str = "") -> Unasked:
    """Why a run doesn't ask that: somebody else answered first, or nobody asks."""
    events = effective(await journal.read(run))
    given = [event for event in events if isinstance(event, TaskAnswered)]
    for event in reversed(given):
        if event.task == (task or event.task) and label in ("", event.label):
            return Unasked(answered_words(event))
    tasks = {event.task for event in events if isinstance(event, TaskAsked)}
    if task in tasks:
        return Unasked(f"{task} doesn't wait for an answer any more.")
    what = f"{task!r} of the run {run}" if task else f"The run {run}"
    return Unasked(
        f"{what} asks nobody anything.",
        cure=did_you_mean(task, tasks) or "`heddle inbox` lists what is asked.",
    )


def answered_words(event: TaskAnswered) -> str:
    """That a question was answered, by whom, how and when."""
    at = time.strftime("%Y-%m-%d %H:%M", time.localtime(event.given))
    if event.lapsed:
        return f"{event.task}: nobody answered in time; that was over at {at}."
    if event.through == "deadline":
        return f"{event.task}: nobody answered in time; it went on without an answer at {at}."
    by = event.by or "somebody"
    return f"{event.task} was answered by {by} already, {WAYS[event.through]}, at {at}."


WAYS: Mapping[str, str] = {
    "studio": "in the studio", "api": "over the API", "link": "through a link",
    "terminal": "in a terminal", "deadline": "as the time was over", "test": "in a test",
}  # fmt: skip
"""By way of an answer: how that is said."""


def fitting_answer(takes: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The answer with the defaults of what isn't said. Raises BadInputs naming every field."""
    fields: Mapping[str, Any] = takes.get("properties", {})
    defaults = {
        name: rules["default"]
        for name, rules in fields.items()
        if isinstance(rules, Mapping) and "default" in rules
    }
    given = {**defaults, **values}
    flaws = [f"it has no field {name!r}. {did_you_mean(name, fields)}".rstrip()
             for name in given if fields and name not in fields]  # fmt: skip
    try:
        found = faults(given, takes)
    except BadInput as error:
        raise BadInputs(f"The answer can't be checked: {error.message}") from None
    flaws += [
        f"its field {fault['path']!r}: {fault['message']}" if fault["path"] else fault["message"]
        for fault in found
        if fault["rule"] != "additionalProperties"
    ]
    if flaws:
        cure = f"It takes {fields_words(takes)}." if fields else ""
        raise BadInputs("The answer doesn't suit: " + " ".join(flaws), cure=cure)
    return given


def fields_words(takes: Mapping[str, Any]) -> str:
    """The fields of a form in words: `approved (boolean), comment (string, optional)`."""
    required = takes.get("required", ())
    said = []
    for name, rules in takes.get("properties", {}).items():
        about = dict(rules) if isinstance(rules, Mapping) else {}
        kind = about.get("type", "anything")
        if "enum" in about:
            kind = "one of " + ", ".join(map(str, about["enum"]))
        said.append(f"{name} ({kind}{'' if name in required else ', optional'})")
    return ", ".join(said)


def _meant(live: Live, command: AnswerTask) -> TaskAsked | None:
    """The open question that is answered. Raises Unasked when it could be several."""
    found = [
        event
        for (task, label), event in live.run.asked.items()
        if command.task in ("", task) and command.label in ("", label)
    ]
    if len(found) > 1:
        names = ", ".join(sorted({event.task for event in found}))
        raise Unasked(f"The run asks several things: {names}.", cure="Say which one is answered.")
    return found[0] if found and not live.run.ended else None
