"""What a server offers: asked for, cut to what is bearable, and nothing of it believed."""

import tempfile
from pathlib import Path
from typing import Any

import mcp
import msgspec
from mcp.types import METHOD_NOT_FOUND

from agents.mcp.servers import reads_only, server_of
from agents.mcp.session import Session, listed
from agents.mcp.snapshot import ALL, LARGEST, LONGEST, LONGEST_NAME, MOST, Snapshot, Tool
from graph.connections import Connection


async def looked(connection: Connection) -> Snapshot:
    """What the server of a connection offers, in a session for this alone. Raises AgentError."""
    with tempfile.TemporaryDirectory() as folder:
        session = Session(connection, server_of(connection), Path(folder))
        await session.begin()
        try:
            return await offered(session)
        finally:
            await session.end()


async def offered(session: Session) -> Snapshot:
    """What the server of a session offers. Raises AgentError."""
    tools, server = await session.ask("which tools it has", _tools)
    schemas = _Schemas()
    known: dict[str, Tool] = {}
    for tool in tools:
        if 0 < len(tool.name) <= LONGEST_NAME and tool.name not in known:
            known[tool.name] = _tool(tool, session.connection, schemas)
    return Snapshot(session.name, server, tuple(known.values()))


async def _tools(client: mcp.Client) -> tuple[list[Any], str]:
    info = client.server_info
    server = f"{info.title or info.name} {info.version}".strip()[:100] if info else ""
    if client.server_capabilities.tools is None:
        return [], server
    try:
        return await listed(lambda cursor: client.list_tools(cursor=cursor), "tools", MOST), server
    except mcp.MCPError as error:
        if error.code == METHOD_NOT_FOUND:
            return [], server
        raise


def _tool(tool: Any, connection: Connection, schemas: "_Schemas") -> Tool:
    hints = tool.annotations
    says_so = bool(hints and hints.read_only_hint)
    return Tool(
        tool.name,
        ((tool.title or (hints and hints.title) or "")[:100]).strip(),
        (tool.description or "").strip()[:LONGEST],
        schemas.kept(tool.input_schema) or {},
        schemas.kept(tool.output_schema),
        reads=reads_only(connection, tool.name, says_so=says_so),
        repeats=says_so or bool(hints and hints.idempotent_hint),
    )


class _Schemas:
    """The schemas of one server, as much of them as is kept."""

    def __init__(self) -> None:
        self._left = ALL

    def kept(self, schema: dict[str, Any] | None) -> dict[str, Any] | None:
        """The schema as it is, None for none, and one that allows anything for what is too much."""
        if schema is None:
            return None
        size = len(msgspec.json.encode(schema))
        if size > min(LARGEST, self._left):
            return {"type": "object"}
        self._left -= size
        return schema
