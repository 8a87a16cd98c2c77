"""Speaks to Claude, and to whoever takes the messages of Anthropic's API."""

import base64
import contextlib
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Any

import anthropic
import httpx2

from agents.errors import Unreachable
from agents.llm import estimate
from agents.llm.catalogue import Catalogue
from agents.llm.errors import Unsuited
from agents.llm.providers.failures import saying
from agents.llm.providers.growing import Bound, GrowingCall, counted, unless_whole
from agents.llm.providers.wires import address, client, patience
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
    Vectors,
)
from graph.connections import Connection

_REDACTED = "redacted:"
"""How the seal of a thought begins that nobody may read."""

_ENDS: dict[str, Ends] = {
    "end_turn": "done",
    "stop_sequence": "done",
    "pause_turn": "done",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool",
    "refusal": "refused",
}

_LEAST_THINKING = 1024


class AnthropicProvider:
    """One connection's wires to Anthropic's API."""

    def __init__(self, connection: Connection, catalogue: Catalogue) -> None:
        self._connection = connection
        self._catalogue = catalogue
        self._client = anthropic.AsyncAnthropic(
            api_key=connection.get("key"),
            base_url=str(address(connection)),
            max_retries=0,  # the guard around us does that
            timeout=patience(connection),
            http_client=client(connection),
        )

    async def answer(self, question: Question) -> AsyncGenerator[Piece, None]:
        """See Provider."""
        growing = _Growing(question)
        with unless_whole(growing), saying(self._connection, anthropic.AnthropicError):
            stream: Any = await self._client.messages.create(**self._asked(question))
            async with stream:
                async for event in stream:
                    piece = growing.after(event)
                    if piece is not None:
                        yield piece
        yield growing.reply(self._connection.name)

    async def embed(self, model: str, texts: Sequence[str]) -> Vectors:
        """Raises Unsuited: Anthropic serves no such models."""
        raise Unsuited(
            f"{model} can't turn {len(texts):,} texts into vectors: no model of Anthropic does.",
            cure="Name a model of OpenAI for that, or of a server of your own.",
        )

    async def models(self) -> Sequence[str]:
        """See Provider."""
        with saying(self._connection, anthropic.AnthropicError):
            return [model.id async for model in self._client.models.list()]

    async def close(self) -> None:
        """See Provider."""
        with contextlib.suppress(httpx2.HTTPError, OSError, RuntimeError):
            await self._client.close()

    def _asked(self, question: Question) -> dict[str, Any]:
        """The request. What a model is known not to take is left out of it."""
        system = [question.system] if question.system else []
        system += [message.text for message in question.messages if message.role == "system"]
        asked: dict[str, Any] = {
            "model": question.model,
            "max_tokens": question.most_tokens + question.thinking,
            "messages": [_message(one) for one in question.messages if one.role != "system"],
            "stream": True,
            **self._thinking(question),
        }
        if system:
            asked["system"] = "\n\n".join(system)
        if question.stop:
            asked["stop_sequences"] = list(question.stop)
        if question.tools:
            asked["tools"] = [
                {"name": tool.name, "description": tool.description, "input_schema": {
                    "type": "object", **tool.takes}}
                for tool in question.tools
            ]  # fmt: skip
        if question.must_use:
            asked["tool_choice"] = {"type": "tool", "name": question.must_use}
        if question.answer is not None:
            schema = anthropic.transform_schema(dict(question.answer))
            form = {"type": "json_schema", "schema": schema}
            asked["output_config"] = {**asked.get("output_config", {}), "format": form}
        if question.tools or len(question.messages) > 2:
            # What came before is sent again with every turn: read from the cache it is cheap.
            asked["cache_control"] = {"type": "ephemeral"}
        known = self._catalogue.find(question.model, "anthropic")
        if question.temperature is not None and (known is None or "temperature" in known.can):
            asked["extra_body"] = {"temperature": min(1.0, question.temperature)}
        return asked

    def _thinking(self, question: Question) -> dict[str, Any]:
        """How a model is told how long to think, which depends on the model."""
        known = self._catalogue.find(question.model, "anthropic")
        way = known.thinks if known is not None else ""
        if question.must_use or (not question.thinking and way in ("", "budget")):
            return {}
        if way == "budget":
            budget = max(_LEAST_THINKING, question.thinking)
            most = question.most_tokens + budget
            return {"thinking": {"type": "enabled", "budget_tokens": budget}, "max_tokens": most}
        if not question.thinking:
            if way == "always":
                return {"output_config": {"effort": "low"}}
            return {"thinking": {"type": "disabled"}}
        return {
            "thinking": {"type": "adaptive", "display": "summarized"},
            "output_config": {"effort": effort(question.thinking)},
        }


def effort(tokens: int) -> str:
    """The effort that so many tokens of thinking come down to."""
    return next((word for most, word in _EFFORTS if tokens <= most), "xhigh")


