"""`heddle compare`: how one run differs from another, and where they first part."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from graph.compile import Plan, compile_flow
from graph.diff import diff
from graph.edits import touches_logic
from graph.errors import HeddleError
from graph.file_format import read
from graph.flow import Flow
from runtime.events import AnyEvent
from runtime.headless import options
from runtime.headless.board import MARKS
from runtime.headless.changes import show_changes
from runtime.headless.exits import DONE, FAILED
from runtime.headless.loop import waited
from runtime.headless.runtimes import AnyJournal, journal_of
from runtime.headless.sources import blocks_at_hand
from runtime.headless.values import cell, console
from runtime.headless.words import clean, duration, moment
from runtime.projections.block_view import BlockView
from runtime.projections.comparison import BlockPair, Comparison, Parting, compare
from runtime.projections.run_view import RunView
from runtime.settings import Settings
from runtime.wire import as_json as json_of

WHY: Mapping[str, str] = {
    "inputs": "the runs were given something else",
    "flow": "the block was changed",
    "person": "somebody changed its values",
    "itself": "the same came in, something else came out",
    "upstream": "",
}
"""What is said of where two runs part, by its cause."""


class Past(NamedTuple):
    """A run as recorded, with the flow it ran; None when that isn't kept any more."""

    events: Sequence[AnyEvent]
    flow: Flow | None


@click.command("compare")
@options.run_argument("before")
@options.run_argument("after")
@options.as_json
@options.where
@options.elsewhere
def command(
    before: str,
    after: str,
    as_json: bool,
    database: str | None,
    server: str | None,
    token: str | None,
) -> int:
    """Runs are named by their ids, or as much of the beginning as no other has. The exit code is
    0 when both gave the same, 1 when they differ.
    """
    settings = options.settings(database)
    old, new = waited(_both(settings, before, after, server, token))
    found = compare(old.events, new.events, _plans(settings, old, new))
    if as_json:
        click.echo(json_of(document(found)))
    else:
        _show(found, old.flow, new.flow, console())
    return DONE if found.same else FAILED


async def _both(
    settings: Settings, before: str, after: str, server: str | None, token: str | None
) -> tuple[Past, Past]:
    async with journal_of(settings, server, token) as journal:
        return await _past(journal, before), await _past(journal, after)


async def _past(journal: AnyJournal, run: str) -> Past:
    row = await journal.run(run)
    kept = await journal.flow(row.flow)
    return Past(await journal.read(row.run), read(kept.text) if kept else None)


def _plans(settings: Settings, old: Past, new: Past) -> tuple[Plan, Plan] | None:
    """Both plans; None when a flow is gone, or was made with blocks that aren't here."""
    if old.flow is None or new.flow is None:
        return None
    catalog = blocks_at_hand(settings).catalog
    try:
        return compile_flow(old.flow, catalog), compile_flow(new.flow, catalog)
    except HeddleError:
        return None


def document(found: Comparison) -> dict[str, Any]:
    """The comparison for a program."""
    return {
        "same": found.same,
        "before": found.before.run,
        "after": found.after.run,
        "inputs": found.inputs,
        "outputs": found.outputs,
        "parting": found.parting,
        "blocks": [
            {
                "block": pair.block,
                "differing": pair.differing,
                "first": pair.first,
                "before": pair.before.took if pair.before else None,
                "after": pair.after.took if pair.after else None,
                "tokens": [view.tokens if view else 0 for view in (pair.before, pair.after)],
                "cost": [view.cost if view else 0.0 for view in (pair.before, pair.after)],
            }
            for pair in found.blocks
        ],
    }


def _show(found: Comparison, old: Flow | None, new: Flow | None, on: Console) -> None:
    on.print(_facts("before", found.before))
    on.print(_facts("after", found.after))
    edits = tuple(filter(touches_logic, diff(old, new))) if old and new else ()
    if old and edits:
        on.print(Text("\nThe flow", style="bold"))
        show_changes(edits, old)
    _show_pairs("Inputs", found.inputs, found.before.inputs, found.after.inputs, on)
    _show_pairs("Outputs", found.outputs, found.before.outputs, found.after.outputs, on)
    if found.parting is not None:
        _show_parting(found.parting, on)
    else:
        on.print(Text("\nEvery block gave the same.", style="green"))
    on.print(Text("\nBlocks", style="bold"))
    on.print(_blocks(found))


def _facts(which: str, view: RunView) -> Text:
    return Text.assemble(
        (f"{which:<7} ", "dim"), (view.run, "bold"),
        f"  {clean(view.name) or 'A flow'}, {view.state} in {duration(view.took)}",
        (f"  {moment(view.began)}", "dim"),
    )  # fmt: skip


def _show_pairs(
    title: str,
    names: Sequence[str],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    on: Console,
) -> None:
    if not names:
        return
    on.print(Text(f"\n{title}", style="bold"))
    grid = Table.grid(padding=(0, 2))
    for name in names:
        grid.add_row(
            Text(f"  {clean(name)}", style="cyan"),
            Text(f"{cell(before.get(name))} → {cell(after.get(name))}"),
        )
    on.print(grid)


def _show_parting(parting: Parting, on: Console) -> None:
    place = ".".join(filter(None, (parting.task or "inputs", parting.port)))
    why = WHY[parting.cause]
    on.print(Text(f"\n≠ First different: {place}{f', {why}' if why else ''}", style="yellow"))
    on.print(Text(f"  before  {cell(parting.before)}"))
    on.print(Text(f"  after   {cell(parting.after)}"))


def _blocks(found: Comparison) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    paid = found.before.cost or found.after.cost
    for name in ("", "block", "before", "after", "longer by", *["cost"] * bool(paid), "values"):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    for pair in found.blocks:
        block = pair.after or pair.before
        assert block is not None, "a block came up in one of the runs at least"
        mark, style = MARKS[block.state]
        table.add_row(
            Text(mark, style=style),
            Text(clean(pair.block)),
            _time(pair.before),
            _time(pair.after),
            _longer(pair),
            *[_cost(pair)] * bool(paid),
            _values(pair, block),
        )
    return table


def _time(view: BlockView | None) -> Text:
    return Text("–", style="dim") if view is None else Text(duration(view.took))


def _longer(pair: BlockPair) -> Text:
    if pair.before is None or pair.after is None or abs(pair.longer) < 0.0005:
        return Text("")
    sign, style = ("+", "yellow") if pair.longer > 0 else ("-", "green")
    return Text(f"{sign}{duration(abs(pair.longer))}", style=style)


def _cost(pair: BlockPair) -> Text:
    views = (pair.before, pair.after)
    spent = [f"${view.cost:.4f}" if view and view.cost else "–" for view in views]
    return Text("" if spent == ["–", "–"] else " → ".join(spent))


def _values(pair: BlockPair, block: BlockView) -> Text:
    if not pair.differing:
        return Text("the same", style="dim")
    if pair.before is None or pair.after is None:
        return Text("only before" if pair.after is None else "only after", style="yellow")
    of = f"{pair.differing:,} of {block.tasks:,} differ" if block.tasks > 1 else "differs"
    return Text(of, style="yellow")
