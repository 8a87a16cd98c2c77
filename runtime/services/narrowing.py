"""What a request may ask to be granted: the same as its server, or less."""

from collections.abc import Mapping
from typing import Any

import msgspec

from agents.contract import Grants
from graph.errors import HeddleError
from runtime.inputs import is_inside


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
            if not is_inside(path, within):
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
