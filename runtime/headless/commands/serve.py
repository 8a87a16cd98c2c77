"""`heddle serve`: a runtime that others speak to, over HTTP and WebSocket."""

import asyncio
import contextlib
import secrets
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import partial, reduce
from pathlib import Path
from typing import Any, Literal

import click
import msgspec

from agents.contract import Grants
from graph.errors import HeddleError
from runtime.access.access import Access
from runtime.commands import PruneRuns, ResumeRun
from runtime.headless import completing, options
from runtime.headless.exits import DONE
from runtime.headless.granting import Asked, everywhere, grants
from runtime.headless.logged import logged
from runtime.headless.loop import Interrupted, waited
from runtime.headless.runtimes import IN_MEMORY, runtime_here
from runtime.headless.sources import blocks_at_hand
from runtime.headless.standing import standing
from runtime.headless.stdin import end_with_stdin
from runtime.headless.words import count, hint, say, told
from runtime.history import effective
from runtime.journal.contract import JournalError
from runtime.links import Links, key_in
from runtime.projections.run_view import RunView
from runtime.runtime import Runtime
from runtime.services.dap.lodging import Lodging
from runtime.services.dap.serving import listening_for
from runtime.services.dap.shapes import Granted
from runtime.services.doors import (
    Door,
    Wish,
    addresses,
    close,
    doors,
    main_door,
    opened,
    process_of,
)
from runtime.services.house import House
from runtime.services.idempotency import Keys
from runtime.services.narrowing import narrowed
from runtime.services.registry.registry import Registry, board_of
from runtime.services.server import Listening, is_loopback
from runtime.services.whereabouts import Whereabouts, announced
from runtime.settings import Settings

DAY = 86_400.0

Recover = Literal["none", "asking", "all"]
"""Which of the runs that were left are gone on with."""


class Wanted(msgspec.Struct, frozen=True):
    """How the server is to be."""

    host: str
    port: int | None
    production: bool
    services: tuple[str, ...]
    token: str
    names: tuple[str, ...]
    origins: tuple[str, ...]
    recover: Recover
    memory: bool
    as_json: bool
    while_stdin: bool
    any_folder: bool
    debuggers: int | None
    public: str


@click.command("serve")
@click.argument("services", nargs=-1, metavar="[NAME]...", shell_complete=completing.services)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535),
              help="0 for any that is free. [default: 8004, or that of the service]")  # fmt: skip
@click.option("--production", is_flag=True, help="Take the ports for production.")
@click.option("--token", envvar="HEDDLE_TOKEN",
              help="What clients have to know; safer as the variable HEDDLE_TOKEN. "
                   "[default: a new one each time]")  # fmt: skip
@click.option("--name", "names", multiple=True, metavar="NAME",
              help="A further name that clients know this machine by. Repeatable.")  # fmt: skip
@click.option("--origin", "origins", multiple=True, metavar="URL",
              help="Another server whose pages may speak to this one. Repeatable.")  # fmt: skip
@click.option("--public-url", "public", default="", metavar="URL",
              help="The address by which people reach this server, for links to questions. "
                   "[default: its own]")  # fmt: skip
@click.option("--recover", "recover", flag_value="all", default="none",
              help="Go on with the runs that were left.")  # fmt: skip
@click.option("--recover-asking", "recover", flag_value="asking",
              help="Go on with those of them that only wait for an answer.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True,
              help="Print one line, {\"address\": …, \"token\": …}, when it is ready.")  # fmt: skip
@click.option("--while-stdin", is_flag=True,
              help="End when the standard input does, so with whoever started it.")  # fmt: skip
@click.option("--any-folder", is_flag=True,
              help="Let clients name any folder here as one that a run may use.")  # fmt: skip
@click.option("--dap", "debuggers", type=click.IntRange(0, 65535), metavar="PORT",
              help="Let editors of this machine debug at this port (see `heddle dap`); "
                   "0 for any that is free.")  # fmt: skip
@grants
@options.where
@click.option("--memory", is_flag=True, help="Keep no record: quicker, and not to be resumed.")
def command(
    services: tuple[str, ...],
    host: str,
    port: int | None,
    production: bool,
    token: str | None,
    names: tuple[str, ...],
    origins: tuple[str, ...],
    recover: Recover,
    as_json: bool,
    while_stdin: bool,
    any_folder: bool,
    debuggers: int | None,
    public: str,
    asked: Asked,
    database: str | None,
    memory: bool,
) -> int:
    """All services at one port; or those named, each at its own port (see `heddle services`).

    Clients send the token, and flows to be stored and run; they see runs as they go. The
    options say what flows may touch: a client may ask for less, never for more. With
    --any-folder that bounds only the runs for which nothing is asked.

    Ctrl-C and SIGTERM end it; unfinished runs can be resumed.
    """
    if not is_loopback(host):
        say(
            f"Others on the network can reach {host}, and what they send is not encrypted:"
            " put a proxy with TLS before it."
        )
    settings = options.settings(database)
    token = token or secrets.token_urlsafe(32)
    wanted = Wanted(
        host, port, production, services, token, names, origins, recover, memory, as_json,
        while_stdin, any_folder, debuggers, public,
    )  # fmt: skip
    with contextlib.suppress(Interrupted), logged():
        waited(_serve(settings, asked, wanted))
    return DONE


async def _serve(settings: Settings, asked: Asked, wanted: Wanted) -> None:
    wish = Wish(wanted.host, wanted.port, wanted.production, wanted.names, wanted.public)
    made = doors(wanted.services, wish)
    try:
        await _serve_by(made, settings, asked.grants(), wanted)
    finally:
        close(made)


