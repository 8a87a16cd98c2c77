"""Versions of schemas: semantic versioning's three numbers, compared as numbers."""

import re
from collections.abc import Iterable

from graph.errors import BadInput

_VERSION = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})", re.ASCII)

Numbers = tuple[int, int, int]


def numbers_of(version: str) -> Numbers:
    """The numbers of `1.0.0`. Raises BadInput."""
    if (found := _VERSION.fullmatch(version)) is None:
        raise BadInput(f"{version!r} is no version.", cure="Write three numbers: 1.0.0.")
    major, minor, patch = found.groups()
    return int(major), int(minor), int(patch)


def in_order(versions: Iterable[str]) -> list[str]:
    """The versions, the oldest first."""
    return sorted(versions, key=numbers_of)


def following(version: str, *, breaking: bool) -> str:
    """The version after one: another first number where something breaks, else another second."""
    major, minor, _ = numbers_of(version)
    return f"{major + 1}.0.0" if breaking else f"{major}.{minor + 1}.0"
