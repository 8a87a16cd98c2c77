"""Texts with {places}: read strictly, filled from plain values, with nothing to run in them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graph.errors import BadInput
from graph.paths import MISSING, Path, find, look_up, read_path
from graph.values import as_text


class Place(NamedTuple):
    """Where a value goes: the path to it, as written, and the line it stands in."""

    path: Path
    text: str
    line: int


Template = tuple[str | Place, ...]

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def read_template(text: str) -> Template:
    """The pieces of a template. Raises BadInput naming the line that can't be read.

    `{{` and `}}` stand for braces. A place holds a path and nothing else: no conversion, no
    format, no attribute.
    """
    pieces, at = list[str | Place](), 0
    for token in _TOKEN.finditer(text):
        pieces.append(text[at : token.start()])
        pieces.append(_piece(token, text))
        at = token.end()
    pieces.append(text[at:])
    return tuple(piece for piece in pieces if piece)


def _piece(token: re.Match[str], text: str) -> str | Place:
    if token[0] in ("{{", "}}"):
        return token[0][0]
    line = text.count("\n", 0, token.start()) + 1
    if token[1] is None:
        raise BadInput(
            f"Line {line}: {token[0]!r} stands alone.",
            cure=f"Write {token[0] * 2} for a brace that is meant as one.",
        )
    place = token[1].strip()
    if not place or (re.search("[!:]", place) and "[" not in place):
        raise BadInput(
            f"Line {line}: {token[0]} names no value.",
            cure="A place holds a name or a path such as {user.name}, and no format.",
        )
    return Place(read_path(place), place, line)


def fill(template: Template, values: Mapping[str, Any], *, blank: bool = False) -> Iterator[str]:
    """The pieces with values put in. A missing value is nothing when `blank`, else BadInput."""
    for piece in template:
        yield piece if isinstance(piece, str) else _filled(piece, values, blank)


def _filled(place: Place, values: Mapping[str, Any], blank: bool) -> str:
    if blank:
        value = find(values, place.path)
        return "" if value is MISSING else as_text(value)
    try:
        return as_text(look_up(values, place.path))
    except BadInput as problem:
        reason = f"Line {place.line}: {{{place.text}}} has no value. {problem.message}"
        raise BadInput(reason, cure=problem.cure) from None
