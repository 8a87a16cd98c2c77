"""Speaks to OpenAI, and to whoever takes its chat completions: Ollama, llama.cpp, vLLM."""

import contextlib
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Any

import httpx2
import msgspec
import openai

from agents.errors import Unavailable, Unreachable
from agents.llm import estimate
from agents.llm.catalogue import Catalogue
from agents.llm.providers import responses
from agents.llm.providers.failures import saying
from agents.llm.providers.growing import Bound, GrowingCall, counted, unless_whole
from agents.llm.providers.openai_forms import image_url, is_strict
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

AT_ONCE = 256
"""Texts that are turned into vectors by one request."""

_ENDS: dict[str, Ends] = {
    "stop": "done",
    "length": "length",
    "tool_calls": "tool",
    "function_call": "tool",
    "content_filter": "refused",
}

_encode = msgspec.json.Encoder().encode


class OpenAIProvider:
    """One connection's wires to a service that speaks as OpenAI does."""

    def __init__(self, connection: Connection, catalogue: Catalogue) -> None:
        self._connection = connection
        self._catalogue = catalogue
        self._own = connection.kind == "openai"
        self._client = openai.AsyncOpenAI(
            api_key=connection.get("key") or "none",  # servers of one's own mostly want none
            base_url=str(address(connection)),
            organization=connection.get("organization") or None,
            max_retries=0,  # the guard around us does that
            timeout=patience(connection),
            http_client=client(connection),
        )

    async def answer(self, question: Question) -> AsyncGenerator[Piece, None]:
        """See Provider."""
        growing: Any
        known = self._catalogue.find(question.model, self._connection.kind)
        if known is not None and known.speaks == "responses":
            growing = responses.Growing(question)
            create: Any = self._client.responses.create
            asked = responses.asked(question)
        else:
            growing = _Growing(question)
            create = self._client.chat.completions.create
            asked = self._asked(question)
        with unless_whole(growing), saying(self._connection, openai.OpenAIError):
            stream: Any = await create(**asked)
            async with stream:
                async for chunk in stream:
                    for piece in growing.after(chunk):
                        yield piece
        yield growing.reply(self._connection.name)

    async def embed(self, model: str, texts: Sequence[str]) -> Vectors:
        """See Provider."""
        found: list[Sequence[float]] = []
        used = Usage()
        with saying(self._connection, openai.OpenAIError):
            for start in range(0, len(texts), AT_ONCE):
                some = list(texts[start : start + AT_ONCE])
                made = await self._client.embeddings.create(
                    model=model, input=some, encoding_format="float"
                )
                found += [one.embedding for one in sorted(made.data, key=lambda one: one.index)]
                used += Usage(put_in=_put_in(made))
        if len(found) != len(texts):
            raise Unavailable(
                f"{self._connection.name}: it gave {len(found)} vectors for {len(texts)} texts."
            )
        if not used.total:
            used = Usage(put_in=sum(estimate.of_text(text) for text in texts))
        return Vectors(found, used, model)

    async def models(self) -> Sequence[str]:
        """See Provider."""
        with saying(self._connection, openai.OpenAIError):
            return [model.id async for model in self._client.models.list()]

    async def close(self) -> None:
        """See Provider."""
        with contextlib.suppress(httpx2.HTTPError, OSError, RuntimeError):
            await self._client.close()

    def _asked(self, question: Question) -> dict[str, Any]:
        """The request. What a model is known not to take is left out of it."""
        known = self._catalogue.find(question.model, self._connection.kind)
        most = question.most_tokens + question.thinking
        asked: dict[str, Any] = {
            "model": question.model,
            "messages": list(_messages(question)),
            # OpenAI's newer models refuse the old name, and servers of one's own the new one.
            "max_completion_tokens" if self._own else "max_tokens": most,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if question.tools:
            asked["tools"] = [
                {"type": "function", "function": {
                    "name": tool.name, "description": tool.description,
                    "parameters": {"type": "object", "properties": {}, **tool.takes}}}
                for tool in question.tools
            ]  # fmt: skip
        if question.must_use:
            asked["tool_choice"] = {"type": "function", "function": {"name": question.must_use}}
        if question.answer is not None:
            form = {"name": "answer", "schema": dict(question.answer), "strict": is_strict(
                question.answer)}  # fmt: skip
            asked["response_format"] = {"type": "json_schema", "json_schema": form}
        if question.temperature is not None and (known is None or "temperature" in known.can):
            asked["temperature"] = question.temperature
        if question.stop:
            asked["stop"] = list(question.stop)
        if question.seed is not None:
            asked["seed"] = question.seed
        return asked


def _put_in(made: Any) -> int:
    """The tokens counted, 0 where a server counts none, as some do."""
    return counted(made.usage and made.usage.prompt_tokens)


def _messages(question: Question) -> Iterator[dict[str, Any]]:
    if question.system:
        yield {"role": "system", "content": question.system}
    for message in question.messages:
        results = [part for part in message.parts if isinstance(part, ToolResult)]
        for result in results:
            text = f"It failed: {result.text}" if result.failed else result.text
            yield {"role": "tool", "tool_call_id": result.id, "content": text}
        if message.role == "assistant":
            yield _spoken(message)
        elif content := _content(message.parts):
            yield {"role": "system" if message.role == "system" else "user", "content": content}


def _spoken(message: Message) -> dict[str, Any]:
    """What a model said before, and the calls it made."""
    spoken: dict[str, Any] = {"role": "assistant", "content": message.text}
    if message.calls:
        spoken["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {
                "name": call.name, "arguments": _encode(call.arguments).decode()}}
            for call in message.calls
        ]  # fmt: skip
    return spoken


