"""`heddle dap`: editors debug flows, by the Debug Adapter Protocol."""

import asyncio
import contextlib
import secrets
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from runtime.headless import options
from runtime.headless.exits import DONE
from runtime.headless.granting import Asked, lend_secrets
from runtime.headless.loop import Interrupted, waited
from runtime.headless.runtimes import IN_MEMORY, runtime_here
from runtime.headless.sources import blocks_at_hand
from runtime.headless.words import say
from runtime.runtime import Runtime
from runtime.services.dap.extension import write_extension
from runtime.services.dap.lodging import Lodging
from runtime.services.dap.serving import listening_for, speak_on_stdio
from runtime.services.dap.shapes import Granted
from runtime.services.server import Listening
from runtime.settings import Settings

LOCAL = "127.0.0.1"


@click.command("dap")
@click.option("--port", type=click.IntRange(0, 65535),
              help="Listen at this port of this machine instead, for any number of clients; "
                   "0 for any that is free.")  # fmt: skip
@click.option("--token", envvar="HEDDLE_TOKEN",
              help="What clients at the port have to know; safer as the variable HEDDLE_TOKEN. "
                   "[default: a new one each time]")  # fmt: skip
@click.option("--write-extension", "extension", type=click.Path(dir_okay=False, writable=True),
              metavar="FILE",
              help="Write the extension for VS Code, like heddle.vsix, and end.")  # fmt: skip
@options.secrets
@options.where
@click.option("--memory", is_flag=True, help="Keep no record: quicker, and not to be resumed.")
def command(
    port: int | None,
    token: str | None,
    extension: str | None,
    secret: tuple[str, ...],
    database: str | None,
    memory: bool,
) -> int:
    """An editor starts this itself and speaks to it through the standard input and output:
    breakpoints on the lines of a flow file, steps, values. See docs/how_to/debug_in_an_editor.md.

    With --port, clients give the token as `token` in what they launch or attach to.
    """
    if extension:
        write_extension(Path(extension), _program())
        click.echo(f"Install it with: code --install-extension {extension}")
        return DONE
    lend_secrets(secret)
    settings = options.settings(database)
    place = IN_MEMORY if memory else ""
    with contextlib.suppress(Interrupted):
        if port is None:
            waited(_on_stdio(settings, place))
        else:
            waited(_at_port(settings, place, port, token or secrets.token_urlsafe(32)))
    return DONE


async def _on_stdio(settings: Settings, place: str) -> None:
    async with _runtime(settings, place) as runtime:
        await speak_on_stdio(Lodging(runtime, granting, folder=settings.folder))


async def _at_port(settings: Settings, place: str, port: int, token: str) -> None:
    listening = Listening(LOCAL, port)
    async with _runtime(settings, place) as runtime:
        lodging = Lodging(runtime, granting, token=token, folder=settings.folder)
        async with listening_for(lodging, listening):
            click.echo(f"Debuggers connect to {LOCAL}:{listening.port}\nToken: {token}")
            sys.stdout.flush()
            say("Ctrl-C ends it; unfinished runs can be resumed.")
            await asyncio.Event().wait()


def _program() -> str:
    """The program that runs this, for who starts it from elsewhere."""
    beside = Path(sys.executable).with_name("heddle")
    return str(beside) if beside.exists() else shutil.which("heddle") or "heddle"


def _runtime(settings: Settings, place: str) -> Runtime:
    return runtime_here(settings, Asked().grants(), blocks_at_hand(settings), place)


def granting(asked: Granted, folder: Path) -> dict[str, Any]:
    """The grants of a run: those asked for, in the folder of its flow unless another is named."""
    return Asked(
        asked.folder or str(folder),
        tuple(asked.reads),
        tuple(asked.writes),
        tuple(asked.hosts),
        tuple(asked.databases),
    ).recorded()
