"""A model that was chosen: who serves it, what it costs, and why it was."""

from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec

from agents.llm.catalogue import FREE, Known, Price
from agents.llm.providers import scripted
from graph.connections import Connection


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A model, whoever serves it, what is known of it, and why it was chosen."""

    connection: Connection
    model: str
    known: Known | None = None
    reason: str = "named"

    @property
    def name(self) -> str:
        return f"{self.connection.name}/{self.model}"

    @property
    def price(self) -> Price | None:
        """None when nobody knows it; a model on this very machine costs nothing."""
        if self.known is not None and self.known.price is not None:
            return self.known.price
        return FREE if is_here(self.connection) else None


def is_here(connection: Connection) -> bool:
    """Whether a connection leads to a model on this machine, or to nothing but rules."""
    if connection.kind == scripted.NAME:
        return True
    if connection.kind != "openai_compatible":  # a gateway, behind which somebody counts
        return False
    host = urlsplit(connection.get("base_url")).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