_EFFORTS = ((2_048, "low"), (8_192, "medium"), (32_768, "high"))


def _message(message: Message) -> dict[str, Any]:
    role = "assistant" if message.role == "assistant" else "user"
    return {"role": role, "content": list(_blocks(message.parts))}


def _blocks(parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
    for part in parts:
        match part:
            case Text(text=text):
                if text:  # an empty one is refused
                    yield {"type": "text", "text": text}
            case Image():
                yield {"type": "image", "source": _source(part)}
            case Thought(text=text, seal=seal):
                if seal.startswith(_REDACTED):
                    data = seal.removeprefix(_REDACTED)
                    yield {"type": "redacted_thinking", "data": data}
                elif seal:  # another provider's thoughts have none, and are not taken
                    yield {"type": "thinking", "thinking": text, "signature": seal}
            case ToolCall(id=id, name=name, arguments=arguments):
                yield {"type": "tool_use", "id": id, "name": name, "input": dict(arguments)}
            case ToolResult(id=id, text=text, failed=failed):
                result = {"type": "tool_result", "tool_use_id": id, "content": text}
                yield {**result, "is_error": True} if failed else result


def _source(image: Image) -> dict[str, Any]:
    if image.url:
        return {"type": "url", "url": image.url}
    data = base64.b64encode(image.data).decode()
    return {"type": "base64", "media_type": image.media_type, "data": data}


class _Growing:
    """The answer so far, event by event."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._bound = Bound(question)
        self._blocks: dict[int, _Block] = {}
        self._put_in = self._cached = self._written = self._given = 0
        self._id = ""
        self._reason = ""

    @property
    def whole(self) -> bool:
        """Whether nothing is missing: why it ends is said last."""
        return bool(self._reason)

    def after(self, event: Any) -> Piece | None:
        """The piece that an event brings, None if it brings none to be heard."""
        match event.type:
            case "message_start":
                self._id = event.message.id
                self._count(event.message.usage)
            case "content_block_start":
                self._blocks[event.index] = _Block(event.content_block, self._bound)
            case "content_block_delta":
                return self._delta(event.index, event.delta)
            case "message_delta":
                self._reason = event.delta.stop_reason or self._reason
                self._count(event.usage)
        return None

    def _delta(self, index: int, delta: Any) -> Piece | None:
        block = self._blocks[index]
        match delta.type:
            case "text_delta":
                block.parts.append(self._bound.grow(delta.text))
                return TextPiece(delta.text) if delta.text else None
            case "thinking_delta":
                block.parts.append(self._bound.grow(delta.thinking))
                return ThoughtPiece(delta.thinking) if delta.thinking else None
            case "input_json_delta":
                block.call.parts.append(self._bound.grow(delta.partial_json))
            case "signature_delta":
                block.seal += delta.signature
        return None

    def _count(self, usage: Any) -> None:
        """Counts are of all so far; what a later event leaves out stands as it was."""
        self._put_in = counted(usage.input_tokens) or self._put_in
        self._cached = counted(usage.cache_read_input_tokens) or self._cached
        self._written = counted(usage.cache_creation_input_tokens) or self._written
        self._given = counted(usage.output_tokens) or self._given

    def reply(self, name: str) -> Reply:
        """The whole reply. Raises Unreachable when its end is missing."""
        if not self.whole:
            raise Unreachable(f"{name}: the answer broke off.")
        parts = tuple(part for block in self._blocks.values() for part in block.whole())
        message = Message("assistant", parts)
        return Reply(
            message,
            _ENDS.get(self._reason, "done"),
            self._used(message),
            self._question.model,
            self._id,
        )

    def _used(self, message: Message) -> Usage:
        """What was counted there, or an estimate of what was not.

        llama.cpp leaves out the event that counts the prompt when its first token is half a letter.
        """
        put_in = self._put_in + self._cached + self._written
        return Usage(
            put_in or estimate.of_question(self._question),
            self._cached,
            self._written,
            self._given or estimate.of_message(message),
        )


class _Block:
    """One part of the answer in the making."""

    def __init__(self, block: Any, bound: Bound) -> None:
        self._type = block.type
        self.parts: list[str] = []
        self.seal = ""
        self.call = GrowingCall()
        match block.type:
            case "text":
                self.parts.append(block.text)
            case "thinking":
                self.parts.append(block.thinking)
                self.seal = block.signature
            case "redacted_thinking":
                self.seal = _REDACTED + block.data
            case "tool_use":
                self.call = bound.call(block.id, block.name)

    def whole(self) -> Iterator[Part]:
        match self._type:
            case "text":
                yield Text("".join(self.parts))
            case "thinking" | "redacted_thinking":
                yield Thought("".join(self.parts), self.seal)
            case "tool_use":
                yield self.call.whole()
