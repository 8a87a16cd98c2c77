"""Which Heddle this is, and the libraries it is made of with their licences."""

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import NamedTuple

HEDDLE = "heddle-studio"
PREFIX = "License :: OSI Approved :: "
_NAME = re.compile(r"[\w.-]+")


class Library(NamedTuple):
    """One library that Heddle stands on."""

    name: str
    version: str
    licence: str


def version() -> str:
    """The version of Heddle; "" when it isn't installed but run from its sources."""
    found = _found(HEDDLE)
    return found.version if found else ""


def libraries() -> Iterator[Library]:
    """What Heddle asks for by name, as far as it is installed here."""
    heddle = _found(HEDDLE)
    for line in (heddle.requires or []) if heddle else []:
        name = _NAME.match(line)
        found = _found(name.group()) if name else None
        if found is not None:
            yield Library(found.name, found.version, _licence(found))


def _found(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _licence(library: Distribution) -> str:
    """The licence as the library itself names it, in one line."""
    said = library.metadata
    fields = (said.get_all(field) or [""] for field in ("License-Expression", "License"))
    expression = next((str(first) for first, *_ in fields if first), "")
    if expression and len(expression) < 60:
        return expression
    named = [c.removeprefix(PREFIX) for c in said.get_all("Classifier") or [] if PREFIX in c]
    return ", ".join(named) or "see its page"
