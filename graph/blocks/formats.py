"""JSON and CSV: between text and values."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec

from graph.block import block
from graph.blocks.bounds import LONGEST_TEXT, bound_cells, bound_text
from graph.errors import BadInput
from graph.spec import Example, Look
from graph.values import as_text

# The csv module keeps one limit for the whole process; its default, 131,072 characters, is less
# than a longer text in a cell.
csv.field_size_limit(LONGEST_TEXT)


@block(
    "data.parse_json",
    title="Parse JSON",
    icon="mdi6.code-json",
    search=("decode", "read", "load", "jsonl", "ndjson", "lines"),
    examples=[
        Example({"text": '{"a": [1, true, null]}'}, {"a": [1, True, None]}),
        Example(
            {"text": '{"a": 1}\n{"a": 2}\n', "lines": True}, [{"a": 1}, {"a": 2}], "JSON Lines"
        ),
    ],
)
def parse_json(
    text: Annotated[str | bytes, "The JSON."],
    lines: Annotated[bool, "Whether each line is a value of its own (JSON Lines)."] = False,
) -> Any:
    """Turn JSON into a value."""
    return list(json_lines(text)) if lines else _decoded(text, 1)


def json_lines(text: str | bytes) -> Iterator[Any]:
    """The value of each line that isn't empty. Raises BadInput naming the line."""
    raw = text.encode() if isinstance(text, str) else text
    for number, line in enumerate(raw.split(b"\n"), 1):
        if line.strip():
            yield _decoded(line, number)


def _decoded(text: str | bytes, line: int) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise _unreadable(text, line, str(error)) from None
    except (UnicodeError, ValueError) as error:
        raise BadInput(f"This is no JSON: {error}.") from None
    except RecursionError:
        raise BadInput("The JSON is nested too deeply.") from None


def _unreadable(text: str | bytes, first: int, reason: str) -> BadInput:
    """The error with line and column in place of the byte that msgspec names."""
    raw = text.encode(errors="replace") if isinstance(text, str) else text
    found = re.search(r"\s*\(byte (\d+)\)", reason)
    at = int(found[1]) if found else len(raw)
    line = first + raw.count(b"\n", 0, at)
    column = at - (raw.rfind(b"\n", 0, at) + 1) + 1
    what = re.sub(r"\s*\(byte \d+\)", "", reason).removeprefix("JSON is malformed: ").rstrip(".")
    if not raw.strip():
        return BadInput("This is no JSON: it is empty.")
    return BadInput(f"This is no JSON: {what} at line {line}, column {column}.")


@block(
    "data.format_json",
    title="Format JSON",
    icon="mdi6.code-braces",
    search=("encode", "write", "dump", "serialize", "stringify", "pretty"),
    examples=[
        Example({"value": {"b": 1, "a": [True, None]}}, '{"b":1,"a":[true,null]}'),
        Example(
            {"value": {"b": 1, "a": 2}, "indent": 2, "sort": True},
            '{\n  "a": 2,\n  "b": 1\n}',
            "Laid out to read",
        ),
    ],
)
def format_json(
    value: Annotated[Any, "The value."],
    indent: Annotated[int, "Blanks for each level; 0 writes everything on one line."] = 0,
    sort: Annotated[bool, "Whether fields are sorted by name."] = False,
) -> str:
    """Turn a value into JSON; times become ISO 8601 texts, bytes Base64."""
    if not 0 <= indent <= 8:
        raise BadInput(f"The indent must be from 0 to 8, not {indent}.")
    encoded = _encoded(value, sort)
    if indent:
        bound_text(len(encoded) + _indentation(value, indent))
        encoded = msgspec.json.format(encoded, indent=indent)
    return encoded.decode()


def _encoded(value: Any, sort: bool) -> bytes:
    try:
        return msgspec.json.encode(value, order="sorted" if sort else None)
    except (TypeError, UnicodeError, ValueError) as error:
        raise BadInput(f"The value can't be written as JSON: {error}.") from None
    except RecursionError:
        raise BadInput("The value is nested too deeply for JSON.") from None


def _indentation(value: Any, indent: int) -> int:
    """How many blanks and line ends the indented form has, level by level.

    Nesting multiplies with the number of lines, so what is small on one line may be huge here.
    """
    total, depth, level = 0, 0, [value]
    while level:
        inner = [one for outer in level for one in _items(outer)]
        total += len(inner) * (1 + indent * (depth + 1)) + len(level) * (1 + indent * depth)
        depth, level = depth + 1, [one for one in inner if isinstance(one, (Mapping, list, tuple))]
    return total


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, (list, tuple)) else ()


Separator = Annotated[str, "One character; `auto` finds it in the first line."]


