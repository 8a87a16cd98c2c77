"""Makes whoever speaks to a connection's models; heavy to load, so only when there is one."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from agents.errors import NotGranted
from agents.hosts import is_forbidden
from agents.llm.catalogue import Catalogue
from agents.llm.providers import scripted
from agents.llm.shapes import Provider
from graph.connections import Connection
from graph.errors import BadInput


def made(connection: Connection, catalogue: Catalogue) -> Provider:
    """A speaker to the models of a connection. It takes seconds: call it in a thread.

    Raises BadInput for a connection that leads to no models, or to an address that can't be.
    """
    if connection.kind == scripted.NAME:
        return scripted.ScriptedProvider()
    _check(connection)
    match connection.kind:
        case "anthropic":
            from agents.llm.providers.anthropic import (  # noqa: PLC0415 - the SDK takes seconds
                AnthropicProvider,
            )

            return AnthropicProvider(connection, catalogue)
        case "openai" | "openai_compatible":
            from agents.llm.providers.openai import (  # noqa: PLC0415 - the SDK takes seconds
                OpenAIProvider,
            )

            return OpenAIProvider(connection, catalogue)
    raise BadInput(
        f"The connection {connection.name!r} is of the kind {connection.kind!r}, "
        "which leads to no models."
    )


def _check(connection: Connection) -> None:
    """Raises BadInput for an address that is none, NotGranted for one nobody may reach."""
    base = connection.get("base_url")
    if not base:
        return
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadInput(
            f"The address of the connection {connection.name!r} can't be read.",
            cure="Write http://HOST:PORT/v1 or https://HOST/v1.",
        )
    try:
        forbidden = is_forbidden(parts.hostname)
    except ValueError:
        return  # a name
    if forbidden:
        raise NotGranted(
            f"{ip_address(parts.hostname)} is an address of this machine's surroundings"
            " that nothing may reach."
        )
