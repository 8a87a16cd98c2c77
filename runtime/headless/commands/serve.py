"""`heddle serve`: a runtime that others speak to, over HTTP and WebSocket."""

import contextlib
import secrets
import sys
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec

from agents.contract import Grants
from runtime.access.access import Access
from runtime.headless import completing, options
from runtime.headless.exits import DONE
from runtime.headless.granting import Asked, everywhere, grants
from runtime.headless.logged import logged
from runtime.headless.loop import Interrupted, waited
from runtime.headless.runtimes import IN_MEMORY, runtime_here
from runtime.headless.sources import blocks_at_hand
from runtime.headless.stdin import end_with_stdin
from runtime.headless.tending import Recover, tended
from runtime.headless.words import hint, say
from runtime.links import Links, key_in
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
from runtime.services.tenancy import Tenancy
from runtime.services.tenant_house import tenant_house
from runtime.services.whereabouts import Whereabouts, announced
from runtime.settings import Settings


class Wanted(msgspec.Struct, frozen=True):
    """How the server is to be."""

    host: str
    port: int | None
    steady: bool
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
@click.option("--steady", is_flag=True,
              help="Take the port that this home had before, or one from 8010 on.")  # fmt: skip
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
    steady: bool,
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
    """All services at one port; or those named, each at its own port.

    `heddle services --offered` lists their names and ports.

    Clients send the token, and flows to be stored and run; they see runs as they go. The
    options say what flows may touch: a client may ask for less, never for more. With
    --any-folder that bounds only the runs for which nothing is asked.

    Ctrl-C and SIGTERM end it; unfinished runs can be resumed.
    """
    if steady and (port is not None or production or services):
        raise click.UsageError("--steady is for all services at one port, which it chooses.")
    if not is_loopback(host):
        say(
            f"Others on the network can reach {host}, and what they send is not encrypted:"
            " put a proxy with TLS before it."
        )
    settings = options.settings(database)
    token = token or secrets.token_urlsafe(32)
    wanted = Wanted(
        host, port, steady, production, services, token, names, origins, recover, memory,
        as_json, while_stdin, any_folder, debuggers, public,
    )  # fmt: skip
    with contextlib.suppress(Interrupted), logged():
        waited(_serve(settings, asked, wanted))
    return DONE


async def _serve(settings: Settings, asked: Asked, wanted: Wanted) -> None:
    wish = Wish(
        wanted.host, wanted.port, wanted.production, wanted.names, wanted.public,
        settings.folder if wanted.steady else None,
    )  # fmt: skip
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
        most = everywhere(granted) if wanted.any_folder else granted
        keys = Keys(settings.folder, settings.database_url)
        at_end = contextlib.ExitStack()
        at_end.callback(keys.close)
        # What the studio starts for itself has one user, whom nobody else can pass for.
        access = None if wanted.while_stdin else _access(settings)
        house = House(
            runtime, most, settings, _registry(runtime, made, settings, wanted), keys, at_end,
            wanted.origins, Links(key_in(settings.folder), address), access,
        )  # fmt: skip
        here = Whereabouts((main or made[0]).listening.address, wanted.token, runtime.owner)
        async with contextlib.AsyncExitStack() as stack:
            stack.enter_context(at_end)
            if access is not None:
                stack.push_async_callback(access.close)
            await stack.enter_async_context(tended(runtime, granted, settings, wanted.recover))
            tenancy = await _tenancy(house, address, wanted, stack)
            ending = await stack.enter_async_context(opened(made, house, wanted.token, tenancy))
            if wanted.while_stdin:
                end_with_stdin(ending)
            lodging = Lodging(
                runtime, partial(_narrowed, most), token=wanted.token, folder=settings.folder
            )
            found = announced(settings.folder, here) if main else contextlib.nullcontext()
            async with house.registry.present(), _debuggers(lodging, wanted.debuggers) as port:
                with found:
                    _say_ready(here, made, port, wanted)
                    await ending.wait()
                    say("Ending; unfinished runs can be resumed.")


def _access(settings: Settings) -> Access:
    durable = settings.durability == "full"
    return Access(settings.folder, settings.database_url, durable=durable)


async def _tenancy(
    house: House, address: str, wanted: Wanted, stack: contextlib.AsyncExitStack
) -> Tenancy | None:
    """The houses of tenants; those that may have left runs are opened where these are gone on with.

    None where nobody is let in by name.
    """
    access = house.access
    if access is None:
        return None

    @contextlib.asynccontextmanager
    async def opens(name: str) -> AsyncIterator[House]:
        async with (
            tenant_house(house, name, address=address, memory=wanted.memory) as theirs,
            tended(theirs.runtime, theirs.grants, theirs.settings, wanted.recover),
        ):
            yield theirs

    async def names() -> list[str]:
        return [tenant.name for tenant in await access.people.tenants()]

    tenancy = await stack.enter_async_context(Tenancy(opens, names))
    for name in await names() if wanted.recover != "none" else ():
        async with tenancy.entered(name):
            say(f"The runs of {name} are seen to.")
    return tenancy


def _registry(
    runtime: Runtime, made: Sequence[Door], settings: Settings, wanted: Wanted
) -> Registry:
    async def look() -> str:
        """What is wrong with this process: it can't work without its journal."""
        await runtime.journal.flow("")
        return ""

    process = process_of(
        runtime.owner, made, wanted.public, integrates=not settings.skip_integration_agents
    )
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
