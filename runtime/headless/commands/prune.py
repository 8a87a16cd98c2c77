"""`heddle prune`: old runs are forgotten."""

import time

import click

from runtime.headless import options
from runtime.headless.exits import DONE
from runtime.headless.loop import waited
from runtime.headless.runtimes import journal_here
from runtime.headless.words import count, say, size
from runtime.journal.contract import Pruned
from runtime.settings import Settings


@click.command("prune")
@click.option("--days", type=click.FloatRange(min=0), metavar="N",
              help="Forget ended runs older than that. "
                   "[default: HEDDLE_KEEP_DAYS, or 30]")  # fmt: skip
@click.option("--megabytes", type=click.FloatRange(min=0), metavar="N",
              help="Then the oldest, until the rest is no larger. "
                   "[default: HEDDLE_KEEP_MEGABYTES, or 2000]")  # fmt: skip
@options.where
def command(days: float | None, megabytes: float | None, database: str | None) -> int:
    """Runs that haven't ended are kept, however old they are."""
    settings = options.settings(database)
    done, left = waited(_prune(settings, days, megabytes))
    say(f"Forgot {count(done.runs, 'run')} ({size(done.bytes)}); {left}.")
    return DONE


async def _prune(
    settings: Settings, days: float | None, megabytes: float | None
) -> tuple[Pruned, str]:
    # In the settings 0 means no bound; on the command line it means what it says.
    days = (settings.keep_days or None) if days is None else days
    megabytes = (settings.keep_megabytes or None) if megabytes is None else megabytes
    async with journal_here(settings) as journal:
        done = await journal.prune(
            before=None if days is None else time.time() - days * 86_400,
            keep_bytes=None if megabytes is None else int(megabytes * 1_000_000),
        )
        kept = await journal.size()
    return done, f"{count(kept.runs, 'run')} are kept, {size(kept.disk or kept.bytes)}"
