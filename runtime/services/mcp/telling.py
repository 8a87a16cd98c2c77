"""What callers are told of runs, in the words of the SDK: results, failures, what is waited for."""

from collections.abc import Mapping
from typing import Any

import msgspec
from mcp.types import CallToolResult, ElicitResult, ResourceLink, TextContent

from graph.errors import HeddleError
from runtime.events import TaskAsked
from runtime.services.mcp.asking import HERE, WHERE, Context, caller, words_of
from runtime.services.mcp.calling import Call, Told
from runtime.services.mcp.reading import JSON, LARGEST, run_uri
from runtime.wire import as_json


async def taken(
    context: Context, call: Call, asked: TaskAsked, given: ElicitResult
) -> CallToolResult | None:
    """Take a caller's answer; gives what they are told when it is none, None when it is one."""
    if given.action != "accept":
        return waiting(call.run, asked, left=await call.leave())
    try:
        await call.answer(asked, given.content or {}, caller(context))
    except HeddleError as error:
        return failed(error.message, error.cure, call.run)
    return None


def result_of(told: Told) -> CallToolResult:
    """What a caller is told of a run."""
    if told.failure is not None:
        where = f" in the block {told.failure.task!r}" if told.failure.task else ""
        return failed(
            f"The flow failed{where}: {told.failure.message}", told.failure.cure, told.run
        )
    if told.waits or told.outputs is None:
        return failed(
            f"The run waits. {' '.join(told.waits)}".strip(),
            f"It goes on once that is done; {run_uri(told.run)} says how it is.",
            told.run,
        )
    content = as_json(told.outputs)
    if len(content) > LARGEST:
        return failed(
            f"The flow is done, but its results have {len(content):,} bytes, too many to be told.",
            f"`heddle show {told.run} --json` tells them all.",
            told.run,
        )
    return CallToolResult(
        content=[TextContent(text=_said(told.outputs, content)), _link(told.run)],
        structured_content=msgspec.json.decode(content),
    )


def _said(outputs: Mapping[str, Any], content: bytes) -> str:
    """The results as a text: a single text as it is, all else as JSON."""
    alone = next(iter(outputs.values())) if len(outputs) == 1 else None
    return alone if isinstance(alone, str) else content.decode()


def waiting(run: str, asked: TaskAsked, *, left: bool) -> CallToolResult:
    """What a caller is told of a run that waits for somebody else's answer."""
    return failed(f"The run waits for an answer: {words_of(asked)}", WHERE if left else HERE, run)


def failed(message: str, cure: str, run: str = "") -> CallToolResult:
    parts: list[Any] = [TextContent(text=f"{message} {cure}".strip())]
    if run:
        parts.append(_link(run))
    return CallToolResult(content=parts, is_error=True)


def _link(run: str) -> ResourceLink:
    return ResourceLink(uri=run_uri(run), name=run, mime_type=JSON, description="What happened.")
