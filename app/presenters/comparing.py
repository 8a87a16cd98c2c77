"""What is different between two values: lines of text, or places in records and lists."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from app.presenters.tables import as_text, one_line

MOST_LINES = 4000
"""Lines of a text that are compared."""

MOST_CHANGES = 1000
DEEPEST = 50

Sign = Literal["+", "-", "~", " ", "@"]


class Line(NamedTuple):
    """One line of a comparison: came, went, changed, the same, or where it is."""

    sign: Sign
    text: str


def compared(before: Any, after: Any) -> list[Line]:
    """How the second value differs from the first; nothing when they are the same."""
    if before == after:
        return []
    if isinstance(before, str) and isinstance(after, str):
        return _texts(before, after)
    found = list[Line]()
    for line in _places(before, after, "", 0):
        if len(found) >= MOST_CHANGES:
            found.append(Line("@", "… and more"))
            break
        found.append(line)
    return found


def _texts(before: str, after: str) -> list[Line]:
    old, new = before.splitlines(), after.splitlines()
    lines = difflib.unified_diff(old[:MOST_LINES], new[:MOST_LINES], n=2, lineterm="")
    found = [_line(line) for line in lines if not line.startswith(("---", "+++"))]
    if max(len(old), len(new)) > MOST_LINES:
        found.append(Line("@", f"Only the first {MOST_LINES:,} lines are compared."))
    return found


def _line(text: str) -> Line:
    match text[:1]:
        case "+":
            return Line("+", text[1:])
        case "-":
            return Line("-", text[1:])
        case "@":
            return Line("@", text)
    return Line(" ", text[1:])


def _places(before: Any, after: Any, place: str, depth: int) -> Iterator[Line]:
    if before == after:
        return
    if depth < DEEPEST and isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            yield from _part(before, after, name, f"{place}.{name}" if place else str(name), depth)
    elif depth < DEEPEST and isinstance(before, list) and isinstance(after, list):
        yield from _lists(before, after, place, depth)
    else:
        where = f"{place}: " if place else ""
        yield Line("~", f"{where}{_shown(before)} → {_shown(after)}")


def _part(
    before: Mapping[Any, Any], after: Mapping[Any, Any], name: Any, place: str, depth: int
) -> Iterator[Line]:
    if name not in before:
        yield Line("+", f"{place}: {_shown(after[name])}")
    elif name not in after:
        yield Line("-", f"{place}: {_shown(before[name])}")
    else:
        yield from _places(before[name], after[name], place, depth + 1)


def _lists(before: list[Any], after: list[Any], place: str, depth: int) -> Iterator[Line]:
    shared = min(len(before), len(after))
    for index in range(shared):
        yield from _places(before[index], after[index], f"{place}[{index}]", depth + 1)
    for index in range(shared, len(before)):
        yield Line("-", f"{place}[{index}]: {_shown(before[index])}")
    for index in range(shared, len(after)):
        yield Line("+", f"{place}[{index}]: {_shown(after[index])}")


def _shown(value: Any) -> str:
    return one_line(value, 120) if value not in (None, "") else as_text(value) or '""'
