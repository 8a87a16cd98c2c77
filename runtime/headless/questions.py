"""Questions of runs on the command line: where they stand, and how they are asked and answered."""

import getpass
from collections.abc import Mapping, Sequence
from typing import Any

import click
import msgspec

from graph.errors import HeddleError
from runtime.answering import fields_words
from runtime.headless.runtimes import at, journal_here
from runtime.headless.words import clean, hint
from runtime.inbox import Inboxes
from runtime.inputs import BadInputs
from runtime.ownership import is_gone
from runtime.projections.inbox import Question
from runtime.services.whereabouts import Whereabouts, whereabouts
from runtime.settings import Settings


async def questions_at(
    settings: Settings, run: str, server: str | None, token: str | None
) -> Sequence[Question]:
    """What is asked at a server, or in the journal that the settings name."""
    if server:
        async with at(server, token) as remote:
            return await remote.questions(run)
    async with journal_here(settings) as journal:
        return await Inboxes(journal).questions(run)


def server_of(settings: Settings, owner: str) -> Whereabouts | None:
    """The server of this machine that drives the runs of an owner, if there is one."""
    here = whereabouts(settings.folder, owner) if owner else None
    return here if here is not None and not is_gone(owner) else None


def answer_hint(question: Question) -> str:
    """The command that answers it."""
    given = "--yes" if is_decision(question.takes) else "--set FIELD=VALUE"
    return hint(f"heddle answer {question.run} {question.task} {given}")


def is_decision(takes: Mapping[str, Any]) -> bool:
    """Whether it is answered by yes or no."""
    approved = takes.get("properties", {}).get("approved", {})
    return isinstance(approved, Mapping) and approved.get("type") == "boolean"


def whoami() -> str:
    """Who sits at this terminal."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def read_field(takes: Mapping[str, Any], text: str) -> tuple[str, Any]:
    """`name=value` as a field of the form: texts as they come, everything else as JSON.

    Raises BadInputs.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise BadInputs(f"{text!r} sets no field.", cure="Write --set FIELD=VALUE.")
    rules = takes.get("properties", {}).get(name, {})
    kind = rules.get("type") if isinstance(rules, Mapping) else None
    if kind == "string":
        return name, value
    try:
        return name, msgspec.json.decode(value)
    except msgspec.DecodeError:
        if kind is None:
            return name, value
        cure = f"It takes {fields_words(takes)}."
        raise BadInputs(f"The field {name!r} can't be {value!r}.", cure=cure) from None


def asked_here(question: Question) -> dict[str, Any] | None:
    """The answer of whoever sits at the terminal; None when they leave it for later."""
    click.echo(f"\n{click.style(clean(question.title), bold=True)}", err=True)
    if question.text:
        click.echo(clean(question.text), err=True)
    for name, value in question.shows.items():
        click.echo(f"  {clean(name)}: {clean(str(value))[:2000]}", err=True)
    try:
        return _decided() if is_decision(question.takes) else _filled_in(question.takes)
    except click.Abort:
        return None


def _decided() -> dict[str, Any] | None:
    word = click.prompt(
        "Approve?", type=click.Choice(["yes", "no", "later"]), default="later", err=True
    )
    if word == "later":
        return None
    comment = click.prompt("Comment", default="", show_default=False, err=True)
    return {"approved": word == "yes", "comment": comment}


def _filled_in(takes: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    required = takes.get("required", ())
    for name, rules in takes.get("properties", {}).items():
        default = rules.get("default") if isinstance(rules, Mapping) else None
        needed = name in required and default is None
        while True:
            text = click.prompt(
                name, default=None if needed else "" if default is None else str(default), err=True
            )
            if not text and name not in required:
                break
            try:
                values[name] = read_field(takes, f"{name}={text}")[1]
                break
            except HeddleError as error:
                click.echo(str(error), err=True)
    return values
