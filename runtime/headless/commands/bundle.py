"""`heddle bundle`: a run as one file, to be looked at on another machine."""

import time
from pathlib import Path

import click

from runtime.bundle.bringing import bring_in
from runtime.bundle.contents import BUNDLE_SUFFIX, NotBundled
from runtime.bundle.gathering import gathered
from runtime.bundle.reading import content_of, unpacked
from runtime.bundle.writing import save, written
from runtime.commands import ImportRun
from runtime.compose import connections_of
from runtime.headless import options
from runtime.headless.app import heddle_version
from runtime.headless.exits import DONE
from runtime.headless.loop import waited
from runtime.headless.runtimes import at, journal_here, journal_of
from runtime.headless.sources import blocks_at_hand
from runtime.headless.words import hint, say, size
from runtime.journal.contract import RunRow
from runtime.ownership import new_id
from runtime.settings import Settings


@click.group("bundle")
def command() -> None:
    """A bundle holds a run's flow, its recording and the runs it repeats; no secrets, and nothing
    of what the run was granted. Its `trace.json` opens in Perfetto and shows no values.
    """


@command.command("export")
@options.run_argument("run")
@click.option("-o", "--output", type=click.Path(dir_okay=False), metavar="FILE",
              help=f"Where to write it. [default: RUN{BUNDLE_SUFFIX} here]")  # fmt: skip
@options.where
@options.elsewhere
def export(
    run: str, output: str | None, database: str | None, server: str | None, token: str | None
) -> int:
    """Write a run into a file. One that hasn't ended is written as far as it is."""
    settings = options.settings(database)
    row, content = waited(_exported(settings, run, server, token))
    path = Path(output or f"{row.run}{BUNDLE_SUFFIX}")
    try:
        save(content, path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise NotBundled(f"{path} can't be written: {reason}.") from error
    say(f"{path} holds run {row.run} ({size(len(content))}).")
    if row.ended is None:
        say("The run hasn't ended: the bundle has what happened so far.")
    return DONE


@command.command("open")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@options.where
@options.elsewhere
def open_(file: str, database: str | None, server: str | None, token: str | None) -> int:
    """Keep the run in a file among the runs here. Prints the id it has here.

    Nothing is run. The run is marked as done elsewhere.
    """
    settings = options.settings(database)
    run = waited(_opened(settings, content_of(Path(file)), server, token))
    click.echo(run)
    say(f"{hint(f'heddle show {run}')} shows what happened.")
    return DONE


async def _exported(
    settings: Settings, run: str, server: str | None, token: str | None
) -> tuple[RunRow, bytes]:
    async with journal_of(settings, server, token) as journal:
        bundle = await gathered(journal, run, time.time(), _secrets(settings))
        return await journal.run(bundle.run), written(bundle, heddle_version())


def _secrets(settings: Settings) -> list[str]:
    """Every secret of this home, should one have got into a run by another way."""
    return connections_of(settings, blocks_at_hand(settings)).all_values()


async def _opened(settings: Settings, content: bytes, server: str | None, token: str | None) -> str:
    if server:
        async with at(server, token) as remote:
            return (await remote.obey(ImportRun(content))).run
    async with journal_here(settings) as journal:
        return await bring_in(journal, unpacked(content), new_id)
