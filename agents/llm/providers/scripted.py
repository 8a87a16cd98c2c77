"""Answers that no model gave: by rules, the same every time, and labelled as such."""

import hashlib
import math
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Any

import msgspec

from agents.llm import estimate
from agents.llm.errors import Unsuited
from agents.llm.providers.instances import instance_of
from agents.llm.shapes import (
    Message,
    Piece,
    Question,
    Reply,
    Text,
    TextPiece,
    ToolCall,
    ToolResult,
    Usage,
    Vectors,
)
from graph.errors import BlockError

NAME = "scripted"
MODEL = "echo"

LABEL = "[scripted, no model was asked]"
"""How every text begins that comes from here."""

DIMENSIONS = 64

_EXCERPT = 600
_USE = re.compile(
    r"^\s*(?:use|call)\s+(?:the tool\s+)?[`\"']?([\w.-]+)[`\"']?\s*(?:with\s*)?(.*)$", re.I
)
_MARKS = re.compile(r"^</?data [^>\n]*>\n?", re.M)
"""What an agent puts around the results of tools."""
_WORD = re.compile(r"\S+\s*")
_encode = msgspec.json.Encoder(order="sorted").encode


class ScriptedProvider:
    """Plays answers to try flows with.

    A text is answered with itself, labelled. An answer that must follow a schema is made up
    by it, out of the words and numbers of the text. With tools, every line such as `use search
    {"query": "tea"}` is played as a call, one a turn; without any, each tool that the text
    names is called once. After that the answer tells what came of them.
    """

    async def answer(self, question: Question) -> AsyncGenerator[Piece, None]:
        """The pieces of the answer, word by word. Raises Unsuited for a schema beyond it."""
        since = _since_last_said(question.messages)
        said = since[0].text if since else ""
        results = _results(since)
        call = _next_call(question, said, len(results))
        if call is not None:
            yield self._reply(question, (call,), "tool")
            return
        text = _structured(question, said) if question.answer is not None else _told(said, results)
        for word in _WORD.findall(text):
            yield TextPiece(word)
        yield self._reply(question, (Text(text),), "done")

    async def embed(self, model: str, texts: Sequence[str]) -> Vectors:
        """Vectors by the words in each text: texts that share words are near each other."""
        used = sum(estimate.of_text(text) for text in texts)
        return Vectors([_direction(text) for text in texts], Usage(put_in=used), model)

    async def models(self) -> Sequence[str]:
        return (MODEL,)

    async def close(self) -> None:
        """There is nothing to let go of."""

    def _reply(self, question: Question, parts: tuple[Any, ...], ends: Any) -> Reply:
        message = Message("assistant", parts)
        usage = Usage(
            put_in=estimate.of_question(question),
            given=estimate.of_message(message) - estimate.MESSAGE,
        )
        digest = hashlib.sha256(_encode(question)).hexdigest()[:16]
        return Reply(message, ends, usage, question.model or MODEL, f"{NAME}-{digest}")


def _since_last_said(messages: Sequence[Message]) -> Sequence[Message]:
    """The last that a person said, and all that came after it."""
    for n in range(len(messages) - 1, -1, -1):
        if messages[n].role == "user" and messages[n].text:
            return messages[n:]
    return messages


def _results(messages: Sequence[Message]) -> list[ToolResult]:
    return [part for message in messages for part in message.parts if isinstance(part, ToolResult)]


def _next_call(question: Question, said: str, played: int) -> ToolCall | None:
    """The call that comes after so many, None when all have been played."""
    calls = list(_calls(question, said))
    if not calls and question.must_use:
        calls = [(question.must_use, None)]
    if played >= len(calls):
        return None
    name, arguments = calls[played]
    takes = next((tool.takes for tool in question.tools if tool.name == name), {})
    given = instance_of(takes, said) if arguments is None else arguments
    number = sum(len(message.calls) for message in question.messages) + 1
    return ToolCall(f"call_{number}", name, given if isinstance(given, dict) else {})


def _calls(question: Question, said: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """The calls that a text asks for, in its order; None for arguments to be made up."""
    names = {tool.name for tool in question.tools}
    told = [found for line in said.splitlines() if (found := _USE.match(line))]
    asked = [(found[1], _arguments(found[2])) for found in told if found[1] in names]
    if asked:
        yield from asked
        return
    for name in sorted(names):
        if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", said):
            yield name, None


def _arguments(text: str) -> dict[str, Any] | None:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError:
        return None


def _structured(question: Question, said: str) -> str:
    """A value by the schema of the answer, as JSON. Raises Unsuited."""
    from graph.schemas import faults  # noqa: PLC0415 - 0.2 s that no window's start waits for

    assert question.answer is not None
    try:
        value = instance_of(question.answer, said)
        flaws = faults(value, question.answer, most=1)
    except BlockError as error:
        raise Unsuited(f"The scripted provider can't make up an answer: {error}") from error
    if flaws:
        raise Unsuited(
            f"The scripted provider can't make up an answer: {flaws[0]['message']}",
            cure="Give the schema `enum`, `default` or `examples`, or connect a model.",
        )
    return _encode(value).decode()


def _told(said: str, results: Sequence[ToolResult]) -> str:
    if results:
        lines = [f"- {_short(_MARKS.sub('', result.text))}" for result in results]
        return "\n".join([f"{LABEL} The tools gave:", *lines])
    return f"{LABEL} {_short(said)}" if said else LABEL


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"


def _direction(text: str) -> list[float]:
    """A vector of length 1 in which every word of the text has its say."""
    sums = [0.0] * DIMENSIONS
    for word in re.findall(r"\w+", text.lower()):
        digest = hashlib.sha256(word.encode()).digest()
        sums[digest[0] % DIMENSIONS] += 1.0 if digest[1] % 2 else -1.0
    length = math.sqrt(sum(value * value for value in sums)) or 1.0
    return [value / length for value in sums]
