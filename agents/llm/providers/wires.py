"""The wires to a service: where they may lead, how many there are, how long it may be silent."""

import socket
from urllib.request import getproxies, proxy_bypass

import httpx2

from agents.bodies import Bounded
from agents.contract import Grants
from agents.door import Door
from agents.hosts import allow_connection, checked_as_written
from agents.llm.errors import Endless
from graph.connections import Connection
from graph.errors import BadInput

LIMITS = httpx2.Limits(max_connections=None, max_keepalive_connections=64)
"""How many go at a time is for the guard to say; a second bound would only make them wait."""

PATIENCE = 120.0
"""Seconds without a sign of life after which a service is given up, where nothing is said."""

CONNECT = 30.0
"""Seconds to connect: a machine that begins a thousand streams at once is busy for a while."""

ADDRESSES = {"anthropic": "https://api.anthropic.com", "openai": "https://api.openai.com/v1"}
"""Where services are that a connection names no address of."""

_ALIVE = ((socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),)
"""A model that thinks says nothing for minutes; what is on the way must not forget the wire."""


def client(connection: Connection) -> httpx2.AsyncClient:
    """What both clients send through: to the connection's own host and nowhere else.

    No redirect is followed, since it would take the key along. Where the environment names a
    proxy, that looks for the address. Raises NotGranted for one that is forbidden as it is written.
    """
    url = address(connection)
    proxy = _proxy(url)
    if proxy:
        checked_as_written(url.raw_host.decode())
    through = httpx2.AsyncHTTPTransport(limits=LIMITS, socket_options=_ALIVE, proxy=proxy)

    def refuse(what: str) -> Endless:
        return Endless(f"{connection.name}: {what}.", cure="Choose another model.")

    return httpx2.AsyncClient(
        transport=Bounded(through if proxy else Door(through), refuse),
        timeout=patience(connection),
    )


def _proxy(url: httpx2.URL) -> str | None:
    if proxy_bypass(url.host):
        return None
    said = getproxies()
    proxy = said.get(url.scheme) or said.get("all") or ""
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy or None


def address(connection: Connection) -> httpx2.URL:
    """Where a connection leads. Raises BadInput for what is no address."""
    try:
        url = httpx2.URL(connection.get("base_url") or ADDRESSES.get(connection.kind, ""))
    except (httpx2.InvalidURL, UnicodeError):
        url = httpx2.URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise BadInput(
            f"The address of the connection {connection.name!r} can't be read.",
            cure="Write http://HOST:PORT/v1 or https://HOST/v1.",
        )
    return url


def let_pass(connection: Connection, grants: Grants) -> None:
    """Raises NotGranted where connections are confined to hosts that this one's isn't among."""
    url = address(connection)
    port = url.port or (443 if url.scheme == "https" else 80)
    allow_connection(grants, connection.name, url.raw_host.decode(), port)


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