def _content(parts: Sequence[Part]) -> str | list[dict[str, Any]]:
    """A text where there is nothing else: some servers take only that."""
    shown = [part for part in parts if isinstance(part, Text | Image)]
    if all(isinstance(part, Text) for part in shown):
        return "".join(part.text for part in shown if isinstance(part, Text))
    return [
        {"type": "text", "text": part.text}
        if isinstance(part, Text)
        else {"type": "image_url", "image_url": {"url": image_url(part)}}
        for part in shown
    ]


class _Growing:
    """The answer so far, chunk by chunk."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._bound = Bound(question)
        self._texts: list[str] = []
        self._thoughts: list[str] = []
        self._calls: list[GrowingCall] = []
        self._at: dict[int, GrowingCall] = {}
        self._usage: Any = None
        self._id = ""
        self._reason = ""
        self._refused = False

    @property
    def whole(self) -> bool:
        """Whether nothing is missing but, perhaps, how much it took."""
        return bool(self._reason)

    def after(self, chunk: Any) -> Iterator[Piece]:
        """The pieces that a chunk brings."""
        self._id = chunk.id or self._id
        self._usage = chunk.usage or self._usage
        for choice in chunk.choices or ():
            self._reason = choice.finish_reason or self._reason
            delta = choice.delta
            if delta is not None:
                yield from self._delta(delta)

    def _delta(self, delta: Any) -> Iterator[Piece]:
        if thought := _thought(delta):
            self._thoughts.append(self._bound.grow(thought))
            yield ThoughtPiece(thought)
        if text := delta.content or delta.refusal:
            self._refused = self._refused or bool(delta.refusal)
            self._texts.append(self._bound.grow(text))
            yield TextPiece(text)
        for n, part in enumerate(delta.tool_calls or ()):
            self._call(n, part)

    def _call(self, n: int, part: Any) -> None:
        """Calls come by their index; some servers give all the same, or none."""
        index = part.index if part.index is not None else n
        call = self._at.get(index)
        if call is None or (part.id and call.id and part.id != call.id):
            call = self._at[index] = self._bound.call()
            self._calls.append(call)
        call.id = call.id or self._bound.grow(part.id or "")
        if part.function is not None:
            call.name = call.name or self._bound.grow(part.function.name or "")
            call.parts.append(self._bound.grow(part.function.arguments or ""))

    def reply(self, name: str) -> Reply:
        """The whole reply. Raises Unreachable when its end is missing."""
        if not self.whole:
            raise Unreachable(f"{name}: the answer broke off.")
        parts: list[Part] = []
        if self._thoughts:
            parts.append(Thought("".join(self._thoughts)))
        if self._texts:
            parts.append(Text("".join(self._texts)))
        parts += [self._whole(n, call) for n, call in enumerate(self._calls)]
        message = Message("assistant", tuple(parts))
        return Reply(
            message,
            self._ends(),
            self._used(message),
            self._question.model,
            self._id,
        )

    def _ends(self) -> Ends:
        if self._refused:
            return "refused"
        return "tool" if self._calls else _ENDS.get(self._reason, "done")

    def _whole(self, n: int, call: GrowingCall) -> ToolCall:
        call.id = call.id or f"call_{n}"
        return call.whole()

    def _used(self, message: Message) -> Usage:
        """What was counted there, or an estimate where nothing was."""
        if self._usage is None:
            put_in = estimate.of_question(self._question)
            return Usage(put_in=put_in, given=estimate.of_message(message))
        details = self._usage.prompt_tokens_details
        return Usage(
            counted(self._usage.prompt_tokens),
            counted(details and details.cached_tokens),
            counted(details and details.cache_write_tokens),
            counted(self._usage.completion_tokens),
        )


def _thought(delta: Any) -> str:
    """What a model thinks, under either name that servers give it."""
    more = delta.model_extra or {}
    thought = more.get("reasoning_content") or more.get("reasoning")
    return thought if isinstance(thought, str) else ""
