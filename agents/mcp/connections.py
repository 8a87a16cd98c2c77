"""What a connection to an MCP server holds, and trying it out."""

import asyncio
from pathlib import Path

from agents.mcp.snapshot import Snapshot, forget, keep
from graph.connections import Connection, ConnectionField, ConnectionKind

MCP = "mcp"

KIND = ConnectionKind(
    kind=MCP,
    title="MCP server",
    icon="mdi6.toolbox-outline",
    help="Tools that another program offers: one that is started here, or one at an address. "
    "Fill in the command or the address.",
    fields=(
        ConnectionField(
            "command",
            "Command",
            "What starts the server: the program and its arguments, as in a terminal. "
            "It starts in a folder of its own, so write files with their whole path.",
            editor="command",
        ),
        ConnectionField("url", "Address", "Of a server over HTTP: https://host/mcp.", editor="url"),
        ConnectionField(
            "reads",
            "Tools that only read",
            "Their names, one a line; * for every tool that says so of itself. An agent uses them "
            "without asking you. Of any other, what it says of itself isn't taken for granted.",
            editor="lines",
        ),
        ConnectionField(
            "environment",
            "Environment",
            "Variables for the command, one a line: NAME=value. "
            "Beside these it gets only what every program needs, such as PATH.",
            secret=True,
            editor="lines",
        ),
        ConnectionField(
            "token", "Token", "Sent to the address as `Authorization: Bearer …`.", secret=True
        ),
        ConnectionField(
            "headers",
            "Headers",
            "Sent to the address with every request, one a line: Name: value.",
            secret=True,
            editor="lines",
        ),
    ),
    asks_first=True,
)
CONNECTIONS = (KIND,)


async def try_out(connection: Connection) -> str:
    """What server answers, and with how many tools. Raises AgentError, BadInput."""
    return _said(await _looked(connection))


class Keeping:
    """Trying connections out so that the tools found are kept, and known as blocks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def try_out(self, connection: Connection) -> str:
        """See `try_out`."""
        found = await _looked(connection)
        await asyncio.to_thread(keep, self._folder, found)
        return _said(found)

    def forget(self, connection: str) -> None:
        """A connection is gone, and its tools with it."""
        forget(self._folder, connection)


async def _looked(connection: Connection) -> Snapshot:
    # The SDK takes a second to import, and only those who use it need spend that.
    from agents.mcp.looking import looked  # noqa: PLC0415 - see above

    return await looked(connection)


def _said(found: Snapshot) -> str:
    tools = ", ".join(tool.name for tool in found.tools[:5])
    more = ", …" if len(found.tools) > 5 else ""
    count = f"{len(found.tools)} tool{'' if len(found.tools) == 1 else 's'}"
    return f"{found.server or 'A server'}: {count}" + (f" ({tools}{more})" if tools else "")
