"""Who may come in, seen to from the command line: no server needs to run."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import click
import msgspec
from rich.table import Table
from rich.text import Text

from runtime.access.access import Access
from runtime.access.logins import Whence
from runtime.access.people import By
from runtime.access.principal import OWNER, ROLES
from runtime.headless import options
from runtime.headless.loop import waited
from runtime.headless.values import cell, console
from runtime.headless.words import clean

T = TypeVar("T")

BY = By(OWNER, Whence("command line"))
"""Who has the home at hand is its owner."""

tenant = click.option(
    "--tenant", default="", metavar="NAME", help="Whose users are meant. [default: the house's own]"
)
role = click.option(
    "--role", type=click.Choice(ROLES), help="What may be done: each role includes those before it."
)


def done(database: str | None, work: Callable[[Access], Awaitable[T]]) -> T:
    """Do something with those who may come in, as the settings say where they stand."""
    settings = options.settings(database)

    async def whole() -> T:
        durable = settings.durability == "full"
        access = Access(settings.folder, settings.database_url, durable=durable)
        try:
            return await work(access)
        finally:
            await access.close()

    return waited(whole())


def show(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """Print a table."""
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, no_wrap=True, overflow="ellipsis")
    for first, *rest in lines:
        table.add_row(Text(clean(first), style="bold"), *(Text(cell(clean(one))) for one in rest))
    console().print(table)


def show_json(items: Sequence[msgspec.Struct]) -> None:
    """Print a record on each line."""
    for item in items:
        click.echo(msgspec.json.encode(item))
