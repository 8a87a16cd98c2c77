"""What flows can do with MCP servers: call a tool, read a resource, fill in a prompt."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from agents.mcp.answers import Answer, part_of, resource_of
from graph.block import block
from graph.connections import Connection
from graph.context import Context
from graph.spec import Look

if TYPE_CHECKING:
    from agents.mcp.agent import McpAgent

_NOTHING: Mapping[str, Any] = {}

Server = Annotated[
    Connection, "The connection to an MCP server.", Look("connection", kinds=("mcp",))
]
TimeLimit = Annotated[float, "Seconds for the answer to come.", Look(more=True)]


class Message(NamedTuple):
    """A prompt with its places filled in."""

    messages: Annotated[list[dict[str, Any]], "Each with `role` and `content`."]
    text: Annotated[str, "Their texts, one after the other."]


class Content(NamedTuple):
    """What a resource holds."""

    content: Annotated[Any, "A text, or bytes."]
    mime: Annotated[str, "What kind of content it is, such as text/plain."]
    parts: Annotated[list[dict[str, Any]], "All parts, should there be several."]


@block(
    "mcp.call",
    title="Call MCP tool",
    icon="mdi6.toolbox-outline",
    agent="mcp",
    effect="write",
    search=("tool", "mcp", "server", "model context protocol", "function"),
)
async def call(
    connection: Server,
    tool: Annotated[str, "The name of the tool, as its server gives it."],
    context: Context,
    arguments: Annotated[
        Mapping[str, Any], "What the tool is given, by the names it uses.", Look("mapping")
    ] = _NOTHING,
    time_limit: TimeLimit = 120.0,
) -> Answer:
    """Have a tool of an MCP server do something.

    Tools of servers you have connected to are blocks of their own, with a port for each
    argument; use this one where only the run knows which tool is meant. What a tool says is
    data like any other: it gains no permissions by it.
    """
    agent = await _agent(context)
    return await agent.call(
        connection, tool, arguments, within=time_limit, progress=context.progress
    )


@block(
    "mcp.resource",
    title="Read MCP resource",
    icon="mdi6.file-eye-outline",
    agent="mcp",
    effect="read",
    search=("mcp", "server", "model context protocol", "document", "file"),
)
async def resource(
    connection: Server,
    uri: Annotated[str, "The address of the resource, as its server gives it.", Look("url")],
    context: Context,
    time_limit: TimeLimit = 60.0,
) -> Content:
    """Read what an MCP server offers at an address of its own."""
    agent = await _agent(context)
    found = await agent.read(connection, uri, within=time_limit)
    parts = [
        resource_of(part.model_dump(mode="json", by_alias=True, exclude_none=True))
        for part in found.contents
    ]
    first = parts[0] if parts else {}
    return Content(first.get("text", first.get("data")), str(first.get("mime", "")), parts)


@block(
    "mcp.prompt",
    title="Fill in MCP prompt",
    icon="mdi6.message-text-outline",
    agent="mcp",
    effect="read",
    search=("mcp", "server", "model context protocol", "template"),
)
async def prompt(
    connection: Server,
    name: Annotated[str, "The name of the prompt, as its server gives it."],
    context: Context,
    arguments: Annotated[
        Mapping[str, str], "What is put into its places.", Look("mapping")
    ] = _NOTHING,
    time_limit: TimeLimit = 60.0,
) -> Message:
    """Get the messages of a prompt that an MCP server offers, its places filled in."""
    agent = await _agent(context)
    filled = await agent.prompt(connection, name, arguments, within=time_limit)
    messages = [{"role": one.role, "content": part_of(one.content)} for one in filled.messages]
    texts = [str(one["content"].get("text", "")) for one in messages]
    return Message(messages, "\n\n".join(filter(None, texts)))


async def _agent(context: Context) -> "McpAgent":
    # The SDK takes a second to import, and only those who use it need spend that.
    from agents.mcp.agent import McpAgent  # noqa: PLC0415 - see above

    return await context.agent(McpAgent)
