"""`heddle export`: a flow in another language."""

from pathlib import Path

import click

from graph.compile import check
from graph.compile.codegen import python_of
from graph.errors import FlowInvalid, HeddleError
from runtime.headless import options
from runtime.headless.exits import DONE, UNUSABLE
from runtime.headless.problems import say_problems
from runtime.headless.sources import blocks_at_hand, source
from runtime.headless.words import hint, say


class NotWritten(HeddleError):
    """The program could not be written down."""


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True), metavar="FILE")
@click.option("--to", "language", type=click.Choice(["python"]), default="python",
              show_default=True, help="What to make of it.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False), metavar="FILE",
              help="A file that doesn't exist yet. [default: the standard output]")  # fmt: skip
def command(file: str, language: str, output: str | None) -> int:
    """The program uses the same blocks and gives the same outputs. It keeps no record, so it
    can't be resumed or replayed.
    """
    catalog = blocks_at_hand(options.settings()).catalog
    found = source(file, catalog)
    try:
        program = python_of(found.flow, catalog)
    except FlowInvalid:
        say_problems(check(found.flow, catalog), found)
        return UNUSABLE
    if output is None:
        click.echo(program, nl=False)
        return DONE
    try:
        with Path(output).open("x", encoding="utf-8") as target:
            target.write(program)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise NotWritten(f"{output} can't be written: {reason}.") from error
    say(f"Wrote {output}. {hint(f'python {output} name=value …')} runs it.")
    return DONE
