"""Values as tables: which columns there are, what stands in a cell, how rows are sorted."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from runtime.large import Large, Page, Place

Load = Callable[[Place, int, int, Callable[[Page], object]], object]
"""Asks for members of a large value; the last argument takes them once they are there."""

PAGE = 200
"""Rows of a large value that are asked for together."""

PENDING = "…"
"""Stands for what is still to be loaded."""

SAMPLE = 1000
"""Rows that are looked at for their columns."""

MOST_COLUMNS = 200
CELL = 200
"""Characters of a cell that are shown."""


class LargeRows:
    """The rows of a large value, of which those that are looked at are loaded."""

    def __init__(
        self, large: Large, load: Load | None, came: Callable[[int, int], object] | None
    ) -> None:
        self._large = large
        self._load = load
        self._came = came
        self._rows: dict[int, Any] = dict(enumerate(_rows_of(large.head)))
        self._asked = set[int]()

    def __len__(self) -> int:
        return self._large.size if self._load else len(self._rows)

    def __getitem__(self, number: int) -> Any:
        """The row, PENDING while it is being loaded."""
        if number not in self._rows:
            self._ask(number // PAGE)
        return self._rows.get(number, PENDING)

    def _ask(self, page: int) -> None:
        if page not in self._asked and self._load is not None:
            self._asked.add(page)
            self._load(self._large.place, page * PAGE, PAGE, self._take)

    def _take(self, page: Page) -> None:
        rows = list(zip(page.names, page.values, strict=True)) if page.names else page.values
        self._rows.update(enumerate(rows, page.start))
        if self._came is not None:
            self._came(page.start, page.start + len(rows) - 1)


def _rows_of(head: Any) -> Iterable[Any]:
    return head.items() if isinstance(head, Mapping) else head


class Table:
    """A value as rows and columns. `order` is how the rows are sorted: their numbers.

    `load` brings more of a large value; `came` is told which rows there are then.
    """

    def __init__(
        self,
        value: Any,
        load: Load | None = None,
        came: Callable[[int, int], object] | None = None,
    ) -> None:
        self._rows: Sequence[Any] | LargeRows
        if isinstance(value, Large):
            self.columns = _taken_apart(value.head)[0]
            self._rows = LargeRows(value, load, came)
        else:
            self.columns, self._rows = _taken_apart(value)
        self.order: Sequence[int] = range(len(self._rows))

    @property
    def can_be_sorted(self) -> bool:
        """Whether all of it is at hand."""
        return not isinstance(self._rows, LargeRows)

    def __len__(self) -> int:
        return len(self._rows)

    def value(self, row: int, column: int) -> Any:
        """What stands there, None when nothing does."""
        return self._at(self.order[row], column)

    def number(self, row: int) -> int:
        """Which row of the value is shown in this place, from 1."""
        return self.order[row] + 1

    def sort(self, column: int, descending: bool = False) -> None:
        """Sort by a column; numbers before texts, nothing at the end. -1 gives the first order."""
        if column < 0:
            self.order = range(len(self._rows))
            return
        present = [i for i in range(len(self._rows)) if self._at(i, column) is not None]
        absent = [i for i in range(len(self._rows)) if self._at(i, column) is None]
        present.sort(key=lambda i: _rank(self._at(i, column)), reverse=descending)
        self.order = [*present, *absent]

    def text(self, rows: Iterable[int], columns: Sequence[int], *, separator: str = "\t") -> str:
        """Rows as CSV, or with tabs as spreadsheets take them, with the names above."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=separator, lineterminator="\n")
        writer.writerow([self.columns[column] for column in columns])
        for row in rows:
            writer.writerow([whole(self.value(row, column)) for column in columns])
        return out.getvalue()

    def _at(self, number: int, column: int) -> Any:
        row = self._rows[number]
        if isinstance(row, Mapping):
            return row.get(self.columns[column])
        if isinstance(row, list | tuple):
            return row[column] if column < len(row) else None
        return row if not column else None


def _taken_apart(value: Any) -> tuple[list[str], Sequence[Any]]:
    if isinstance(value, Mapping):
        return ["Field", "Value"], [(str(name), one) for name, one in value.items()]
    sample = value[:SAMPLE]
    if all(isinstance(row, Mapping) for row in sample):
        names = dict.fromkeys(str(name) for row in sample for name in row)
        others = [row if isinstance(row, Mapping) else {} for row in value]
        return list(names)[:MOST_COLUMNS] or ["Value"], others
    if all(isinstance(row, list | tuple) for row in sample):
        width = min(MOST_COLUMNS, max(len(row) for row in sample))
        rows = [row if isinstance(row, list | tuple) else (row,) for row in value]
        return [str(number + 1) for number in range(width)] or ["Value"], rows
    return ["Value"], [(row,) for row in value]


def _rank(value: Any) -> tuple[int, Any]:
    if isinstance(value, bool):
        return (0, float(value))
    if isinstance(value, int | float):
        return (1, float(value)) if value == value else (1, float("-inf"))
    if isinstance(value, str):
        return (2, value.casefold())
    return (3, one_line(value))


def one_line(value: Any, width: int = CELL) -> str:
    """A value on one line."""
    match value:
        case None:
            return ""
        case str():
            text = value[: width * 4]
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return str(value)
        case bytes():
            return f"{len(value):,} bytes"
        case Large():
            return repr(value)
        case list() | tuple() if len(value) > 100:
            return f"{len(value):,} items"
        case _:
            text = as_json(value)
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1]}…"


def whole(value: Any) -> str:
    """A value as it is copied: text as it is, the rest as JSON."""
    if value is None:
        return ""
    if isinstance(value, Large):
        return repr(value)
    return value if isinstance(value, str) else as_json(value)


def as_json(value: Any, indent: int = 0) -> str:
    """A value as JSON, whatever is in it."""
    try:
        encoded = msgspec.json.encode(value, enc_hook=str)
    except (TypeError, ValueError, RecursionError):
        return repr(value)
    return (msgspec.json.format(encoded, indent=indent) if indent else encoded).decode()


def as_text(value: Any) -> str:
    """A value as a text to be read: JSON in lines, bytes as numbers and letters."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return "\n".join(_dumped(value[:16_000]))
    if isinstance(value, Large):
        beginning = as_text(value.head)
        return beginning if value.kind == "text" else f"{beginning}\n… {value!r} in all"
    return as_json(value, indent=2)


def _dumped(content: bytes) -> Iterable[str]:
    for start in range(0, len(content), 16):
        part = content[start : start + 16]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in part)
        yield f"{start:08x}  {part.hex(' '):<47}  {letters}"