async def _serve_by(
    made: Sequence[Door], settings: Settings, granted: Grants, wanted: Wanted
) -> None:
    place = IN_MEMORY if wanted.memory else ""
    async with runtime_here(settings, granted, blocks_at_hand(settings), place) as runtime:
        main = main_door(made)
        address = wanted.public or (main or made[0]).listening.address
        if main is not None:
            runtime.served_at(address)  # a run that goes on may make links at once
        await _see_to_what_was_left(runtime, wanted.recover)
        await _go_on_with_workflows(runtime, granted)
        most = everywhere(granted) if wanted.any_folder else granted
        keys = Keys(settings.folder, settings.database_url)
        at_end = contextlib.ExitStack()
        at_end.callback(keys.close)
        # What the studio starts for itself has one user, whom nobody else can pass for.
        access = None if wanted.while_stdin else Access(settings.folder, settings.database_url)
        house = House(
            runtime, most, settings, _registry(runtime, made, settings, wanted), keys, at_end,
            wanted.origins, Links(key_in(settings.folder), address), access,
        )  # fmt: skip
        here = Whereabouts((main or made[0]).listening.address, wanted.token, runtime.owner)
        async with contextlib.AsyncExitStack() as stack:
            stack.enter_context(at_end)
            if access is not None:
                stack.push_async_callback(access.close)
            ending = await stack.enter_async_context(opened(made, house, wanted.token))
            if wanted.while_stdin:
                end_with_stdin(ending)
            lodging = Lodging(
                runtime, partial(_narrowed, most), token=wanted.token, folder=settings.folder
            )
            found = announced(settings.folder, here) if main else contextlib.nullcontext()
            async with house.registry.present(), _debuggers(lodging, wanted.debuggers) as port:
                with found, _daily(runtime, settings):
                    _say_ready(here, made, port, wanted)
                    await ending.wait()
                    say("Ending; unfinished runs can be resumed.")


def _registry(
    runtime: Runtime, made: Sequence[Door], settings: Settings, wanted: Wanted
) -> Registry:
    async def look() -> str:
        """What is wrong with this process: it can't work without its journal."""
        await runtime.journal.flow("")
        return ""

    process = process_of(runtime.owner, made, wanted.public)
    return Registry(board_of(settings.folder, settings.database_url), process, look)


@contextlib.asynccontextmanager
async def _debuggers(lodging: Lodging, port: int | None) -> AsyncIterator[int | None]:
    """Let editors in at a port, if one was asked for; gives the one it has become."""
    if port is None:
        yield None
        return
    listening = Listening("127.0.0.1", port)
    async with listening_for(lodging, listening):
        yield listening.port


def _narrowed(most: Grants, asked: Granted, _: Path) -> dict[str, Any]:
    """What a client asks to be granted, if it is within what the server may give."""
    said: dict[str, Any] = msgspec.to_builtins(asked)
    return narrowed(most, {name: value for name, value in said.items() if value})


def _say_ready(
    here: Whereabouts, made: Sequence[Door], debuggers: int | None, wanted: Wanted
) -> None:
    if wanted.as_json:
        ready: dict[str, Any] = {"address": here.address, "token": here.token}
        ready |= {"services": addresses(made)} if wanted.services else {}
        click.echo(msgspec.json.encode(ready | ({"dap": debuggers} if debuggers else {})))
    else:
        _tell(here, made, wanted.services)
        if debuggers:
            say(f"Debuggers connect to 127.0.0.1:{debuggers}, with the same token.")
        say(f"Use it with {hint(f'heddle run FILE --server {here.address}')}; Ctrl-C ends it.")
    sys.stdout.flush()


def _tell(here: Whereabouts, made: Sequence[Door], named: Sequence[str]) -> None:
    if not named:
        click.echo(f"Heddle is at {here.address}")
    for name, address in addresses(made).items() if named else ():
        click.echo(f"{name} is at {address}")
    click.echo(f"Token: {here.token}")


async def _see_to_what_was_left(runtime: Runtime, recover: Recover) -> None:
    """Go on with unfinished runs that nobody drives, or say that there are some."""
    rows = await runtime.journal.runs(state="running", limit=10_000)
    rows += await runtime.journal.runs(state="paused", limit=10_000)
    left = [row for row in rows if standing(row) == "left"]
    if recover == "asking":
        left = [row for row in left if await _only_asks(runtime, row.run)]
    if recover == "none" and left:
        say(f"{count(len(left), 'run was', 'runs were')} left; --recover goes on with them.")
        return
    for row in left:
        try:
            await runtime.obey(ResumeRun(row.run))
            say(f"Goes on with {row.run}.")
        except HeddleError as error:  # the others must not wait for this one
            say(told(f"{row.run} can't go on: {error.message}", error.cure))


async def _go_on_with_workflows(runtime: Runtime, granted: Grants) -> None:
    """Have the agent that sees workflows to their end begin: it goes on with them by itself."""
    with contextlib.suppress(HeddleError):  # it is tried again when somebody needs it
        await runtime.agents.named("coordinator", granted)


async def _only_asks(runtime: Runtime, run: str) -> bool:
    events = effective(await runtime.journal.read(run))
    return reduce(RunView.after, events, RunView()).only_asks


@contextlib.contextmanager
def _daily(runtime: Runtime, settings: Settings) -> Iterator[None]:
    """Now, and then once a day, forget what the settings say is too old or too much."""
    task = asyncio.create_task(_prune_daily(runtime, settings))
    try:
        yield
    finally:
        task.cancel()


async def _prune_daily(runtime: Runtime, settings: Settings) -> None:
    command = PruneRuns(settings.keep_days or None, settings.keep_megabytes or None)
    while True:
        try:
            await runtime.obey(command)
        except JournalError as error:
            say(told(error))
        await asyncio.sleep(DAY)
