"""What a request may ask to be granted: the same as its server, or less."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import msgspec

from agents.contract import Grants
from graph.errors import HeddleError


class TooMuch(HeddleError):
    """More was asked for than the server may give."""


def narrowed(own: Grants, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked for, if it is within a server's own grants. Raises TooMuch."""
    if not asked:
        return {}
    if "resources" in asked:
        raise TooMuch("The resources are the server's own.", cure="Leave them out.")
    try:
        wanted = msgspec.convert(msgspec.to_builtins(own) | dict(asked), Grants)
    except msgspec.ValidationError as error:
        raise TooMuch(f"That is nothing that can be granted: {error}.") from error
    for name, paths, within in (
        ("folder", (wanted.folder,), own.reads),
        ("reads", wanted.reads, (*own.reads, *own.writes)),
        ("writes", wanted.writes, own.writes),
    ):
        for path in paths:
            if not _inside(path, within):
                raise TooMuch(f"{name}: the server may not use {path}.", cure=_CURE)
    for name, all_of, of in (
        ("hosts", wanted.hosts, own.hosts),
        ("databases", wanted.databases, own.databases),
    ):
        if extra := [one for one in all_of if one not in of and "*" not in of]:
            raise TooMuch(f"{name}: the server may not reach {', '.join(extra)}.", cure=_CURE)
    if own.confines_connections and not wanted.confines_connections:
        raise TooMuch("The server's connections are confined to its hosts.", cure=_CURE)
    return dict(asked)


_CURE = "Start it with more `--allow-…`."


def _inside(path: str, folders: Collection[str]) -> bool:
    """Whether a path leads into one of the folders, links followed: a grant follows them too."""
    wanted = Path(path)
    if not wanted.is_absolute():
        return False
    try:
        real = os.path.realpath(wanted)
    except ValueError:  # it has characters that no path has
        return False
    return any(Path(real).is_relative_to(os.path.realpath(folder)) for folder in folders)
