"""`heddle answer`: a run that waits for a person is given its answer, wherever it is."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import click

from runtime.answering import fields_words, why_unasked
from runtime.commands import AnswerTask
from runtime.headless import options
from runtime.headless.conduct import Ride, conduct, lines_of, place_of
from runtime.headless.drive import AnyRuntime
from runtime.headless.exits import DONE
from runtime.headless.granting import lend_secrets
from runtime.headless.loop import waited
from runtime.headless.questions import is_decision, questions_at, read_field, server_of, whoami
from runtime.headless.runtimes import at, journal_here, journal_of
from runtime.headless.words import say
from runtime.inputs import BadInputs
from runtime.projections.inbox import Question
from runtime.settings import Settings
from runtime.steering import NotPossible


class Said(NamedTuple):
    """What the options of the command say."""

    approved: bool | None
    fields: tuple[str, ...]
    comment: str
    by: str


@click.command("answer")
@options.run_argument("run")
@click.argument("task", default="")
@click.option("--yes/--no", "approved", default=None, help="Approve, or refuse.")
@click.option(
    "--set", "fields", multiple=True, metavar="FIELD=VALUE",
    help="A field of the form: a text as it is, everything else as JSON. Repeatable.",
)  # fmt: skip
@click.option("--comment", default="", help="What there is to say to it.")
@click.option("--by", default="", help="Who answers. [default: who is logged in]")
@options.as_json
@options.secrets
@options.where
@options.elsewhere
def command(
    run: str,
    task: str,
    approved: bool | None,
    fields: tuple[str, ...],
    comment: str,
    by: str,
    as_json: bool,
    secret: tuple[str, ...],
    database: str | None,
    server: str | None,
    token: str | None,
) -> int:
    """RUN is a run's id, or as much of its beginning as no other has; TASK is needed only when
    the run asks several things. `heddle inbox` lists what is asked.

    A run of a server goes on there. One that nobody drives is taken over: it goes on here with
    the answer, as with `heddle resume`.
    """
    lend_secrets(secret)
    said = Said(approved, fields, comment, by or whoami())
    settings = options.settings(database)
    wanted, here, key = waited(_found(settings, run, task, server, token))
    answer = _answer(wanted, said)
    if here:
        waited(_given(here, key, answer))
        say(f"{wanted.task} is answered; the run {wanted.run} goes on.")
        return DONE

    async def prepare(runtime: AnyRuntime) -> Ride:
        row = await runtime.journal.run(wanted.run)
        return Ride(answer, await lines_of(runtime, row), row.name)

    return conduct(place_of(database, None, None), prepare, json=as_json)


async def _found(
    settings: Settings, run: str, task: str, server: str | None, token: str | None
) -> tuple[Question, str, str | None]:
    """The question that is meant, and the server that has the run, if any does."""
    asked = await questions_at(settings, run, server, token)
    found = [one for one in asked if task in ("", one.task)]
    if not found:
        async with journal_of(settings, server, token) as there:
            raise await why_unasked(there, (await there.run(run)).run, task)
    question = _meant(found)
    if server:
        return question, server, token
    async with journal_here(settings) as journal:
        row = await journal.run(question.run)
    here = server_of(settings, row.owner)
    return question, here.address if here else "", here.token if here else None


def _meant(asked: Sequence[Question]) -> Question:
    if len({one.task for one in asked}) > 1:
        tasks = ", ".join(one.task for one in asked)
        raise NotPossible(f"The run asks several things: {tasks}.", cure="Name the task, too.")
    return asked[0]


def _answer(question: Question, said: Said) -> AnswerTask:
    """The command. Raises BadInputs when the options don't make an answer."""
    values: dict[str, Any] = dict(read_field(question.takes, one) for one in said.fields)
    if said.approved is not None:
        values["approved"] = said.approved
    if said.comment:
        values["comment"] = said.comment
    if not values:
        given = "--yes or --no" if is_decision(question.takes) else "--set FIELD=VALUE"
        takes = f" It takes {fields_words(question.takes)}." if question.takes else ""
        raise BadInputs(f"The answer is missing: {question.title}", cure=f"Give {given}.{takes}")
    return AnswerTask(question.run, values, question.task, question.label, said.by, "terminal")


async def _given(address: str, token: str | None, answer: AnswerTask) -> None:
    """Give the answer at a server. Raises HeddleError."""
    async with at(address, token) as remote:
        await remote.obey(answer)
