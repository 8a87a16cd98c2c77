"""Data as a module of Luau, which scripts in Roblox can require."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graph.errors import BadInput

DEEPEST = 50
"""Tables within tables."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_WORDS = frozenset(
    (
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in",
        "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
        "continue",
    )
)  # fmt: skip
_INDENT = "\t"


def module_of(data: Mapping[str, Any]) -> str:
    """The text of a module that gives the data. Raises BadInput for what is nested too deeply."""
    return f"--!strict\nreturn {''.join(_written(data, 0))}\n"


def _written(value: Any, depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        raise BadInput(f"Data for Roblox has at most {DEEPEST} tables within each other.")
    match value:
        case Mapping():
            given = {key: one for key, one in value.items() if one is not None}
            yield from _table(((_key(key), one) for key, one in given.items()), depth)
        case str():
            yield quoted(value)
        case Sequence():
            yield from _table((("", one) for one in value), depth)
        case _:
            yield _plain(value)


def _table(members: Iterator[tuple[str, Any]], depth: int) -> Iterator[str]:
    empty = True
    yield "{"
    for key, value in members:
        empty = False
        yield f"\n{_INDENT * (depth + 1)}{key}"
        yield from _written(value, depth + 1)
        yield ","
    yield "}" if empty else f"\n{_INDENT * depth}}}"


def _key(name: str) -> str:
    return f"{name} = " if _NAME.match(name) and name not in _WORDS else f"[{quoted(name)}] = "


def _plain(value: Any) -> str:
    match value:
        case None:  # only in a list, where the others are to keep their places
            return "nil"
        case bool():
            return str(value).lower()
        case float() if not math.isfinite(value):
            return "0/0" if math.isnan(value) else "math.huge" if value > 0 else "-math.huge"
    return repr(value)


def quoted(text: str) -> str:
    """A text as Luau writes it."""
    return '"' + "".join(_escaped(letter) for letter in text) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    if letter == "\n":
        return "\\n"
    return letter if letter.isprintable() else f"\\u{{{ord(letter):X}}}"
