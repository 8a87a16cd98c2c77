"""A run on a terminal: its blocks with state, progress and time, as many as fit."""

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from runtime.headless.words import clean, count, duration
from runtime.projections.block_view import BlockState, BlockView
from runtime.projections.outline import Line
from runtime.projections.run_view import RunView

MARKS: Mapping[BlockState, tuple[str, str]] = {
    "waiting": ("·", "dim"),
    "running": ("●", "cyan"),
    "retrying": ("↻", "yellow"),
    "asking": ("?", "cyan"),
    "doubted": ("?", "yellow"),
    "finished": ("✓", "green"),
    "reused": ("↺", "green dim"),
    "skipped": ("–", "dim"),
    "failed": ("✗", "red"),
    "caught": ("!", "yellow"),
    "cancelled": ("■", "dim"),
}
"""How each state is marked, and in which style."""

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_URGENT: tuple[BlockState, ...] = ("failed", "doubted", "asking", "running", "retrying")
_UNKNOWN = BlockView("")


def board(view: RunView, lines: Sequence[Line], now: float, height: int = 0) -> RenderableType:
    """The run as it is at `now`, in at most `height` lines (0: any number)."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column()
    grid.add_column(justify="right", style="dim", no_wrap=True)
    grid.add_column(style="dim", overflow="ellipsis", no_wrap=True)
    shown = fitting(view, lines, height - 2 if height else 0)
    for line in shown:
        grid.add_row(*_row(view.blocks.get(line.block, _UNKNOWN), line, now))
    rest = _rest(view, lines, shown)
    return Group(grid, rest) if rest else grid


def lines_of(view: RunView) -> list[Line]:
    """The blocks that have come up, for a run whose plan isn't known here."""
    return [Line(name, name) for name in view.blocks]


def fitting(view: RunView, lines: Sequence[Line], height: int) -> Sequence[Line]:
    """The lines that fit, in their order: what needs a look first, then what happened last."""
    if not height or len(lines) <= height:
        return lines

    def importance(number: int) -> tuple[int, float]:
        block = view.blocks.get(lines[number].block, _UNKNOWN)
        if block.state in _URGENT:
            return (2, block.began or 0.0)
        return (1, block.ended) if block.ended else (0, -number)

    chosen = sorted(range(len(lines)), key=importance, reverse=True)[: max(1, height)]
    return [lines[number] for number in sorted(chosen)]


def _row(block: BlockView, line: Line, now: float) -> tuple[Text, Text, Text, Text]:
    mark, style = MARKS[block.state]
    if block.state == "running":
        mark = SPINNER[int(now * 10) % len(SPINNER)]
    name = Text("  " * line.depth + line.name, style="dim" if block.state == "waiting" else "")
    return Text(mark, style=style), name, Text(time_of(block, now)), Text(detail(block))


def time_of(block: BlockView, now: float) -> str:
    """How long the block has been at it, or was from its first start to its last end."""
    if block.began is None or block.state in ("skipped", "reused"):
        return ""
    if block.running or block.retrying or block.asking:
        return duration(max(0.0, now - block.began))
    return duration(max(0.0, (block.ended or block.began) - block.began))


def detail(block: BlockView) -> str:
    """What else is worth knowing of a block, on one line."""
    parts: list[str] = []
    if block.rounds:
        total = f"{block.total:,.0f}" if block.total else ""
        rounds = count(block.rounds_done, "round")
        parts.append(f"{block.rounds_done:,} of {total} rounds" if total else rounds)
        if block.rounds_failed:
            parts.append(f"{block.rounds_failed:,} failed")
    elif block.total:
        parts.append(f"{block.done / block.total:.0%}")
    if block.tasks > 1:
        parts.append(f"{block.settled:,} done")
        if block.running:
            parts.append(f"{block.running:,} running")
        if block.failed:
            parts.append(f"{block.failed:,} failed")
    if block.streamed and block.running:
        parts.append(count(block.streamed, "item"))
    if block.retries:
        parts.append(count(block.retries, "retry", "retries"))
    if block.note and block.running:
        parts.append(clean(block.note))
    if block.state in ("failed", "caught", "retrying") and block.failure:
        parts.append(clean(block.failure.message.partition("\n")[0]))
    elif block.state in ("reused", "skipped", "doubted", "cancelled", "asking"):
        parts.append("waits for an answer" if block.asking else block.state)
    return ", ".join(parts)


def _rest(view: RunView, lines: Sequence[Line], shown: Sequence[Line]) -> Text | None:
    """What is said of the blocks that don't fit."""
    if len(shown) == len(lines):
        return None
    left = set(lines) - set(shown)
    done = sum(view.blocks.get(line.block, _UNKNOWN).settled > 0 for line in left)
    return Text(f"  … and {len(left):,} more: {done:,} done, {len(left) - done:,} waiting", "dim")
