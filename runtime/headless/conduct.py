"""What `run`, `resume` and `replay` share: a run is driven, and what came of it is shown."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple

import click
from rich.text import Text

from runtime.answering import fitting_answer
from runtime.commands import AnswerTask, ReplayRun, ResumeRun, StartRun
from runtime.headless import options
from runtime.headless.drive import AnyRuntime, Drive, Verdict, exit_code
from runtime.headless.exits import DONE, FAILED
from runtime.headless.granting import Asked
from runtime.headless.loop import Interrupted, waited
from runtime.headless.progress import teller
from runtime.headless.questions import asked_here, whoami
from runtime.headless.runtimes import at, runtime_here
from runtime.headless.sources import blocks_at_hand
from runtime.headless.streams import drop_output
from runtime.headless.values import cell, console, show_outputs
from runtime.headless.words import hint, say, told
from runtime.inputs import BadInputs
from runtime.journal.contract import RunRow
from runtime.projections.inbox import question_of
from runtime.projections.outline import Line, outline
from runtime.projections.run_view import RunView
from runtime.runtime import Runtime


class Ride(NamedTuple):
    """A command that has a run done, and what is known of the run beforehand."""

    command: StartRun | ResumeRun | ReplayRun | AnswerTask
    lines: Sequence[Line] = ()
    name: str = ""


class Place(NamedTuple):
    """Where a run is done and kept. `options` say so again, ` --server …`, in a command."""

    runtime: AbstractAsyncContextManager[AnyRuntime]
    options: str = ""
    lasting: bool = True
    elsewhere: bool = False


def place_of(database: str | None, server: str | None, token: str | None) -> Place:
    """The place that the options of a command mean, for runs that have their grants already."""
    if server:
        return there(server, token)
    settings = options.settings(database)
    runtime = runtime_here(settings, Asked().grants(), blocks_at_hand(settings))
    return Place(runtime, f" --database {database}" if database else "")


def there(server: str, token: str | None) -> Place:
    """The place that is a server."""
    return Place(at(server, token), f" --server {server}", elsewhere=True)


async def lines_of(runtime: AnyRuntime, row: RunRow) -> Sequence[Line]:
    """The blocks of a run's flow; none when it is compiled elsewhere."""
    return outline(await runtime.plan(row.flow)) if isinstance(runtime, Runtime) else ()


def conduct(
    place: Place,
    prepare: Callable[[AnyRuntime], Awaitable[Ride]],
    *,
    json: bool,
    verdicts: Mapping[str, Verdict] | None = None,
) -> int:
    """Drive a run to its end and show what came of it; gives the exit code."""
    drives: list[Drive] = []

    async def work() -> None:
        async with place.runtime as runtime:
            ride = await prepare(runtime)
            drives.append(Drive(runtime, teller(json=json), verdicts=verdicts))
            await drives[0].go(*ride)
            while not json and sys.stdin.isatty() and sys.stderr.isatty():
                if (answer := await _answered_here(drives[-1].view)) is None:
                    break
                drives.append(Drive(runtime, teller(json=json), verdicts=verdicts))
                await drives[-1].go(answer, ride.lines, ride.name)

    try:
        waited(work())
    except Interrupted:
        if not drives or not drives[0].run:
            raise click.Abort from None  # before anything began
    except BrokenPipeError:
        drop_output()  # nobody listens any more: the run is left as by Ctrl-C
    drive = drives[-1]
    if drive.view.state == "succeeded" and not json:
        show_outputs(drive.view.outputs, console())
    say_what_next(drive.view, place)
    code = exit_code(drive.view)
    return code if place.lasting or code == DONE else FAILED


async def _answered_here(view: RunView) -> AnswerTask | None:
    """The answer to what a run waits for, of whoever sits here; None when they give none."""
    while view.asked and not view.over:
        question = question_of(next(iter(view.asked.values())), view.name)
        values = await asyncio.to_thread(asked_here, question)
        if values is None:
            return None
        try:
            fitting_answer(question.takes, values)
        except BadInputs as error:
            say(told(error))
            continue
        task, label = question.task, question.label
        return AnswerTask(question.run, values, task, label, whoami(), "terminal")
    return None


def say_what_next(view: RunView, place: Place) -> None:
    """What somebody may want to type now."""
    if view.difference is not None:
        say_difference(view)
    elif view.replays and view.state == "succeeded":
        say("It gave the same as the run it repeats.")
    if view.over:
        if view.state != "succeeded" and place.lasting:
            say(f"{hint(f'heddle show {view.run}{place.options}')} shows what happened.")
    elif place.elsewhere:
        say(f"The run goes on there; {hint(f'heddle show {view.run}{place.options}')} shows it.")
    elif not place.lasting:
        say("The run was kept in memory only: it can't be resumed.")
    elif not view.waits_for:
        say(f"Go on with it: {hint(f'heddle resume {view.run}{place.options}')}")


def say_difference(view: RunView) -> None:
    """Where a replay first differs from the run it repeats."""
    found = view.difference
    assert found is not None, "asked for only when there is one"
    on = console(errors=True)
    on.print(Text(f"≠ First different: {found.task}.{found.port}", style="yellow"))
    on.print(Text(f"  before  {cell(found.before)}"))
    on.print(Text(f"  now     {cell(found.after)}"))
