"""Paths with places in them, such as `/lessons/{id}`, and those that requests name."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from graph.errors import BadInput

PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]{0,62})\}\Z")
LITERAL = re.compile(r"[A-Za-z0-9._~!$'()*,;=:@-]+\Z")
RESERVED = ("openapi.json", "docs", "runs")
"""First parts of paths that the gateway answers itself."""
LONGEST = 400
MOST_PARTS = 20
CURE = "Write it like /lessons/{id}: parts of letters, digits, - and _, or places in braces."


class Part(NamedTuple):
    """What stands between two slashes: a text, or a place of that name."""

    text: str
    is_place: bool


def parts_of(path: str) -> tuple[Part, ...]:
    """The parts of an endpoint's path. Raises BadInput."""
    if not path.startswith("/") or len(path) > LONGEST:
        raise BadInput(f"path: {path!r} doesn't begin with a slash, or is too long.", cure=CURE)
    parts = tuple(_part(text, path) for text in path[1:].split("/"))
    if len(parts) > MOST_PARTS:
        raise BadInput(f"path: {path!r} has more than {MOST_PARTS} parts.")
    if not parts[0].is_place and parts[0].text in RESERVED:
        raise BadInput(
            f"path: /{parts[0].text} is answered by the gateway itself.",
            cure="Choose another first part.",
        )
    names = [part.text for part in parts if part.is_place]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise BadInput(f"path: {path!r} has {{{twice}}} twice.", cure="Name each place once.")
    return parts


def _part(text: str, path: str) -> Part:
    if place := PLACE.match(text):
        return Part(place[1], True)
    if not LITERAL.match(text) or text in (".", ".."):
        raise BadInput(f"path: {text!r} can't be a part of {path!r}.", cure=CURE)
    return Part(text, False)


def places_of(path: str) -> tuple[str, ...]:
    """The names of the places in an endpoint's path, in their order."""
    return tuple(part.text for part in parts_of(path) if part.is_place)


def asked(raw: bytes) -> list[str] | None:
    """The parts of the path of a request, each decoded by itself; None for what is no text.

    So a slash that was written as %2F stays within its part.
    """
    try:
        text = raw.decode("ascii")
        if "%" not in text:
            return text.split("/")
        return [unquote_to_bytes(part).decode() for part in text.split("/")]
    except UnicodeDecodeError:
        return None


def written(parts: Sequence[Part]) -> str:
    """The path with its places unnamed: two paths that are written alike are met by the same."""
    return "/" + "/".join("{}" if part.is_place else part.text for part in parts)
