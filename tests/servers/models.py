"""A service of models whose every word is scripted: it speaks as OpenAI does, and as Anthropic.

`models` (a fixture) is one in a thread of this process; `python -m tests.servers.models` is one
in a process of its own, told what to say over HTTP. Both answer under the same addresses:

    POST /v1/chat/completions   POST /v1/responses                       as OpenAI
    POST /v1/embeddings         GET /v1/models                           as OpenAI
    POST /v1/messages           GET /v1/models                          as Anthropic
    POST /script {"then": […], "always": {…}, "key": "…"}   GET /asked    for tests

    models.then(Said("Hello"), Said(status=429, retry_after=2.0))
    ANTHROPIC_BASE_URL = models.root; OPENAI_BASE_URL = models.url
"""

import asyncio
import base64
import collections
import contextlib
import hashlib
import os
import struct
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, Self

import msgspec
import pytest

from agents.llm.providers.instances import instance_of

MODELS = ("scripted-large", "scripted-small")
KEY = "sk-test-4711"
NOW = "{now}"
"""Stands in a text for the time at which it is sent, in seconds since the epoch."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Called(msgspec.Struct, frozen=True):
    """A tool the model wants used. Arguments that are a text are sent as they are."""

    name: str
    arguments: Mapping[str, Any] | str = {}


class Said(msgspec.Struct, frozen=True):
    """What the server answers once, and how it goes wrong on the way.

    `cut` closes the connection before so many chunks of the stream, `hang` falls silent there;
    `clean` ends a cut answer as if it were whole. `spoilt` breaks the JSON of that chunk.
    `every` is seconds between chunks. `endless` says the text over and over. `body` is sent
    instead of all that. `held` waits for `Models.release` with every chunk, `held_at` with that one
    and those after it.
    """

    text: str = ""
    thought: str = ""
    calls: tuple[Called, ...] = ()
    ends: Literal["done", "length", "refused", ""] = ""
    put_in: int = 9
    given: int = 12
    cached: int = 0
    status: int = 200
    message: str = "scripted trouble"
    retry_after: float | None = None
    cut: int | None = None
    clean: bool = False
    hang: int | None = None
    spoilt: int | None = None
    endless: bool = False
    every: float = 0.0
    after: float = 0.0
    held: bool = False
    held_at: int | None = None
    body: str | None = None


class Received(msgspec.Struct):
    """A request as it came; `left` becomes True when the client goes before the end."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    model: str = ""
    left: bool = False
    done: bool = False

    @property
    def key(self) -> str:
        bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
        return self.headers.get("x-api-key") or bearer


class Script(msgspec.Struct):
    """What is told over HTTP: what to say next, what to say otherwise, and the key that is good."""

    then: tuple[Said, ...] = ()
    always: Said | None = None
    key: str | None = None


