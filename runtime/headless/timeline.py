"""A past run at a glance: its blocks with bars over time, and what came out of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from runtime.events import AnyEvent, TaskFinished, TaskReused
from runtime.headless.board import MARKS, detail, lines_of, time_of
from runtime.headless.progress import ending
from runtime.headless.values import cell, show_outputs
from runtime.headless.words import clean, duration, moment
from runtime.projections.block_view import BlockView
from runtime.projections.critical_path import Share, Went
from runtime.projections.outline import Line
from runtime.projections.run_view import RunView

WIDTH = 24
"""Characters of a bar that lasts as long as the run."""

NAMES = 36
"""Characters of the longest name that is shown whole."""

_NOTHING = BlockView("")


LONG = 0.1
"""Seconds of a run from which on it is told where they went."""

MOST_WAITED = 5
"""Blocks of which it is told how long the run waited for them."""


def show_run(
    view: RunView, lines: Sequence[Line], values: Mapping[str, Any], went: Went, on: Console
) -> None:
    """Print a run: what it was given, its blocks, where its time went, what it gave, its end."""
    on.print(Text.assemble((clean(view.name) or "A flow", "bold"), f"  run {view.run}"))
    on.print(Text(_facts(view), style="dim"))
    if view.inputs:
        on.print(Text("\nInputs", style="bold"))
        on.print(_pairs(view.inputs))
    on.print(Text("\nBlocks", style="bold"))
    on.print(_blocks(view, lines or lines_of(view), values))
    waited = [share for share in went.shares if share.critical > went.whole / 100]
    if waited and went.whole >= LONG:
        on.print(Text("\nThe run waited for", style="bold"))
        on.print(_waited(waited[:MOST_WAITED], went))
    if view.outputs:
        on.print(Text("\nOutputs", style="bold"))
        show_outputs(view.outputs, on)
    if view.difference:
        found = view.difference
        on.print(Text(f"\n≠ First different: {found.task}.{found.port}", style="yellow"))
        on.print(_pairs({"before": found.before, "now": found.after}))
    if view.over or view.waits_for:
        on.print(Text(f"\n{ending(view)}"))


def _facts(view: RunView) -> str:
    parts = [f"started {moment(view.began)}", f"flow {view.flow[:12]}", f"{view.events:,} events"]
    if view.replays:
        begin = f" from {view.begins_at}" if view.begins_at else ""
        parts.insert(0, f"replay of {view.replays}{begin}")
    if view.recovered:
        parts.append("resumed once" if view.recovered == 1 else f"resumed {view.recovered} times")
    return "   ".join(parts)


def _blocks(view: RunView, lines: Sequence[Line], values: Mapping[str, Any]) -> Table:
    names = max((2 * line.depth + len(line.name) for line in lines), default=0)
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(min_width=1)
    grid.add_column(min_width=min(names, NAMES), max_width=NAMES, no_wrap=True)
    grid.add_column(min_width=8, justify="right", style="dim", no_wrap=True)
    grid.add_column(min_width=WIDTH, no_wrap=True)
    grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    for line in lines:
        block = view.blocks.get(line.block, _NOTHING)
        mark, style = MARKS[block.state]
        about = Text(detail(block), style="dim")
        if line.block in values:
            about.append(f"{'  ' if about else ''}{cell(values[line.block])}", style="")
        grid.add_row(
            Text(mark, style=style),
            Text("  " * line.depth + line.name),
            Text(time_of(block, view.seen)),
            Text(bar(block, view), style=style),
            about,
        )
    return grid


def _waited(shares: Sequence[Share], went: Went) -> Table:
    """How long for which block and nothing else: the critical path, the largest part first."""
    grid = Table.grid(padding=(0, 2))
    for share in shares:
        part = share.critical / went.whole
        grid.add_row(
            Text(f"  {share.block}"),
            Text(duration(share.critical), style="dim"),
            Text(f"{part:.0%}", style="dim"),
            Text("━" * max(1, round(part * WIDTH)), style="cyan"),
        )
    return grid


def bar(block: BlockView, view: RunView) -> str:
    """When the block was at it, from the beginning of the run (left) to its last event."""
    if block.began is None or block.state in ("skipped", "reused"):
        return ""
    whole = max(view.took, 1e-9)
    start = int((block.began - view.began) / whole * WIDTH)
    end = (block.ended or view.seen) - view.began
    start = min(max(start, 0), WIDTH - 1)
    length = max(1, round(end / whole * WIDTH) - start)
    return " " * start + "━" * min(length, WIDTH - start)


def last_values(events: Sequence[AnyEvent]) -> dict[str, Any]:
    """What each block outside of loops gave: its one output, or all by name."""
    found: dict[str, Any] = {}
    for event in events:
        if isinstance(event, TaskFinished | TaskReused) and "[" not in event.task:
            outputs = event.outputs
            one = len(outputs) == 1
            found[event.task] = next(iter(outputs.values())) if one else outputs
    return {task: value for task, value in found.items() if value not in ({}, None)}


def _pairs(values: Mapping[str, Any]) -> Table:
    grid = Table.grid(padding=(0, 2))
    for name, value in values.items():
        grid.add_row(Text(f"  {clean(name)}", style="cyan"), Text(cell(value)))
    return grid
