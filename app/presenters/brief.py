"""A value in a few words, however large it is: for a line on a card or a label on a link."""

from collections.abc import Mapping
from typing import Any

from runtime.large import Large

LONGEST = 80


def brief(value: Any, longest: int = LONGEST) -> str:
    """What a person would say of the value on one line. Costs the same for a large one."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return _first_line(value[: longest * 4], longest) or "empty text"
    if isinstance(value, bytes | bytearray):
        return f"{len(value):,} bytes"
    if isinstance(value, list | tuple):
        return _counted(value)
    if isinstance(value, Mapping):
        return _named(value, longest)
    if isinstance(value, Large):
        return _large(value, longest)
    return str(value)[:longest]


def _large(value: Large, longest: int) -> str:
    if value.kind == "list":
        return f"{value.size:,} {'rows' if _rows(value.head) else 'items'}"
    return brief(value.head, longest) if value.kind != "bytes" else repr(value)


def _rows(items: Any) -> bool:
    return bool(items) and isinstance(items[0], Mapping)


def _first_line(text: str, longest: int) -> str:
    lines = (line.strip() for line in text.splitlines())
    line = next((line for line in lines if line), "")
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _counted(items: "list[Any] | tuple[Any, ...]") -> str:
    if not items:
        return "empty list"
    if len(items) == 1:
        return "1 row" if isinstance(items[0], Mapping) else "1 item"
    return f"{len(items):,} {'rows' if isinstance(items[0], Mapping) else 'items'}"


def _named(record: Mapping[Any, Any], longest: int) -> str:
    if not record:
        return "empty record"
    names: list[str] = []
    for name in record:
        names.append(str(name))
        if len(names) > 6:
            break
    text = ", ".join(names)
    return text if len(text) <= longest else text[: longest - 1] + "…"
