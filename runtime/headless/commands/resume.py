"""`heddle resume`: an interrupted run goes on where it was."""

from typing import Literal, cast

import click
import msgspec

from graph.errors import HeddleError
from runtime.commands import ResumeRun
from runtime.headless import options
from runtime.headless.conduct import Ride, conduct, lines_of, place_of
from runtime.headless.drive import AnyRuntime, Verdict
from runtime.headless.granting import lend_secrets


class BadVerdict(HeddleError):
    """What became of a task was said in no way that can be understood."""


@click.command("resume")
@options.run_argument("run")
@click.option(
    "--settle", multiple=True, metavar="TASK=VERDICT",
    help="What became of an effect that was interrupted: again (do it again), done, failed. "
    "done={…} gives its outputs as JSON. Repeatable.",
)  # fmt: skip
@options.as_json
@options.secrets
@options.where
@options.elsewhere
def command(
    run: str,
    settle: tuple[str, ...],
    as_json: bool,
    secret: tuple[str, ...],
    database: str | None,
    server: str | None,
    token: str | None,
) -> int:
    """RUN is a run's id, or as much of its beginning as no other has. What is done is not done
    again; it may touch what it was granted when it started.

    An effect that was under way, and that mustn't happen twice, waits for somebody to look and
    to say what became of it: --settle.
    """
    lend_secrets(secret)
    verdicts = dict(map(_verdict, settle))

    async def prepare(runtime: AnyRuntime) -> Ride:
        row = await runtime.journal.run(run)
        return Ride(ResumeRun(row.run), await lines_of(runtime, row), row.name)

    where = place_of(database, server, token)
    return conduct(where, prepare, json=as_json, verdicts=verdicts)


def _verdict(text: str) -> tuple[str, Verdict]:
    """`task=again`, `task=done`, `task=done={"value": 1}` or `task=failed`."""
    task, _, rest = text.partition("=")
    word, equals, outputs = rest.partition("=")
    if word not in ("again", "done", "failed") or (equals and word != "done"):
        raise BadVerdict(
            f"{text!r} says not what became of a task.", cure="Write TASK=again, =done or =failed."
        )
    try:
        given = msgspec.json.decode(outputs, type=dict[str, object]) if equals else {}
    except msgspec.DecodeError as error:
        raise BadVerdict(f"The outputs of {task!r} are no JSON object: {error}.") from None
    return task, Verdict(cast(Literal["again", "done", "failed"], word), given)
