"""Speaks OpenAI's other protocol, responses, which its newer models want for tools and thoughts."""

from collections.abc import Iterator
from typing import Any

import msgspec

from agents.errors import Unavailable, Unreachable
from agents.llm.providers.growing import Bound, GrowingCall, counted
from agents.llm.providers.openai_forms import image_url, is_strict
from agents.llm.shapes import (
    Ends,
    Image,
    Message,
    Part,
    Piece,
    Question,
    Reply,
    Text,
    TextPiece,
    Thought,
    ThoughtPiece,
    ToolCall,
    ToolResult,
    Usage,
)

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode

_EFFORTS = ((2_048, "low"), (8_192, "medium"), (32_768, "high"))


def asked(question: Question) -> dict[str, Any]:
    """The request. Nothing of it is stored there; sealed thoughts come back to be given again."""
    request: dict[str, Any] = {
        "model": question.model,
        "input": [item for message in question.messages for item in _items(message)],
        "max_output_tokens": max(16, question.most_tokens + question.thinking),
        "store": False,
        "include": ["reasoning.encrypted_content"],
        "stream": True,
        "reasoning": {"effort": _effort(question.thinking), "summary": "auto"},
    }
    if question.system:
        request["instructions"] = question.system
    if question.tools:
        request["tools"] = [
            {"type": "function", "name": tool.name, "description": tool.description,
             "parameters": {"type": "object", "properties": {}, **tool.takes}, "strict": False}
            for tool in question.tools
        ]  # fmt: skip
    if question.must_use:
        request["tool_choice"] = {"type": "function", "name": question.must_use}
    if question.answer is not None:
        schema = dict(question.answer)
        form = {"type": "json_schema", "name": "answer", "schema": schema}
        request["text"] = {"format": {**form, "strict": is_strict(schema)}}
    return request


def _effort(tokens: int) -> str:
    """The effort that so many tokens come down to; the newest models always make some."""
    return next((word for most, word in _EFFORTS if tokens <= most), "xhigh")


def _items(message: Message) -> Iterator[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    for part in message.parts:
        match part:
            case Text(text=text):
                kind = "output_text" if message.role == "assistant" else "input_text"
                shown.append({"type": kind, "text": text})
            case Image():
                shown.append({"type": "input_image", "image_url": image_url(part)})
            case Thought(seal=seal):
                if seal.startswith("{"):  # other providers' seals are of another kind
                    yield _decode(seal)
            case ToolCall() | ToolResult():
                continue
    if shown:
        role = message.role if message.role in ("assistant", "system") else "user"
        yield {"type": "message", "role": role, "content": shown}
    for part in message.parts:
        if isinstance(part, ToolCall):
            arguments = _encode(part.arguments).decode()
            yield {"type": "function_call", "call_id": part.id, "name": part.name,
                   "arguments": arguments}  # fmt: skip
        elif isinstance(part, ToolResult):
            text = f"It failed: {part.text}" if part.failed else part.text
            yield {"type": "function_call_output", "call_id": part.id, "output": text}


class Growing:
    """The answer so far, event by event."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._bound = Bound(question)
        self._parts: dict[int, list[str]] = {}
        self._calls: dict[int, GrowingCall] = {}
        self._thoughts: dict[int, list[str]] = {}
        self._seals: dict[int, str] = {}
        self._done: Any = None
        self._refused = False

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return self._done is not None

    def after(self, event: Any) -> Iterator[Piece]:
        """The pieces that an event brings. Raises Unavailable when it tells of a failure."""
        match event.type:
            case "response.output_text.delta" | "response.refusal.delta":
                self._refused = self._refused or event.type == "response.refusal.delta"
                parts = self._parts.setdefault(event.output_index, [])
                parts.append(self._bound.grow(event.delta))
                yield TextPiece(event.delta)
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                thoughts = self._thoughts.setdefault(event.output_index, [])
                thoughts.append(self._bound.grow(event.delta))
                yield ThoughtPiece(event.delta)
            case "response.function_call_arguments.delta":
                if (call := self._calls.get(event.output_index)) is not None:
                    call.parts.append(self._bound.grow(event.delta))
            case "response.output_item.added" | "response.output_item.done":
                self._item(event.output_index, event.item, event.type.endswith("done"))
            case "response.completed" | "response.incomplete":
                self._done = event.response
            case "response.failed":
                error = event.response.error
                raise Unavailable(error.message if error else "The answer failed.")

    def _item(self, index: int, item: Any, done: bool) -> None:
        if item.type == "function_call":
            if index not in self._calls:
                self._calls[index] = self._bound.call(item.call_id, item.name)
        elif item.type == "reasoning" and done:
            self._thoughts.setdefault(index, [])
            if item.encrypted_content:
                kept = item.model_dump(mode="json", exclude_none=True, exclude={"status"})
                self._seals[index] = _encode(kept).decode()

    def reply(self, name: str) -> Reply:
        """The whole reply. Raises Unreachable when its end is missing."""
        if self._done is None:
            raise Unreachable(f"{name}: the answer broke off.")
        places = sorted({*self._parts, *self._calls, *self._thoughts})
        parts = tuple(self._part(place) for place in places)
        return Reply(
            Message("assistant", parts),
            self._ends(),
            _used(self._done.usage),
            self._question.model,
            self._done.id,
        )

    def _part(self, place: int) -> Part:
        if place in self._calls:
            return self._calls[place].whole()
        if place in self._thoughts:
            return Thought("".join(self._thoughts[place]), self._seals.get(place, ""))
        return Text("".join(self._parts[place]))

    def _ends(self) -> Ends:
        if self._refused:
            return "refused"
        details = self._done.incomplete_details
        if details is not None:
            return "refused" if details.reason == "content_filter" else "length"
        return "tool" if self._calls else "done"


def _used(usage: Any) -> Usage:
    if usage is None:
        return Usage()
    details = usage.input_tokens_details
    return Usage(
        counted(usage.input_tokens),
        counted(details and details.cached_tokens),
        counted(details and details.cache_write_tokens),
        counted(usage.output_tokens),
    )
