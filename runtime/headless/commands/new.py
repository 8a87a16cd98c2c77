"""`heddle new`: a flow file from a template."""

from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from graph.errors import HeddleError
from graph.self_contained import self_contained
from graph.values import did_you_mean
from runtime.flow_files import load, save
from runtime.headless import completing, options
from runtime.headless.exits import DONE
from runtime.headless.sources import SUFFIX, blocks_at_hand, description, templates
from runtime.headless.values import console
from runtime.headless.words import clean, hint, say


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
        _list(found)
        return DONE
    if template not in found:
        raise NoTemplate(
            f"There is no template {template!r}.",
            cure=did_you_mean(template, found) or "`heddle new` lists them.",
        )
    target = Path(file or f"{template}{SUFFIX}")
    if target.exists():
        raise Exists(f"{target} exists already.", cure="Name another file.")
    catalog = blocks_at_hand(settings).catalog
    save(target, self_contained(load(found[template], catalog).flow, catalog))
    say(f"Made {target}. {hint(f'heddle run {target}')} runs it.")
    return DONE


def _list(found: dict[str, Path]) -> None:
    grid = Table.grid(padding=(0, 2))
    for name, path in found.items():
        grid.add_row(Text(name, style="bold"), Text(clean(description(path))))
    console().print(grid)
    say(f"\n{hint('heddle new TEMPLATE')} makes a file of one.")
