"""What a shell offers when somebody presses Tab."""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
from click.shell_completion import CompletionItem, split_arg_string

from graph.errors import HeddleError
from runtime.settings import settings_from

Items = list[CompletionItem]


def templates(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """The names of templates."""
    from runtime.headless.sources import templates as found  # noqa: PLC0415 - only on Tab

    with contextlib.suppress(HeddleError):
        return _beginning(incomplete, ((name, "") for name in found(settings_from())))
    return []


def kinds(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """The kinds of blocks."""
    from runtime.plugins import installed  # noqa: PLC0415 - only on Tab

    with contextlib.suppress(HeddleError):
        settings = settings_from()
        catalog = installed(settings.packs_folder, settings.agents_folder).catalog
        return _beginning(incomplete, ((spec.kind, spec.summary) for spec in catalog))
    return []


def services(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """The names of services."""
    from runtime.services.offered import SERVICES  # noqa: PLC0415 - only on Tab

    return _beginning(incomplete, [(service.name, service.title) for service in SERVICES])


def runs(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """The ids of the latest runs."""
    with contextlib.suppress(HeddleError, OSError):
        place = ctx.params.get("database") or settings_from().journal_place
        if place.startswith("sqlite:///") and not Path(place.removeprefix("sqlite:///")).exists():
            return []
        return _beginning(incomplete, asyncio.run(_latest_runs(place)))
    return []


async def _latest_runs(place: str) -> list[tuple[str, str]]:
    from runtime.journal.places import open_journal  # noqa: PLC0415 - only on Tab

    journal = await open_journal(place)
    try:
        rows = await journal.runs(limit=50)
    finally:
        await journal.close()
    return [(row.run, f"{row.name} {row.state}".strip()) for row in rows]


def inputs(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """`name=` for every input of the flow named before."""
    if "=" in incomplete:
        return []
    with contextlib.suppress(OSError, msgspec.DecodeError, TypeError):
        file = msgspec.json.decode(_file_named(ctx).read_bytes(), type=_File)
        return _beginning(incomplete, file.inputs())
    return []


def _file_named(ctx: click.Context) -> Path:
    """The flow file on the command line; click loses it before an option without its value."""
    if ctx.params.get("file"):
        return Path(ctx.params["file"])
    words = split_arg_string(os.environ.get("COMP_WORDS", ""))
    return next((Path(word) for word in words if word.endswith(".json")), Path())


class _Block(msgspec.Struct):
    kind: str = ""
    fields: dict[str, msgspec.Raw] = {}


class _File(msgspec.Struct):
    """As much of a flow file as tells its inputs, whatever else is in it."""

    blocks: dict[str, _Block] = {}

    def inputs(self) -> Iterator[tuple[str, str]]:
        for id, block in self.blocks.items():
            if block.kind == "flow.input":
                name = msgspec.json.decode(block.fields.get("name", b'""')) or id
                about = msgspec.json.decode(block.fields.get("description", b'""'))
                yield f"{name}=", str(about)


def _beginning(
    incomplete: str, found: "Iterator[tuple[str, str]] | list[tuple[str, str]]"
) -> Items:
    return [
        CompletionItem(value, help=about or None)
        for value, about in found
        if value.startswith(incomplete)
    ]