@block(
    "data.parse_csv",
    title="Parse CSV",
    icon="mdi6.file-delimited-outline",
    search=("table", "spreadsheet", "excel", "tsv", "read", "columns"),
    examples=[
        Example({"text": "name,age\nAda,36\n"}, [{"name": "Ada", "age": "36"}]),
        Example(
            {"text": "Ada;36;\nBob;;true", "header": False, "separator": "auto", "guess": True},
            [
                {"column_1": "Ada", "column_2": 36, "column_3": None},
                {"column_1": "Bob", "column_2": None, "column_3": True},
            ],
            "Without a header, with values",
        ),
    ],
)
def parse_csv(
    text: Annotated[str, "The CSV.", Look("lines")],
    header: Annotated[bool, "Whether the first line names the columns."] = True,
    columns: Annotated[Sequence[str], "Names to use instead of the header's."] = (),
    separator: Separator = ",",
    guess: Annotated[
        bool, "Whether numbers, true, false and empty cells become values; else all is text."
    ] = False,
    short: Annotated[
        Literal["fail", "allow"], "What to do about a line with fewer cells.", Look(more=True)
    ] = "fail",
) -> list[dict[str, Any]]:
    """Turn CSV into a list of records, one for each line."""
    text = text.removeprefix("\ufeff")
    separator = _found_separator(text) if separator == "auto" else separator
    return list(
        csv_records(
            _lines(text),
            header=header,
            columns=columns,
            separator=separator,
            guess=guess,
            short=short,
        )
    )


def csv_records(
    lines: Iterable[str],
    *,
    header: bool = True,
    columns: Sequence[str] = (),
    separator: str = ",",
    guess: bool = False,
    short: Literal["fail", "allow"] = "fail",
) -> Iterator[dict[str, Any]]:
    """The records of a CSV that comes line by line, each with its line end.

    Empty lines are passed over. Raises BadInput naming the line that doesn't fit.
    """
    rows, names = _rows(lines, separator), _unique(columns)
    if header:
        _, first = next(rows, (0, []))
        names = names or _unique(first)
    for line, row in rows:
        names = names or _unique([""] * len(row))
        if len(row) > len(names) or (len(row) < len(names) and short == "fail"):
            raise BadInput(
                f"Line {line} has {len(row)} cells for {len(names)} columns.",
                cure="Check its quotes, and the separator.",
            )
        yield dict(zip(names, map(_guessed, row) if guess else row, strict=False))


def _rows(lines: Iterable[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that isn't empty, with the number of its last line."""
    if len(separator) != 1 or separator in '"\r\n':
        raise BadInput(f"The separator must be one character, not {separator!r}.")
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        yield from ((reader.line_num, row) for row in reader if row)
    except csv.Error as error:
        raise BadInput(f"Line {reader.line_num} is no CSV: {error}.") from None


def _lines(text: str) -> Iterator[str]:
    """The lines with their ends: only the three that CSV knows, unlike `str.splitlines`."""
    return (match[0] for match in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text))


def _found_separator(text: str) -> str:
    """The likeliest separator: the one that the first line, without its quotes, has most of."""
    first = re.sub(r'"[^"]*"', "", text[:10_000]).lstrip("\r\n").partition("\n")[0]
    return max(",;\t|", key=first.count)


def _unique(names: Sequence[str]) -> list[str]:
    """The names of the columns; one without is called after its number."""
    made = [name or f"column_{number}" for number, name in enumerate(names, 1)]
    if len(set(made)) < len(made):
        twice = next(name for name, count in Counter(made).items() if count > 1)
        raise BadInput(f"Two columns are called {twice!r}.", cure="Give the names as `columns`.")
    return made


_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,30})(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
_WORDS = {"": None, "true": True, "false": False, "True": True, "False": False}


def _guessed(cell: str) -> Any:
    """The value a cell stands for; whatever JSON would not take as a number stays text: 007."""
    if cell in _WORDS:
        return _WORDS[cell]
    number = _NUMBER.fullmatch(cell)
    if number is None:
        return cell
    return float(cell) if number[1] or number[2] else int(cell)


@block(
    "data.format_csv",
    title="Format CSV",
    icon="mdi6.file-table-outline",
    search=("table", "spreadsheet", "excel", "tsv", "write", "export"),
    examples=[
        Example({"items": [{"name": "Ada", "age": 36}]}, "name,age\nAda,36\n"),
        Example(
            {"items": [{"a": 'say "hi", twice', "b": [1, 2]}, {"a": None}], "columns": ["b", "a"]},
            'b,a\n"[1, 2]","say ""hi"", twice"\n,\n',
            "Chosen columns; lists and records come as JSON",
        ),
    ],
)
def format_csv(
    items: Annotated[Sequence[Mapping[str, Any]], "The list of records."],
    columns: Annotated[Sequence[str], "Which fields, in this order; none: all there are."] = (),
    separator: Annotated[str, "One character."] = ",",
    header: Annotated[bool, "Whether the first line names the columns."] = True,
    guard: Annotated[
        bool,
        "Whether texts that a spreadsheet would take for a formula get a ' in front.",
        Look(more=True),
    ] = False,
) -> str:
    """Turn a list of records into CSV."""
    names = columns or list({name: None for item in items for name in item})
    bound_cells(len(items), len(names))
    rows = ([as_text(item.get(name)) for name in names] for item in items)
    return csv_text([list(names), *rows] if header else rows, separator=separator, guard=guard)


def csv_text(rows: Iterable[Sequence[str]], *, separator: str = ",", guard: bool = False) -> str:
    """The rows as CSV, a line feed after each. Raises BadInput for an unusable separator."""
    if len(separator) != 1 or separator in '"\r\n':
        raise BadInput(f"The separator must be one character, not {separator!r}.")
    special = re.compile(rf'[{re.escape(separator)}"\r\n]|^\s|\s$')
    lines = list[str]()
    for row in rows:
        cells = (_guarded(cell) if guard else cell for cell in row)
        line = separator.join(_quoted(cell) if special.search(cell) else cell for cell in cells)
        lines.append((line or '""') + "\n")
    return "".join(lines)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
