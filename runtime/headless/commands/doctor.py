"""`heddle doctor`: does everything work here, and what is set to what?"""

import os
import platform
import re
import shutil
import sys
import time
from collections.abc import AsyncIterator, Iterator
from importlib.metadata import PackageNotFoundError, version

import click
import msgspec
from rich.table import Table
from rich.text import Text

from graph.errors import HeddleError
from runtime.compose import RESOURCES, World, connections_of
from runtime.headless import options
from runtime.headless.app import heddle_version
from runtime.headless.exits import DONE, FAILED
from runtime.headless.loop import waited
from runtime.headless.runtimes import journal_here
from runtime.headless.sources import templates
from runtime.headless.standing import standing
from runtime.headless.values import console
from runtime.headless.words import clean, count, duration, hint, say, size
from runtime.plugins import Installed, installed
from runtime.secrets.keep import TITLES
from runtime.settings import Settings, settings_from, variable_of

LIBRARIES = ("msgspec", "pydantic-monty", "httpx", "sqlalchemy", "litestar", "uvicorn", "rich")
HIDDEN = ("pusher_secret", "pusher_encryption_master_key_base64")
TIGHT = 200_000_000
"""Bytes of free disk below which we warn."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at; `cure` says what to do when it isn't `fine`."""

    what: str
    fine: bool
    about: str
    cure: str = ""


class Setting(msgspec.Struct, frozen=True):
    """A setting, and where its value comes from."""

    variable: str
    value: str
    source: str
    meaning: str


@click.command("doctor")
@options.as_json
@options.where
def command(as_json: bool, database: str | None) -> int:
    """The exit code is 1 when something doesn't work. Passwords are never shown."""
    settings = options.settings(database)
    findings = [*_here(settings), *waited(_tried(settings))]
    known = list(_settings(settings, database))
    if as_json:
        click.echo(msgspec.json.encode({"findings": findings, "settings": known}))
    else:
        _show(findings, known)
    trouble = sum(not finding.fine for finding in findings)
    if trouble and not as_json:
        say(f"\n{count(trouble, 'thing')} to see to.")
    return FAILED if trouble else DONE


def _here(settings: Settings) -> Iterator[Finding]:
    """What can be seen without trying."""
    python = sys.version_info
    supported = (3, 11) <= python < (3, 14)
    about = f"{platform.python_version()} on {platform.platform()}"
    yield Finding("Python", supported, about, "" if supported else "Use 3.11, 3.12 or 3.13.")
    yield Finding("Heddle", True, heddle_version() or "runs from a folder, not installed")
    yield from map(_library, LIBRARIES)
    yield _folder(settings)
    found = templates(settings)
    cure = "" if found else f"Its own are missing from {RESOURCES}: install Heddle anew."
    yield Finding("templates", bool(found), count(len(found), "template"), cure)
    blocks = installed(settings.packs_folder, settings.agents_folder)
    yield _secrets(settings, blocks)
    yield Finding("blocks", True, f"{count(len(blocks.catalog), 'kind')} of blocks")
    for problem in blocks.problems:
        yield Finding("pack", False, problem.message, problem.cure)


def _secrets(settings: Settings, blocks: Installed) -> Finding:
    """Where secrets are kept, and whether they can be had."""
    connections = connections_of(settings, blocks)
    try:
        seen = connections.overview()
        held = len(connections.all_values())
    except HeddleError as error:
        return Finding("secrets", False, error.message, error.cure)
    why = f", since {seen.why}" if seen.why else ""
    made = count(len(seen.connections), "connection")
    return Finding(
        "secrets", True, f"{made}, {count(held, 'secret')}; kept in {TITLES[seen.kept_in]}{why}"
    )


def _library(name: str) -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False, "not installed", "Install Heddle anew.")


def _folder(settings: Settings) -> Finding:
    folder = settings.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(
            "folder", False, f"{folder}: {error.strerror}", "Set HEDDLE_HOME to one of yours."
        )
    if not os.access(folder, os.W_OK):
        return Finding("folder", False, f"{folder} can't be written", "Set HEDDLE_HOME.")
    return Finding("folder", free > TIGHT, f"{folder}, {size(free)} free", "Make room.")


async def _tried(settings: Settings) -> list[Finding]:
    """What has to be tried."""
    return [finding async for finding in _try(settings)]


async def _try(settings: Settings) -> AsyncIterator[Finding]:
    world = World(settings.packs_folder, home=settings.folder)
    try:
        began = time.perf_counter()
        worked = await world.evaluate("6 * seven", {"seven": 7}) == 42
        took = duration(time.perf_counter() - began)
        yield Finding("sandbox", worked, f"works, started in {took}" if worked else "miscounts")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
        yield Finding(
            "sandbox", False, f"{error}", "Install Heddle anew: pydantic-monty is broken."
        )
    finally:
        await world.close()
    place = shown_place(settings.journal_place)
    try:
        async with journal_here(settings) as journal:
            kept = await journal.size()
            unfinished = [*await journal.runs(state="running"), *await journal.runs(state="paused")]
    except HeddleError as error:
        yield Finding("journal", False, f"{place}: {error.message}", error.cure)
        return
    left = sum(standing(row) == "left" for row in unfinished)
    waiting = f", {left} left to be resumed" if left else ""
    about = f"{place}: {count(kept.runs, 'run')}, {size(kept.disk or kept.bytes)}{waiting}"
    yield Finding("journal", True, about)


def _settings(settings: Settings, database: str | None) -> Iterator[Setting]:
    defaults = settings_from({})
    for field in msgspec.structs.fields(Settings):
        variable = variable_of(field.name)
        value = getattr(settings, field.name)
        told = "•••" if value and field.name in HIDDEN else shown_place(str(value))
        source = "default" if value == getattr(defaults, field.name) else variable
        if field.name == "database_url" and database:
            source = "--database"
        meaning = _description(field.type)
        yield Setting(variable, told, source, meaning)


def _description(annotation: object) -> str:
    for note in getattr(annotation, "__metadata__", ()):
        if isinstance(note, msgspec.Meta) and note.description:
            return note.description
    return ""


def shown_place(place: str) -> str:
    """An address without the password in it."""
    return re.sub(r"(://[^/@:]*):[^/@]*@", r"\1:•••@", place)


def _show(findings: list[Finding], known: list[Setting]) -> None:
    on = console()
    grid = Table.grid(padding=(0, 2))
    for finding in findings:
        mark = Text("✓", "green") if finding.fine else Text("✗", "red")
        about = Text(clean(finding.about))
        if not finding.fine and finding.cure:
            about.append(f"\n{clean(finding.cure)}", "yellow")
        grid.add_row(mark, finding.what, about)
    on.print(grid)
    on.print(Text("\nSettings", style="bold"))
    table = Table.grid(padding=(0, 2))
    for setting in known:
        value = Text(setting.value or "not set", style="" if setting.value else "dim")
        table.add_row(setting.variable, value, Text(setting.source, "dim"), setting.meaning)
    on.print(table)
    on.print(Text(f"\nSecrets may be variables, too: {hint('HEDDLE_SECRET_NAME')}.", style="dim"))
