"""`heddle services`: which services run, where, and how they are."""

from collections.abc import Sequence

import click
import msgspec
from rich.table import Table
from rich.text import Text

from runtime.headless import options
from runtime.headless.exits import DONE
from runtime.headless.loop import waited
from runtime.headless.values import cell, console
from runtime.headless.words import clean, duration, hint, say
from runtime.services.offered import SERVICES
from runtime.services.registry.registry import board_of, read_services
from runtime.services.registry.shapes import Entry
from runtime.settings import Settings

STYLES = {"ok": "green", "degraded": "yellow", "late": "red"}


@click.command("services")
@click.option("--offered", is_flag=True, help="List the services there are, and their ports.")
@options.as_json
@options.where
def command(offered: bool, as_json: bool, database: str | None) -> int:
    """Those of this home; where runs are kept in PostgreSQL, those of all machines that use it."""
    if offered:
        _show_offered(as_json=as_json)
        return DONE
    found = waited(_running(options.settings(database)))
    if as_json:
        for entry in found:
            click.echo(msgspec.json.encode(entry))
    elif found:
        _show(found)
    else:
        say(f"No service runs. {hint('heddle serve')} starts all of them.")
    return DONE


async def _running(settings: Settings) -> list[Entry]:
    board = board_of(settings.folder, settings.database_url)
    try:
        return read_services(await board.seen())
    finally:
        board.close()


def _show(entries: Sequence[Entry]) -> None:
    table = _table("service", "health", "address", "process", "since", "")
    for entry in entries:
        table.add_row(
            Text(entry.service, style="bold"),
            Text(entry.health, style=STYLES[entry.health]),
            Text(clean(entry.address)),
            Text(f"{clean(entry.host)}:{entry.pid}", style="dim"),
            Text(duration(max(0.0, entry.beat)), style="dim"),
            Text(cell(clean(entry.detail)), style="dim"),
        )
    console().print(table)


def _show_offered(*, as_json: bool) -> None:
    if as_json:
        for one in SERVICES:
            said = {"name": one.name, "port": one.port, "production": one.production}
            click.echo(msgspec.json.encode(said))
        return
    table = _table("service", "port", "production", "")
    for one in SERVICES:
        table.add_row(Text(one.name, style="bold"), str(one.port), str(one.production), one.title)
    console().print(table)


def _table(*names: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for name in names:
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    return table
