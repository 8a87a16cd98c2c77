"""`heddle new`: a flow file from a template."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.table import Table
from rich.text import Text

from graph.errors import HeddleError
from graph.file_format import FILE_SUFFIX
from graph.self_contained import self_contained
from graph.values import did_you_mean
from runtime.flow_files import load, save
from runtime.headless import completing, options
from runtime.headless.exits import DONE
from runtime.headless.sources import blocks_at_hand, description, templates
from runtime.headless.values import console
from runtime.headless.words import clean, hint, say
from runtime.library.shelf import Template, in_categories


class NoTemplate(HeddleError):
    """There is no template of that name."""


class Exists(HeddleError):
    """A file of that name is there already."""


@click.command("new")
@click.argument("template", required=False, shell_complete=completing.templates)
@click.argument("file", required=False, type=click.Path(dir_okay=False))
def command(template: str | None, file: str | None) -> int:
    """Without a TEMPLATE, all there are. FILE is TEMPLATE.flow.json in the current folder when
    it isn't given; one that exists is never overwritten.

    Your own templates are flow files in `templates` in the folder HEDDLE_HOME.
    """
    settings = options.settings()
    found = templates(settings)
    if template is None:
        _list(found.values())
        return DONE
    if template not in found:
        raise NoTemplate(
            f"There is no template {template!r}.",
            cure=did_you_mean(template, found) or "`heddle new` lists them.",
        )
    target = Path(file or f"{template}{FILE_SUFFIX}")
    if target.exists():
        raise Exists(f"{target} exists already.", cure="Name another file.")
    catalog = blocks_at_hand(settings).catalog
    chosen = found[template]
    save(target, self_contained(load(chosen.path, catalog).flow, catalog))
    _tell(chosen, target)
    return DONE


def _tell(template: Template, target: Path) -> None:
    """What there is now, and how it is used."""
    if template.about.use:
        say(f"{clean(template.about.use)}\n")
    sample = " ".join(_arguments(template.about.inputs))
    said = hint(f"heddle run {shlex.quote(str(target))} {sample}".rstrip())
    say(f"Made {target}. {said} runs it.")


def _arguments(inputs: Mapping[str, Any]) -> Iterator[str]:
    """A sample input as `heddle run` takes it."""
    for name, value in inputs.items():
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        yield f"-i {shlex.quote(f'{name}={text}')}"


def _list(found: Iterable[Template]) -> None:
    grid = Table.grid(padding=(0, 2))
    for number, (category, inside) in enumerate(in_categories(found).items()):
        if number:
            grid.add_row("", "")
        grid.add_row(Text(clean(category), style="dim"), "")
        for template in inside:
            grid.add_row(Text(template.name, style="bold"), Text(clean(description(template.path))))
    console().print(grid)
    say(f"\n{hint('heddle new TEMPLATE')} makes a file of one.")
