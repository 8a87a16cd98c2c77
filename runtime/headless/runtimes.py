"""The runtime or journal a command works on: here, or behind an address."""

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Union

import click

from agents.contract import Grants
from runtime.compose import compose
from runtime.journal.contract import Journal
from runtime.journal.places import open_journal
from runtime.plugins import Installed
from runtime.runtime import Runtime
from runtime.settings import Settings

if TYPE_CHECKING:
    from runtime.remote import RemoteRuntime
    from runtime.remote_journal import RemoteJournal

AnyJournal = Union[Journal, "RemoteJournal"]
IN_MEMORY = "memory:"


def at(server: str, token: str | None) -> "RemoteRuntime":
    """The runtime of a server. Raises click.UsageError without a token."""
    # 0.2 s of httpx and websockets that only who works on a server need spend.
    from runtime.remote import RemoteRuntime  # noqa: PLC0415 - see above

    if not token:
        raise click.UsageError(f"The server {server} wants a token: set HEDDLE_TOKEN.")
    return RemoteRuntime(server, token)


def runtime_here(settings: Settings, grants: Grants, blocks: Installed, place: str = "") -> Runtime:
    """A runtime in this process, for `async with`."""
    return compose(settings, grants, blocks=blocks, place=place)


@contextlib.asynccontextmanager
async def journal_here(settings: Settings) -> AsyncIterator[Journal]:
    """The journal that the settings name."""
    journal = await open_journal(settings.journal_place, settings.durability)
    try:
        yield journal
    finally:
        await journal.close()


@contextlib.asynccontextmanager
async def journal_of(
    settings: Settings, server: str | None, token: str | None
) -> AsyncIterator[AnyJournal]:
    """The journal to read in: that of a server, or the one that the settings name."""
    if server:
        async with at(server, token) as remote:
            yield remote.journal
    else:
        async with journal_here(settings) as journal:
            yield journal
