"""`heddle mcp`: flows as tools that other programs call, by the Model Context Protocol."""

import contextlib
import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from runtime.clients import client_config, program
from runtime.headless import options
from runtime.headless.app import heddle_version
from runtime.headless.exits import DONE
from runtime.headless.granting import Asked, grants
from runtime.headless.loop import Interrupted, waited
from runtime.headless.runtimes import IN_MEMORY, runtime_here
from runtime.headless.sources import blocks_at_hand
from runtime.headless.words import say
from runtime.services.mcp.offers import Offer, Offers
from runtime.services.mcp.server import FlowServer, GrantsOf
from runtime.services.mcp.serving import PATH, speak_on_stdio, speaking_at
from runtime.services.server import Listening
from runtime.settings import Settings

LOCAL = "127.0.0.1"


@click.command("mcp")
@click.argument("places", nargs=-1, type=click.Path(exists=True), metavar="[FLOW|FOLDER]...")
@click.option("--http", "port", type=click.IntRange(0, 65535), metavar="PORT",
              help="Listen at this port of this machine instead, for any number of clients; "
                   "0 for any that is free.")  # fmt: skip
@click.option("--token", envvar="HEDDLE_TOKEN",
              help="What clients at the port have to know; safer as the variable HEDDLE_TOKEN. "
                   "[default: a new one each time]")  # fmt: skip
@click.option("--print-config", is_flag=True,
              help="Print what goes into the configuration of a client, and end.")  # fmt: skip
@grants
@options.where
@click.option("--memory", is_flag=True, help="Keep no record: quicker, and not to be resumed.")
def command(
    places: tuple[str, ...],
    port: int | None,
    token: str | None,
    print_config: bool,
    asked: Asked,
    database: str | None,
    memory: bool,
) -> int:
    """A client starts this itself and speaks to it through the standard input and output: every
    flow named, or in a folder named, is a tool. Without any, those of the current folder. What a
    flow may touch is said here, once for all calls; its relative paths start in its own folder
    unless --folder names another. See docs/how_to/offer_flows_as_mcp_tools.md.

    \b
    heddle mcp orders.flow.json report.flow.json
    heddle mcp flows/ --http 8765
    """
    paths = [Path(place) for place in places or ["."]]
    if print_config:
        click.echo(client_config(paths, program()))
        return DONE
    settings = options.settings(database)
    place = IN_MEMORY if memory else ""
    with contextlib.suppress(Interrupted):
        waited(_serve(settings, place, paths, asked, (port, token or secrets.token_urlsafe(32))))
    return DONE


async def _serve(
    settings: Settings, place: str, paths: Sequence[Path], asked: Asked,
    at: tuple[int | None, str],
) -> None:  # fmt: skip
    port, token = at
    blocks = blocks_at_hand(settings)
    async with runtime_here(settings, asked.grants(), blocks, place) as runtime:
        flows = FlowServer(runtime, Offers(runtime, paths, say), _granting(asked), heddle_version())
        if port is None:
            await speak_on_stdio(flows)
        else:
            await _at_port(flows, port, token)


async def _at_port(flows: FlowServer, port: int, token: str) -> None:
    listening = Listening(LOCAL, port)
    async with speaking_at(flows, listening, token) as ending:
        click.echo(f"Clients connect to {listening.address}{PATH}\nToken: {token}")
        sys.stdout.flush()
        say("Ctrl-C ends it; unfinished runs can be resumed.")
        await ending.wait()


def _granting(asked: Asked) -> GrantsOf:
    """What runs are granted: what was asked for, in the folder of their flow."""

    def granted(offer: Offer) -> Mapping[str, Any]:
        folder = asked.folder or offer.folder
        return Asked(folder, asked.reads, asked.writes, asked.hosts, asked.databases).recorded()

    return granted
