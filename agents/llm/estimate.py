"""How many tokens something will be, before anybody has counted: an estimate, on the high side.

Tokenizers differ from model to model, and most aren't published. English text has about four
characters to a token; other scripts have fewer, so their UTF-8 bytes are counted instead, three
to a token. An image counts as what the services take for one of their largest.
"""

from collections.abc import Iterable

import msgspec

from agents.llm.shapes import Image, Message, Part, Question, Text, Thought, ToolCall, ToolResult

PER_TOKEN = 4
BYTES_PER_TOKEN = 3
IMAGE = 1600
MESSAGE = 4
"""Tokens that stand around every message."""

_encode = msgspec.json.Encoder().encode


def of_text(text: str) -> int:
    """About how many tokens a text is."""
    if text.isascii():
        return -(-len(text) // PER_TOKEN)
    return -(-len(text.encode(errors="replace")) // BYTES_PER_TOKEN)


def of_question(question: Question) -> int:
    """About how many tokens a question puts in."""
    told = of_text(question.system) + sum(of_message(message) for message in question.messages)
    rules = [tool.takes for tool in question.tools]
    if question.answer is not None:
        rules.append(question.answer)
    described = sum(of_text(tool.name + tool.description) for tool in question.tools)
    return told + described + sum(of_text(_encode(rule).decode()) for rule in rules)


def of_message(message: Message) -> int:
    """About how many tokens a message is."""
    return MESSAGE + _of_parts(message.parts)


def _of_parts(parts: Iterable[Part]) -> int:
    return sum(_of_part(part) for part in parts)


def _of_part(part: Part) -> int:
    match part:
        case Image():
            return IMAGE
        case ToolCall(name=name, arguments=arguments):
            return of_text(name) + of_text(_encode(arguments).decode())
        case Text(text=text) | Thought(text=text) | ToolResult(text=text):
            return of_text(text)
