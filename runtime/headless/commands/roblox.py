"""`heddle roblox`: the plugin for Roblox Studio, and the code that lets a Studio in."""

from pathlib import Path
from typing import Any

import click
import msgspec

from agents.contract import Task
from graph.errors import HeddleError
from runtime.compose import World, granted
from runtime.headless import options
from runtime.headless.exits import DONE
from runtime.headless.loop import waited
from runtime.headless.runtimes import at
from runtime.headless.words import clean, hint, say
from runtime.settings import Settings

AGENT = "studio_bridge"


class NotWritten(HeddleError):
    """The plugin could not be written down."""


@click.group("roblox")
def command() -> None:
    """Scripts are kept alike in Heddle and in Roblox Studio by a plugin there.

    \b
    heddle roblox plugin --out Heddle.rbxmx            into Studio's folder of plugins
    heddle serve                                       what the plugin speaks to
    heddle roblox pair --server http://127.0.0.1:8004  gives the code to enter in it
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


async def _here(settings: Settings, task: Task) -> Any:
    """What an agent of this machine, there for just this, makes of a task."""
    world = World(settings.packs_folder, home=settings.folder)
    try:
        return await world.agents.perform_named(AGENT, granted(Path.cwd()), task)
    finally:
        await world.close()


async def _code(server: str, token: str | None, project: str) -> dict[str, Any]:
    async with at(server, token) as remote:
        found: dict[str, Any] = await remote.agents.perform(AGENT, "pair", project=project)
        return found
