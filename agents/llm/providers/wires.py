"""How long a service may be silent, and how many wires there are to one."""

import httpx2

from graph.connections import Connection
from graph.errors import BadInput

LIMITS = httpx2.Limits(max_connections=None, max_keepalive_connections=64)
"""How many go at a time is for the guard to say; a second bound would only make them wait."""

PATIENCE = 120.0
"""Seconds without a sign of life after which a service is given up, where nothing is said."""

CONNECT = 30.0
"""Seconds to connect: a machine that begins a thousand streams at once is busy for a while."""


def patience(connection: Connection) -> httpx2.Timeout:
    """The time limits of a connection. Raises BadInput."""
    said = connection.get("patience")
    try:
        seconds = float(said) if said else PATIENCE
    except ValueError:
        raise BadInput(
            f"The connection {connection.name!r} has the patience {said!r}.",
            cure="Give it in seconds.",
        ) from None
    return httpx2.Timeout(seconds, connect=min(CONNECT, seconds))
