"""`heddle runs`: which runs there are, and how they stand."""

import time
from collections.abc import Sequence

import click
import msgspec
from rich.table import Table
from rich.text import Text

from runtime.headless import options
from runtime.headless.exits import DONE
from runtime.headless.loop import waited
from runtime.headless.runtimes import journal_of
from runtime.headless.standing import STYLES, standing
from runtime.headless.values import cell, console
from runtime.headless.words import clean, duration, hint, moment, say
from runtime.journal.contract import RunRow
from runtime.settings import Settings


@click.command("runs")
@click.option("--flow", default="", metavar="NAME", help="Only runs of this flow (name or hash).")
@click.option(
    "--state", type=click.Choice(list(STYLES)), metavar="STATE",
    help=f"Only runs that stand so: {', '.join(STYLES)}.",
)  # fmt: skip
@click.option("-n", "--limit", default=20, show_default=True, type=click.IntRange(1, 10_000),
              help="The most runs to list.")  # fmt: skip
@options.as_json
@options.where
@options.elsewhere
def command(
    flow: str,
    state: str | None,
    limit: int,
    as_json: bool,
    database: str | None,
    server: str | None,
    token: str | None,
) -> int:
    """A run that is `left` was interrupted: `heddle resume` goes on with it."""
    settings = options.settings(database)
    rows = waited(_rows(settings, flow, state, limit, server, token))
    if as_json:
        for row in rows:
            click.echo(msgspec.json.encode(msgspec.to_builtins(row) | {"state": standing(row)}))
    elif rows:
        _show(rows)
    else:
        say(f"There are no such runs. {hint('heddle run FILE')} makes one.")
    return DONE


async def _rows(
    settings: Settings, flow: str, state: str | None, limit: int,
    server: str | None, token: str | None,
) -> list[RunRow]:  # fmt: skip
    """The newest runs that stand as asked for, looked for page by page."""
    found: list[RunRow] = []
    before: float | None = None
    async with journal_of(settings, server, token) as journal:
        while len(found) < limit:
            page = await journal.runs(flow=flow, limit=max(limit, 100), before=before)
            found.extend(row for row in page if state is None or standing(row) == state)
            if len(page) < max(limit, 100):
                break
            before = page[-1].started
    return found[:limit]


def _show(rows: Sequence[RunRow]) -> None:
    now = time.time()
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("run", "flow", "state", "started", "took", ""):
        table.add_column(name, no_wrap=True, overflow="ellipsis", justify="left")
    for row in rows:
        stands = standing(row, now)
        took = duration((row.ended or now) - row.started) if stands != "left" else ""
        table.add_row(
            Text(row.run, style="bold"),
            Text(clean(row.name) or row.flow[:8]),
            Text(stands, style=STYLES[stands]),
            moment(row.started),
            took,
            Text(cell(f"replay of {row.replays}" if row.replays else row.summary), style="dim"),
        )
    console().print(table)
