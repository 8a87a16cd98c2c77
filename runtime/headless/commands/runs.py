"""`heddle runs`: which runs there are, and how they stand."""

import time
from collections.abc import Sequence
from typing import Any

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
from runtime.journal.contract import Hit, RunRow, Spot
from runtime.settings import Settings


@click.command("runs")
@click.option("--flow", default="", metavar="NAME", help="Only runs of this flow (name or hash).")
@click.option(
    "--state", type=click.Choice(list(STYLES)), metavar="STATE",
    help=f"Only runs that stand so: {', '.join(STYLES)}.",
)  # fmt: skip
@click.option("-n", "--limit", default=20, show_default=True, type=click.IntRange(1, 10_000),
              help="The most runs to list.")  # fmt: skip
@click.option(
    "--find",
    "text",
    default="",
    metavar="TEXT",
    help="Only runs in whose values, or failures, this text or number stands.",
)
@options.as_json
@options.where
@options.elsewhere
def command(
    flow: str,
    state: str | None,
    limit: int,
    text: str,
    as_json: bool,
    database: str | None,
    server: str | None,
    token: str | None,
) -> int:
    """A run that is `left` was interrupted: `heddle resume` goes on with it."""
    settings = options.settings(database)
    if text.strip():
        hits = waited(_hits(settings, flow, state, limit, text, server, token))
    else:
        rows = waited(_rows(settings, flow, state, limit, server, token))
        hits = [Hit(row, "", "") for row in rows]
    if as_json:
        for hit in hits:
            click.echo(msgspec.json.encode(_document(hit)))
    elif hits:
        _show(hits)
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


async def _hits(
    settings: Settings, flow: str, state: str | None, limit: int, text: str,
    server: str | None, token: str | None,
) -> list[Hit]:  # fmt: skip
    """The newest runs that stand as asked for and have the text in a value, step by step."""
    found: list[Hit] = []
    spot: Spot | None = None
    async with journal_of(settings, server, token) as journal:
        while len(found) < limit:
            step = await journal.find(text, flow=flow, after=spot)
            found.extend(h for h in step.hits if state is None or standing(h.row) == state)
            if (spot := step.next) is None:
                break
    return found[:limit]


def _document(hit: Hit) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(hit.row) | {"state": standing(hit.row)}
    return row | ({"place": hit.place, "excerpt": hit.excerpt} if hit.place else {})


def _show(hits: Sequence[Hit]) -> None:
    now = time.time()
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("run", "flow", "state", "started", "took", ""):
        table.add_column(name, no_wrap=True, overflow="ellipsis", justify="left")
    for hit in hits:
        row = hit.row
        stands = standing(row, now)
        took = duration((row.ended or now) - row.started) if stands != "left" else ""
        table.add_row(
            Text(row.run, style="bold"),
            Text(clean(row.name) or row.flow[:8]),
            Text(stands, style=STYLES[stands]),
            moment(row.started),
            took,
            Text(cell(_said(hit)), style="dim"),
        )
    console().print(table)


def _said(hit: Hit) -> str:
    """Where the text was found, or else what is to be told of the run."""
    if hit.place:
        return f"{hit.place}: {hit.excerpt}"
    said = f"replay of {hit.row.replays}" if hit.row.replays else hit.row.summary
    return " ".join(filter(None, ("done elsewhere" if hit.row.origin else "", said)))
