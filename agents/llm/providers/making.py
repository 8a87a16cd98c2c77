"""Makes whoever speaks to a connection's models; heavy to load, so only when there is one."""

from agents.contract import Grants
from agents.llm.catalogue import Catalogue
from agents.llm.providers import scripted
from agents.llm.shapes import Provider
from graph.connections import Connection
from graph.errors import BadInput


def made(connection: Connection, catalogue: Catalogue, grants: Grants | None = None) -> Provider:
    """A speaker to the models of a connection. It takes seconds: call it in a thread.

    Raises BadInput for a connection that leads to no models, or to what is no address;
    NotGranted for one that may not be followed with these grants.
    """
    if connection.kind == scripted.NAME:
        return scripted.ScriptedProvider()
    if connection.kind not in ("anthropic", "openai", "openai_compatible"):
        raise BadInput(
            f"The connection {connection.name!r} is of the kind {connection.kind!r}, "
            "which leads to no models."
        )
    from agents.llm.providers.wires import let_pass  # noqa: PLC0415 - httpx2 takes a while, too

    if grants is not None:
        let_pass(connection, grants)
    if connection.kind == "anthropic":
        from agents.llm.providers.anthropic import (  # noqa: PLC0415 - the SDK takes seconds
            AnthropicProvider,
        )

        return AnthropicProvider(connection, catalogue)
    from agents.llm.providers.openai import OpenAIProvider  # noqa: PLC0415 - the same

    return OpenAIProvider(connection, catalogue)
