"""Values for a person: text as it is, lists of records as tables, the rest in few lines."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from graph.values import shorten
from runtime.headless.words import clean, count, size

ROWS, COLUMNS, CELL = 50, 12, 60


def console(*, errors: bool = False) -> Console:
    """Where results go, or everything else; colours only where somebody sees them."""
    made = Console(stderr=errors, highlight=False, markup=False, emoji=False)
    if not made.is_terminal and made.width < 100:
        made.width = 100  # nobody's window: as wide as is good to read
    return made


def show_outputs(outputs: Mapping[str, Any], on: Console) -> None:
    """Print the outputs of a run, each under its name; a single one alone."""
    for name, value in outputs.items():
        if len(outputs) > 1:
            on.print(Text(clean(name), style="bold"))
        show(value, on)


def show(value: Any, on: Console) -> None:
    """Print one value."""
    if isinstance(value, str):
        # As it is, for whoever writes it to a file; without tricks for whoever sees it.
        on.print(Text(clean(value) if on.is_terminal else value), soft_wrap=True)
    else:
        on.print(rendered(value))


def rendered(value: Any) -> RenderableType:
    """A value as something that can be printed."""
    match value:
        case Mapping() if value:
            return _record(value)
        case list() | tuple() if value and all(isinstance(item, Mapping) for item in value):
            return _table(value)
        case list() | tuple() if value:
            lines = [f"- {cell(item)}" for item in value[:ROWS]]
            return Text("\n".join([*lines, *_more(len(value) - ROWS)]))
    return Text(cell(value, 1000))


def cell(value: Any, width: int = CELL) -> str:
    """A value on one line."""
    match value:
        case None:
            return ""
        case str():
            line = " ".join(clean(value).split())
            return line if len(line) <= width else line[: width - 1] + "…"
        case bytes():
            return f"({size(len(value))})"
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:,}" if isinstance(value, int) and abs(value) >= 10_000 else str(value)
        case Mapping() | list() | tuple():
            return clean(shorten(msgspec.to_builtins(value, enc_hook=repr, str_keys=True), width))
    return clean(str(value))[:width]


def _record(record: Mapping[str, Any]) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    for name, value in list(record.items())[:ROWS]:
        grid.add_row(Text(clean(str(name)), style="cyan"), Text(cell(value)))
    for line in _more(len(record) - ROWS):
        grid.add_row(Text(line, style="dim"), "")
    return grid


def _table(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    names = list(dict.fromkeys(name for row in rows[:1000] for name in row))
    table = Table(box=None, header_style="cyan", pad_edge=False, padding=(0, 2, 0, 0))
    for name in names[:COLUMNS]:
        numbers = _all_numbers(row.get(name) for row in rows[:ROWS])
        table.add_column(Text(clean(str(name))), justify="right" if numbers else "left")
    for row in rows[:ROWS]:
        table.add_row(*(Text(cell(row.get(name))) for name in names[:COLUMNS]))
    notes = [*_more(len(rows) - ROWS)]
    if len(names) > COLUMNS:
        notes.append(f"… and {count(len(names) - COLUMNS, 'more column')}")
    return Group(table, Text("\n".join(notes), style="dim")) if notes else table


def _all_numbers(values: Iterable[Any]) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def _more(left: int) -> list[str]:
    return [f"… and {left:,} more"] if left > 0 else []
