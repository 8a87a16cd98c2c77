"""`heddle roblox`: the plugin for Roblox Studio, the code that lets it in, scripts as files."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from agents.contract import Task
from graph.errors import HeddleError
from runtime.compose import granted, world_of
from runtime.headless import options
from runtime.headless.exits import DONE, FAILED
from runtime.headless.loop import Interrupted, waited
from runtime.headless.runtimes import at
from runtime.headless.sources import blocks_at_hand
from runtime.headless.words import clean, hint, say
from runtime.settings import Settings

AGENT, FOLDERS = "studio_bridge", "roblox_folder"

SOON, EVERY = 0.4, 1.0
"""Seconds between two looks at a folder: while something is going on there, and otherwise."""

WHAT = {
    "written": "written",
    "deleted": "deleted",
    "taken": "taken over into Heddle",
    "removed": "gone, and from Heddle, too",
    "conflict": "changed on both sides: see the files beside it",
}

Perform = Callable[[str, Task], Awaitable[Any]]


class NotWritten(HeddleError):
    """The plugin could not be written down."""


@click.group("roblox")
def command() -> None:
    """Scripts are kept alike in Heddle and in Roblox Studio by a plugin there.

    \b
    heddle roblox plugin --out Heddle.rbxmx            into Studio's folder of plugins
    heddle serve                                       what the plugin speaks to
    heddle roblox pair --server http://127.0.0.1:8004  gives the code to enter in it
    heddle roblox folder src                           has the scripts as files in src
    """


@command.command("plugin")
@click.option("-o", "--out", type=click.Path(dir_okay=False), default="Heddle.rbxmx",
              show_default=True, help="Where to write it; what is there is replaced.")  # fmt: skip
def plugin(out: str) -> int:
    """Write the plugin as a file for Studio's folder of plugins."""
    text: str = waited(_here(options.settings(), Task("plugin")))
    try:
        Path(out).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise NotWritten(f"{out} can't be written: {reason}.") from error
    say(f"Wrote {out}. In Studio, Plugins → Plugins Folder shows where to put it.")
    return DONE


@command.command("pair")
@click.option("--project", default="main", show_default=True, help="What the place belongs to.")
@options.as_json
@options.elsewhere
def pair(project: str, as_json: bool, server: str | None, token: str | None) -> int:
    """Have a server give the code that is entered in the plugin once. It lasts ten minutes."""
    if not server:
        raise click.UsageError("Say by --server which server the plugin is to speak to.")
    code = waited(_code(server, token, project))
    if as_json:
        click.echo(msgspec.json.encode(code | {"address": server}))
        return DONE
    click.echo(clean(code["code"]))
    say(f"Enter it in the plugin, with the address {hint(server)}, within ten minutes.")
    return DONE


@command.command("folder")
@click.argument("folder", type=click.Path(file_okay=False), default=".")
@click.option("--project", default="main", show_default=True, help="Whose scripts they are.")
@click.option("--once", is_flag=True, help="Come back when both are alike.")
@click.option("--deletes", is_flag=True,
              help="Remove the scripts even if most files are gone at once.")  # fmt: skip
def folder(folder: str, project: str, once: bool, deletes: bool) -> int:
    """Have the scripts of this home as files in a folder, and take over what is changed there.

    \b
    ServerScriptService/Main.server.luau   a Script
    StarterGui/Menu.client.luau            a LocalScript
    ReplicatedStorage/Shared/Prices.luau   a ModuleScript
    Workspace/Door/init.server.luau        a Script that holds the others of its folder

    It goes on until Ctrl-C, beside the studio or `heddle serve`, or without either. What both
    sides changed stays as it is on both: FILE.heddle holds Heddle's text, FILE.both all in one.
    Write into the file what it is to be, and delete FILE.heddle. No text is ever lost: each that
    is replaced stays a version of its script.
    """
    wanted = {"folder": str(Path(folder).absolute()), "project": project, "deletes": deletes}
    settings = options.settings()
    if once:
        found = waited(_here(settings, Task("sync", wanted), FOLDERS, writes=(folder,)))
        _tell(found, ())
        return FAILED if found.conflicts else DONE
    with contextlib.suppress(Interrupted):
        waited(_kept(settings, Task("look", wanted), folder))
    return DONE


async def _kept(settings: Settings, task: Task, folder: str) -> None:
    """Look at a folder again and again. Raises HeddleError if that can't be begun."""
    async with _performing(settings, writes=(folder,)) as perform:
        found = await perform(FOLDERS, task)
        say(f"{clean(folder)} and the scripts are kept alike; Ctrl-C ends it.")
        told: tuple[str, ...] = ()
        while True:
            if found is not None:
                told = _tell(found, told)
            await asyncio.sleep(SOON if found is not None and found.again else EVERY)
            try:
                found = await perform(FOLDERS, task)
            except HeddleError as error:  # its disk may be back in a while
                found, told = None, _tell_problems((str(error),), told)


def _tell(found: Any, told: tuple[str, ...]) -> tuple[str, ...]:
    """Say what was done, and what is wrong if that wasn't told last; gives what is."""
    for did in found.did:
        click.echo(f"{clean(did.file)}: {WHAT[did.what]}")
    return _tell_problems(tuple(found.problems), told)


def _tell_problems(problems: tuple[str, ...], told: tuple[str, ...]) -> tuple[str, ...]:
    for problem in problems:
        if problem not in told:
            say(clean(problem))
    return problems


async def _here(
    settings: Settings, task: Task, agent: str = AGENT, writes: tuple[str, ...] = ()
) -> Any:
    """What an agent of this machine, there for just this, makes of a task."""
    async with _performing(settings, writes) as perform:
        return await perform(agent, task)


@contextlib.asynccontextmanager
async def _performing(settings: Settings, writes: tuple[str, ...]) -> AsyncIterator[Perform]:
    """Agents of this home in this process, granted what is to be written."""
    world, grants = world_of(settings, blocks_at_hand(settings)), granted(Path.cwd(), writes=writes)
    try:
        yield lambda agent, task: world.agents.perform_named(agent, grants, task)
    finally:
        await world.close()


async def _code(server: str, token: str | None, project: str) -> dict[str, Any]:
    async with at(server, token) as remote:
        found: dict[str, Any] = await remote.agents.perform(AGENT, "pair", project=project)
        return found
