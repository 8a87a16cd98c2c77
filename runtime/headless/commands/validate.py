"""`heddle validate`: everything that is wrong with flow files, at once."""

import click
import msgspec

from graph.catalog import Catalog
from graph.compile import check
from graph.errors import FlowFileError, Problem
from runtime.headless import options
from runtime.headless.exits import DONE, UNUSABLE
from runtime.headless.problems import Located, lines_about, located
from runtime.headless.sources import STDIN, blocks_at_hand, source
from runtime.headless.words import count, say


@click.command("validate")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE…",
    type=click.Path(dir_okay=False, allow_dash=True),
)  # fmt: skip
@options.as_json
def command(files: tuple[str, ...], as_json: bool) -> int:
    """Every problem is told with its line, its block and what cures it. Nothing is run.

    With --json every problem is a line of its own. The exit code is 2 when there is an error;
    a warning alone is none.
    """
    catalog = blocks_at_hand(options.settings()).catalog
    errors = 0
    for file in files:
        found, about = _problems(file, catalog)
        errors += sum(one.problem.severity == "error" for one in found)
        for one in found:
            click.echo(_json(one) if as_json else "\n".join(lines_about(one)))
        if not as_json and not any(one.problem.severity == "error" for one in found):
            say(f"{file}: fine, {about}.")
    if errors and not as_json:
        say(f"{count(errors, 'problem')}.")
    return UNUSABLE if errors else DONE


def _problems(file: str, catalog: Catalog) -> tuple[list[Located], str]:
    """What is wrong with a file, and what is in it."""
    name = "standard input" if file == STDIN else file
    try:
        found = source(file, catalog)
    except FlowFileError as error:
        # What can't be taken apart is one problem: the message itself.
        problems = error.problems or (Problem("file", error.message, error.cure),)
        return [Located(name, problem.line, _without_line(problem)) for problem in problems], ""
    blocks = count(len(found.flow.blocks), "block")
    inside = f", {count(len(found.flow.flows), 'flow')} inside" if found.flow.flows else ""
    about = f"{blocks}, {count(len(found.flow.links), 'link')}{inside}"
    return located(check(found.flow, catalog), found), about


def _without_line(problem: Problem) -> Problem:
    """Its line is that of the file, which is said already."""
    return msgspec.structs.replace(problem, line=0, column=0)


def _json(found: Located) -> bytes:
    place = {"file": found.file, "line": found.line}
    return msgspec.json.encode(place | msgspec.to_builtins(found.problem) | {"line": found.line})
