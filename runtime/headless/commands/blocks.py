"""`heddle blocks`: the kinds of blocks there are, found by a word, explained one by one."""

from collections.abc import Iterable, Sequence

import click
import msgspec
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from graph.catalog import Catalog
from graph.reference import section
from graph.spec import BlockSpec
from runtime.headless import completing, options
from runtime.headless.exits import DONE
from runtime.headless.sources import blocks_at_hand
from runtime.headless.values import console
from runtime.wire import described


@click.command("blocks")
@click.argument("words", nargs=-1, metavar="[KIND | WORD…]", shell_complete=completing.kinds)
@options.as_json
def command(words: tuple[str, ...], as_json: bool) -> int:
    """A KIND, like text.template, is explained with its fields, outputs and examples; WORDs are
    looked for in names and descriptions.
    """
    catalog = blocks_at_hand(options.settings()).catalog
    found = _found(catalog, words)
    if as_json:
        shown = [described(spec) for spec in found]
        encoded = msgspec.json.encode(shown if len(words) != 1 or len(found) != 1 else shown[0])
        click.echo(msgspec.json.format(encoded))
    elif len(words) == 1 and words[0] in catalog:
        _explain(catalog.spec(words[0]))
    else:
        _list(found)
    return DONE


def _found(catalog: Catalog, words: Sequence[str]) -> list[BlockSpec]:
    """The kind of that name, or all in which the words are found. Raises UnknownKind for none."""
    if len(words) == 1 and words[0] in catalog:
        return [catalog.spec(words[0])]
    found = [spec for spec in catalog if all(_mentions(spec, word.lower()) for word in words)]
    return found or [catalog.spec(" ".join(words))]


def _mentions(spec: BlockSpec, word: str) -> bool:
    return any(word in text.lower() for text in (spec.kind, spec.title, spec.summary, *spec.search))


def _list(found: Iterable[BlockSpec]) -> None:
    on = console()
    categories: dict[str, list[BlockSpec]] = {}
    for spec in found:
        categories.setdefault(spec.category, []).append(spec)
    grid = Table.grid(padding=(0, 2))
    for specs in categories.values():
        for spec in specs:
            grid.add_row(Text(spec.kind, style="bold"), Text(spec.summary))
        grid.add_row("", "")
    on.print(grid)


def _explain(spec: BlockSpec) -> None:
    on = console()
    page = section(spec)
    on.print(Markdown(page) if on.is_terminal else Text(page), soft_wrap=not on.is_terminal)
