"""`heddle diff`: what changed between two flow files, in sentences."""

from pathlib import Path

import click
import msgspec

from graph.diff import diff
from graph.errors import FlowFileError
from graph.file_format import read
from graph.flow import Flow
from runtime.headless import options
from runtime.headless.changes import show_changes
from runtime.headless.exits import DONE, FAILED
from runtime.headless.sources import STDIN, read_stdin
from runtime.headless.words import clean

FROM_GIT = (7, 9)
"""Git calls its external diff with so many arguments: path, old file, hash, mode, new file, …"""


@click.command("diff")
@click.argument("files", nargs=-1, required=True, metavar="OLD NEW")
@options.as_json
def command(files: tuple[str, ...], as_json: bool) -> int:
    """Changes of what the flow does come first; those of how it is drawn, apart. The exit code
    is 0 when the files say the same, 1 when they differ.

    As git's own diff of flow files:

    \b
    git config diff.heddle.command "heddle diff"
    echo "*.flow.json diff=heddle" >> .gitattributes
    """
    if len(files) in FROM_GIT:
        # Git takes any other exit code for a failure.
        return min(_compare(files[1], files[4], clean(files[0]), as_json), DONE)
    if len(files) != 2:
        raise click.UsageError("Name two files: the old and the new one.")
    return _compare(files[0], files[1], "", as_json)


def _compare(old: str, new: str, title: str, as_json: bool) -> int:
    before, after = _flow(old), _flow(new)
    edits = diff(before, after)
    if as_json:
        for edit in edits:
            click.echo(msgspec.json.encode(edit))
    elif edits:
        if title:
            click.echo(click.style(title, bold=True))
        show_changes(edits, before)
    return FAILED if edits else DONE


def _flow(file: str) -> Flow:
    """The flow in a file; an empty one for the file that git shows for none."""
    if file == STDIN:
        return read(read_stdin(), name="standard input")
    if file == "/dev/null":
        return Flow()
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FlowFileError(f"{file} can't be read: {reason}.") from error
    return read(content, name=file)