class Models:
    """The server. `then` is used up first; then what `says` makes of a request; then `always`.

    Without any of them it repeats what was said last, or makes up a value for the schema asked
    for. `key`, when it is set, is the only key that is let in.
    """

    def __init__(self) -> None:
        self.asked: list[Received] = []
        self.always: Said | None = None
        self.says: Callable[[Received], Said | None] | None = None
        self.key = ""
        self.port = 0
        self.most_at_once = 0
        self._at_once = 0
        self._queue: collections.deque[Said] = collections.deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._released: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    @property
    def root(self) -> str:
        """The address that Anthropic's client takes."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The address that OpenAI's client takes."""
        return f"{self.root}/v1"

    def then(self, *said: Said | str) -> Self:
        """Answer the next requests like this, one after the other."""
        self._queue.extend(Said(one) if isinstance(one, str) else one for one in said)
        return self

    def release(self) -> None:
        """Let everything go on that is `held`."""
        assert self._loop is not None
        assert self._released is not None
        self._loop.call_soon_threadsafe(self._released.set)

    def wait(self, true: Callable[[], bool], within: float = 10.0) -> None:
        """Wait, in a thread that may, until something is true of what was asked."""
        until = time.monotonic() + within
        while not true():
            assert time.monotonic() < until, "it didn't come true"
            time.sleep(0.005)

    async def until(self, true: Callable[[], bool], within: float = 10.0) -> None:
        """Wait until something is true of what was asked."""
        async with asyncio.timeout(within):
            while not true():  # noqa: ASYNC110 - the server is in another thread
                await asyncio.sleep(0.005)

    # Its life.

    def __enter__(self) -> Self:
        started = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self.serve(lambda _: started.set())), name="models"
        )
        self._thread.start()
        assert started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        assert self._stopping is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(10)

    async def serve(self, started: Callable[[int], None]) -> None:
        """Serve until told to stop; `started` hears the port."""
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._released = asyncio.Event()
        clients: set[asyncio.Task[None]] = set()

        async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            clients.add(task)
            try:
                await self._client(reader, writer)
            finally:
                clients.discard(task)

        server = await asyncio.start_server(client, "127.0.0.1", 0, backlog=2048)
        self.port = server.sockets[0].getsockname()[1]
        started(self.port)
        await self._stopping.wait()
        server.close()
        for task in list(clients):
            task.cancel()
        await asyncio.gather(*clients, return_exceptions=True)

    # One connection.

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while (received := await _read(reader)) is not None:
                if received.path in ("/script", "/asked"):
                    await _send(writer, 200, self._told(received))
                    continue
                self.asked.append(received)
                self._at_once += 1
                self.most_at_once = max(self.most_at_once, self._at_once)
                try:
                    if not await self._answer(received, reader, writer):
                        break
                    received.done = True
                finally:
                    self._at_once -= 1
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    def _told(self, received: Received) -> Any:
        if received.path == "/asked":
            return self.asked
        script = msgspec.convert(received.body, Script)
        self.then(*script.then)
        self.always = script.always if script.always is not None else self.always
        self.key = script.key if script.key is not None else self.key
        return {}

    async def _answer(
        self, received: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer a request; False when the connection ends with that."""
        anthropic = "anthropic-version" in received.headers
        flaw = self._flaw(received)
        if flaw is not None:
            await _send(writer, *_trouble(flaw, anthropic))
            return True
        match received.method, received.path.partition("?")[0]:
            case "GET", "/v1/models":
                await _send(writer, 200, _models(anthropic))
            case "POST", "/v1/embeddings":
                await _send(writer, 200, _embeddings(received.body))
            case "POST", "/v1/chat/completions":
                return await self._speak(received, OpenAI(received), reader, writer)
            case "POST", "/v1/responses":
                return await self._speak(received, Responses(received), reader, writer)
            case "POST", "/v1/messages":
                return await self._speak(received, Anthropic(received), reader, writer)
            case _:
                await _send(writer, *_trouble(Said(status=404, message="no such path"), anthropic))
        return True

    def _flaw(self, received: Received) -> Said | None:
        if self.key and received.key != self.key:
            return Said(status=401, message=f"invalid api key {received.key}")
        if received.method == "POST" and not isinstance(received.body, dict):
            return Said(status=400, message="the body is no JSON object")
        return None

    def _said(self, received: Received) -> Said:
        if self._queue:
            return self._queue.popleft()
        made = self.says(received) if self.says is not None else None
        return made or self.always or _usual(received)

    async def _speak(
        self,
        received: Received,
        tongue: "Tongue",
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        said = self._said(received)
        if said.after:
            await asyncio.sleep(said.after)
        if said.status != 200:
            await _send(writer, *_trouble(said, isinstance(tongue, Anthropic)), said.retry_after)
            return True
        if said.body is not None:
            await _send(writer, 200, said.body)
            return True
        if not received.body.get("stream"):
            if said.cut is not None:
                return False
            await _send(writer, 200, tongue.whole(said))
            return True
        gone = asyncio.create_task(reader.read(1))
        try:
            return await self._stream(received, said, tongue, writer, gone)
        except ConnectionError:
            received.left = True
            return False
        finally:
            gone.cancel()

    async def _stream(
        self,
        received: Received,
        said: Said,
        tongue: "Tongue",
        writer: asyncio.StreamWriter,
        gone: asyncio.Task[bytes],
    ) -> bool:
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
            b"Connection: close\r\n\r\n"
        )
        for number, chunk in enumerate(tongue.chunks(said)):
            if gone.done() or writer.is_closing():
                received.left = True
                return False
            if number == said.cut:
                if said.clean:
                    writer.write(b"0\r\n\r\n")
                    await writer.drain()
                return False
            held = said.held or number == said.held_at
            if number == said.hang or held:
                await self._silence(received, gone, until=self._released if held else None)
                if received.left:
                    return False
            if said.every or said.endless:
                await asyncio.wait([gone], timeout=said.every)
            piece = chunk.replace(b"}", b"", 1) if number == said.spoilt else chunk
            piece = piece.replace(NOW.encode(), f"{time.time():.6f}".encode())
            writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return False

    async def _silence(
        self, received: Received, gone: asyncio.Task[bytes], until: asyncio.Event | None
    ) -> None:
        """Say nothing until let go on, or until the client has left."""
        waiting: list[asyncio.Task[Any]] = [gone]
        if until is not None:
            waiting.append(asyncio.create_task(until.wait()))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting[1:]:
                task.cancel()
        received.left = gone.done()


def chunks_of(
    said: Said, protocol: Literal["openai", "responses", "anthropic"], model: str = "m"
) -> int:
    """How many chunks the stream of an answer has: it can be cut before each of them."""
    received = Received("POST", "", {}, {"model": model}, model)
    tongues = {"openai": OpenAI, "responses": Responses, "anthropic": Anthropic}
    tongue: Tongue = tongues[protocol](received)
    return sum(1 for _ in tongue.chunks(said))


def _words(said: Said) -> Iterator[str]:
    words = said.text.split(" ")
    while True:
        for n, word in enumerate(words):
            yield word if n == len(words) - 1 else f"{word} "
        if not said.endless:
            return


def _halves(text: str) -> Iterator[str]:
    middle = len(text) // 2
    yield from (part for part in (text[:middle], text[middle:]) if part)


def _arguments(call: Called) -> str:
    return call.arguments if isinstance(call.arguments, str) else _encode(call.arguments).decode()


class OpenAI:
    """The chat completions of OpenAI."""

    def __init__(self, received: Received) -> None:
        self._model = received.model
        options = received.body.get("stream_options") if received.body else None
        self._counts = bool(options and options.get("include_usage"))

    def whole(self, said: Said) -> Any:
        """The answer in one piece."""
        message: dict[str, Any] = {"role": "assistant", "content": said.text or None}
        if said.thought:
            message["reasoning_content"] = said.thought
        if said.calls:
            message["tool_calls"] = [
                self._call(n, call, _arguments(call)) for n, call in enumerate(said.calls)
            ]
        choice = {"index": 0, "message": message, "finish_reason": self._reason(said)}
        return {**self._head("chat.completion"), "choices": [choice], "usage": self._usage(said)}

    def chunks(self, said: Said) -> Iterator[bytes]:
        """The answer as events."""
        yield self._delta({"role": "assistant", "content": ""})
        if said.thought:
            yield self._delta({"reasoning_content": said.thought})
        if said.text:
            for word in _words(said):
                yield self._delta({"content": word})
        for n, call in enumerate(said.calls):
            yield self._delta({"tool_calls": [{"index": n, **self._call(n, call, "")}]})
            for half in _halves(_arguments(call)):
                yield self._delta({"tool_calls": [{"index": n, "function": {"arguments": half}}]})
        yield self._delta({}, self._reason(said))
        if self._counts:
            counted = {"choices": [], "usage": self._usage(said)}
            yield self._event({**self._head("chat.completion.chunk"), **counted})
        yield b"data: [DONE]\n\n"

    def _call(self, n: int, call: Called, arguments: str) -> Any:
        function = {"name": call.name, "arguments": arguments}
        return {"id": f"call_{n}", "type": "function", "function": function}

    def _delta(self, delta: Any, reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return self._event({**self._head("chat.completion.chunk"), "choices": [choice]})

    def _event(self, data: Any) -> bytes:
        return b"data: " + _encode(data) + b"\n\n"

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": "chatcmpl-1", "object": kind, "created": 0, "model": self._model}

    def _reason(self, said: Said) -> str:
        usual = "tool_calls" if said.calls else "stop"
        return {"length": "length", "refused": "content_filter", "done": "stop"}.get(
            said.ends, usual
        )

    def _usage(self, said: Said) -> Any:
        return {
            "prompt_tokens": said.put_in,
            "completion_tokens": said.given,
            "total_tokens": said.put_in + said.given,
            "prompt_tokens_details": {"cached_tokens": said.cached},
        }


class Responses:
    """The responses of OpenAI."""

    def __init__(self, received: Received) -> None:
        self._model = received.model
        self._number = 0

    def whole(self, said: Said) -> Any:
        """The answer in one piece."""
        output = [item for item, _ in self._items(said)]
        return {
            "id": "resp_1", "object": "response", "created_at": 0, "model": self._model,
            "status": "incomplete" if said.ends == "length" else "completed", "output": output,
            "parallel_tool_calls": True, "tool_choice": "auto", "tools": [],
            "incomplete_details": (
                {"reason": "max_output_tokens"} if said.ends == "length" else None
            ),
            "usage": {
                "input_tokens": said.put_in, "output_tokens": said.given,
                "total_tokens": said.put_in + said.given,
                "input_tokens_details": {"cached_tokens": said.cached, "cache_write_tokens": 0},
                "output_tokens_details": {"reasoning_tokens": 0},
            },
        }  # fmt: skip

    def chunks(self, said: Said) -> Iterator[bytes]:
        """The answer as events."""
        yield self._event("response.created", response={**self.whole(said), "output": []})
        for index, (item, deltas) in enumerate(self._items(said)):
            yield self._event("response.output_item.added", output_index=index, item=item)
            for kind, delta in deltas:
                more = {"output_index": index, "item_id": item["id"], "content_index": 0}
                yield self._event(f"response.{kind}.delta", delta=delta, **more)
            yield self._event("response.output_item.done", output_index=index, item=item)
        last = "incomplete" if said.ends == "length" else "completed"
        yield self._event(f"response.{last}", response=self.whole(said))

    def _items(self, said: Said) -> Iterator[tuple[Any, Iterator[tuple[str, str]]]]:
        if said.thought:
            summary = [{"type": "summary_text", "text": said.thought}]
            item = {"id": "rs_1", "type": "reasoning", "summary": summary}
            deltas = iter([("reasoning_summary_text", said.thought)])
            yield {**item, "encrypted_content": "seal"}, deltas
        if said.text:
            kind = "refusal" if said.ends == "refused" else "output_text"
            name = "refusal" if said.ends == "refused" else "text"
            content = [{"type": kind, name: said.text, "annotations": []}]
            item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed"}
            yield {**item, "content": content}, ((kind, word) for word in _words(said))
        for n, call in enumerate(said.calls):
            item = {"id": f"fc_{n}", "type": "function_call", "call_id": f"call_{n}",
                    "name": call.name, "arguments": "", "status": "completed"}  # fmt: skip
            halves = _halves(_arguments(call))
            yield item, (("function_call_arguments", half) for half in halves)

    def _event(self, kind: str, **more: Any) -> bytes:
        self._number += 1
        data = {"type": kind, "sequence_number": self._number, **more}
        return f"event: {kind}\ndata: ".encode() + _encode(data) + b"\n\n"


class Anthropic:
    """The messages of Anthropic."""

    def __init__(self, received: Received) -> None:
        self._model = received.model

    def whole(self, said: Said) -> Any:
        """The answer in one piece."""
        content: list[Any] = []
        if said.thought:
            content.append({"type": "thinking", "thinking": said.thought, "signature": "seal"})
        if said.text:
            content.append({"type": "text", "text": said.text})
        for n, call in enumerate(said.calls):
            given = _decode(_arguments(call))
            content.append(
                {"type": "tool_use", "id": f"toolu_{n}", "name": call.name, "input": given}
            )
        return {**self._head(said), "content": content, "stop_reason": self._reason(said),
                "usage": {**self._usage(said), "output_tokens": said.given}}  # fmt: skip

    def chunks(self, said: Said) -> Iterator[bytes]:
        """The answer as events."""
        yield self._event("message_start", message={**self._head(said), "usage": self._usage(said)})
        yield self._event("ping")
        for number, (block, deltas) in enumerate(self._blocks(said)):
            yield self._event("content_block_start", index=number, content_block=block)
            for delta in deltas:
                yield self._event("content_block_delta", index=number, delta=delta)
            yield self._event("content_block_stop", index=number)
        delta = {"stop_reason": self._reason(said), "stop_sequence": None}
        yield self._event("message_delta", delta=delta, usage={"output_tokens": said.given})
        yield self._event("message_stop")

    def _blocks(self, said: Said) -> Iterator[tuple[Any, Iterator[Any]]]:
        if said.thought:
            deltas = [
                {"type": "thinking_delta", "thinking": said.thought},
                {"type": "signature_delta", "signature": "seal"},
            ]
            yield {"type": "thinking", "thinking": "", "signature": ""}, iter(deltas)
        if said.text:
            words = ({"type": "text_delta", "text": word} for word in _words(said))
            yield {"type": "text", "text": ""}, words
        for n, call in enumerate(said.calls):
            parts = (
                {"type": "input_json_delta", "partial_json": half}
                for half in _halves(_arguments(call))
            )
            yield {"type": "tool_use", "id": f"toolu_{n}", "name": call.name, "input": {}}, parts

    def _event(self, kind: str, **more: Any) -> bytes:
        return f"event: {kind}\ndata: ".encode() + _encode({"type": kind, **more}) + b"\n\n"

    def _head(self, said: Said) -> dict[str, Any]:
        return {
            "id": "msg_1", "type": "message", "role": "assistant", "model": self._model,
            "content": [], "stop_reason": None, "stop_sequence": None,
        }  # fmt: skip

    def _reason(self, said: Said) -> str:
        usual = "tool_use" if said.calls else "end_turn"
        return {"length": "max_tokens", "refused": "refusal", "done": "end_turn"}.get(
            said.ends, usual
        )

    def _usage(self, said: Said) -> Any:
        return {
            "input_tokens": said.put_in - said.cached,
            "output_tokens": 1,
            "cache_read_input_tokens": said.cached,
            "cache_creation_input_tokens": 0,
        }


Tongue = OpenAI | Responses | Anthropic


# What it says when nobody told it what to say.


def _usual(received: Received) -> Said:
    said = _last_said(received.body)
    schema = _schema(received.body)
    if schema is not None:
        return Said(_encode(instance_of(schema, said)).decode())
    return Said(f"You said: {said}")


def _last_said(body: Any) -> str:
    for message in reversed(body.get("messages") or body.get("input") or []):
        content = message.get("content")
        if message.get("role") == "user" and isinstance(content, str):
            return content
        if message.get("role") == "user":
            return "".join(part.get("text", "") for part in content or ())
    return ""


def _schema(body: Any) -> Any:
    form = body.get("response_format") or {}
    output = (body.get("output_config") or {}).get("format") or {}
    found = (form.get("json_schema") or {}).get("schema")
    text = (body.get("text") or {}).get("format") or {}
    return found or output.get("schema") or text.get("schema")


def _models(anthropic: bool) -> Any:
    if not anthropic:
        listed = [{"id": name, "object": "model", "created": 0, "owned_by": "x"} for name in MODELS]
        return {"object": "list", "data": listed}
    day = "2026-01-01T00:00:00Z"
    data = [
        {
            "type": "model",
            "id": name,
            "display_name": name,
            "created_at": day,
            "lifecycle": "active",
        }
        for name in MODELS
    ]
    return {"data": data, "has_more": False, "first_id": MODELS[0], "last_id": MODELS[-1]}


def _embeddings(body: Any) -> Any:
    """Eight numbers for each text, by its hash; packed, where that is asked for."""
    texts: Sequence[str] = [body["input"]] if isinstance(body["input"], str) else body["input"]
    data = []
    for n, text in enumerate(texts):
        vector: Any = [byte / 255 for byte in hashlib.sha256(text.encode()).digest()[:8]]
        if body.get("encoding_format") == "base64":
            vector = base64.b64encode(struct.pack("<8f", *vector)).decode()
        data.append({"object": "embedding", "index": n, "embedding": vector})
    used = sum(len(text) // 4 + 1 for text in texts)
    usage = {"prompt_tokens": used, "total_tokens": used}
    return {"object": "list", "model": body["model"], "data": data, "usage": usage}


_KINDS = {
    400: "invalid_request_error", 401: "authentication_error", 403: "permission_error",
    404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error",
    529: "overloaded_error",
}  # fmt: skip


def _trouble(said: Said, anthropic: bool) -> tuple[int, Any]:
    error = {"type": _KINDS.get(said.status, "api_error"), "message": said.message}
    if anthropic:
        return said.status, {"type": "error", "error": error}
    return said.status, {"error": {**error, "param": None, "code": None}}


# HTTP.


async def _read(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    headers = dict(_header(line) for line in lines if line)
    content = await reader.readexactly(int(headers.get("content-length", 0)))
    try:
        body = _decode(content) if content else None
    except msgspec.DecodeError:
        body = None
    model = str(body.get("model", "")) if isinstance(body, dict) else ""
    return Received(method, path, headers, body, model)


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


async def _send(
    writer: asyncio.StreamWriter, status: int, body: Any, retry_after: float | None = None
) -> None:
    content = body.encode() if isinstance(body, str) else _encode(body)
    wait = f"retry-after: {retry_after:g}\r\n" if retry_after is not None else ""
    writer.write(
        f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n{wait}"
        f"Content-Length: {len(content)}\r\n\r\n".encode()
        + content
    )
    await writer.drain()


@pytest.fixture
def models() -> Iterator[Models]:
    """A service of models for this test alone."""
    with Models() as server:
        yield server


@contextlib.asynccontextmanager
async def models_apart() -> AsyncIterator[tuple[str, int]]:
    """The same in a process of its own: its root address, and its process id."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.models",
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    try:
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        await process.wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(Models().serve(lambda port: print(port, flush=True)))
