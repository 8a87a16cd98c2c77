"""Values as they are typed into a cell: texts as they are, anything else as JSON."""

import csv
import io
import json
from typing import Any

from app.editor.fields.json_field import NotJson, read_json

MARKS = frozenset('"-0123456789[{tfn')
"""What JSON that isn't plain text begins with."""


def read_cell(text: str) -> Any:
    """What is typed: JSON, such as a number, true or a text in quotes; anything else is a text."""
    plain = text.strip()
    if not plain or plain[0] not in MARKS:
        return text
    try:
        return read_json(plain)
    except NotJson:
        return text


def written_cell(value: Any) -> str:
    """The value as it is typed: texts in quotes only where they would be taken for others."""
    if isinstance(value, str) and value and read_cell(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def read_pasted(text: str) -> list[list[str]]:
    """The rows that a spreadsheet puts on the clipboard, or lines of values split by commas."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    split = "\t" if "\t" in lines or "," not in lines else ","
    return [row for row in csv.reader(io.StringIO(lines), delimiter=split) if row]
