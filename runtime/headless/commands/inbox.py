"""`heddle inbox`: what runs ask people."""

import time
from collections.abc import Sequence

import click

from runtime.answering import fields_words
from runtime.headless import options
from runtime.headless.exits import DONE
from runtime.headless.loop import waited
from runtime.headless.questions import answer_hint, questions_at
from runtime.headless.words import clean, say
from runtime.projections.inbox import Inbox, Question, roughly
from runtime.wire import as_json


@click.command("inbox")
@click.argument("run", default="")
@click.option("--json", "as_json_text", is_flag=True, help="As JSON, with all that is shown.")
@options.where
@options.elsewhere
def command(
    run: str, as_json_text: bool, database: str | None, server: str | None, token: str | None
) -> int:
    """Newest first; with RUN only what that one asks. `heddle answer` gives an answer.

    A server's questions come with a link each, by which they can be answered in a browser.
    """
    found = waited(questions_at(options.settings(database), run, server, token))
    if as_json_text:
        click.echo(as_json(Inbox(list(found))))
    elif not found:
        say("Nobody is asked anything.")
    else:
        click.echo("\n\n".join(_told(found, time.time())))
    return DONE


def _told(questions: Sequence[Question], now: float) -> list[str]:
    return ["\n".join(_lines(question, now)) for question in questions]


def _left(seconds: float) -> str:
    return f"{roughly(seconds)} left" if seconds > 0 else "the time is over"


def _lines(question: Question, now: float) -> list[str]:
    since = f"asked {roughly(now - question.since)} ago"
    left = [] if question.until is None else [_left(question.until - now)]
    people = [f"of {clean(', '.join(question.of))}"] if question.of else []
    about = ", ".join([clean(question.flow) or "A flow", since, *people, *left])
    lines = [click.style(clean(question.title), bold=True), f"  {about}"]
    lines += [f"  {line}" for line in clean(question.text).splitlines()[:20]]
    lines += [f"  It takes {fields_words(question.takes)}."] if question.takes else []
    lines += [f"  {answer_hint(question)}"]
    return lines + ([f"  {question.link}"] if question.link else [])
