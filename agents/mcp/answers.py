"""What a tool gave, as values on links; what it says is data, and nothing is done because of it."""

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

import msgspec

from agents.errors import Rejected
from agents.mcp.snapshot import Tool
from graph.errors import BadInput, BlockError
from graph.schemas import faults

LONGEST = 1_000
"""Characters that are quoted of why a tool failed."""


class ToolFailed(BlockError):
    """The tool itself says that it failed."""


class Answer(NamedTuple):
    """What a tool gave."""

    value: Annotated[Any, "What it gave as data; its text where it gave none."]
    text: Annotated[str, "What it said, as one text."]
    content: Annotated[
        list[dict[str, Any]], "Every part of what it said: texts, pictures, links to resources."
    ]


def answer_of(result: Any, tool: str, connection: str, known: Tool | None) -> Answer:
    """The answer in a result of the protocol. Raises ToolFailed, Rejected."""
    content = [part_of(part) for part in result.content]
    text = "\n".join(part["text"] for part in content if "text" in part)
    if result.is_error:
        said = f": {text[:LONGEST].strip()}" if text.strip() else ", and does not say why."
        raise ToolFailed(f"The tool {tool!r} of {connection!r} failed{said}")
    data = result.structured_content
    if known is not None and known.gives is not None:
        _check(data, known, connection)
        if wraps(known.gives) and isinstance(data, Mapping):
            data = data.get("result")
    return Answer(text if result.structured_content is None else data, text, content)


def wraps(schema: Mapping[str, Any]) -> bool:
    """Whether a result is put into a record only because the protocol wants a record."""
    properties = schema.get("properties")
    return isinstance(properties, Mapping) and list(properties) == ["result"]


def _check(data: Any, tool: Tool, connection: str) -> None:
    """Raises Rejected for data that breaks the schema which the server itself has given."""
    assert tool.gives is not None
    try:
        flaws = faults(data, dict(tool.gives), most=1)
    except BadInput:
        return  # the schema can't be used, so nothing can be said about the data
    if flaws:
        raise Rejected(
            f"The tool {tool.name!r} of {connection!r} gave something else than it says it gives: "
            f"{flaws[0]['message']}"
        )


def part_of(part: Any) -> dict[str, Any]:
    """One part of a content as a record, with bytes where the protocol has base64."""
    plain: dict[str, Any] = part.model_dump(mode="json", by_alias=True, exclude_none=True)
    match plain:
        case {"type": "text", "text": str(text)}:
            return {"type": "text", "text": text}
        case {"type": "image" | "audio" as kind, "data": str(data)}:
            return {"type": kind, "mime": plain.get("mimeType", ""), "data": _bytes(data)}
        case {"type": "resource", "resource": dict()}:
            return {"type": "resource", **resource_of(plain["resource"])}
        case _:
            return plain


def resource_of(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a resource as a record: `text` or `data`."""
    known = {"uri": resource.get("uri", ""), "mime": resource.get("mimeType", "")}
    if "blob" in resource:
        return {**known, "data": _bytes(resource["blob"])}
    return {**known, "text": resource.get("text", "")}


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return text.encode()


def plain_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as JSON carries them: times as texts, bytes as base64. Raises BadInput."""
    try:
        made: dict[str, Any] = msgspec.to_builtins(dict(arguments), str_keys=True)
    except (TypeError, ValueError) as error:
        raise BadInput(f"The arguments can't be sent: {error}.") from None
    return made
