"""An answer that grows piece by piece, and does not grow for ever."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import msgspec

from agents.errors import AgentError
from agents.llm.errors import Endless
from agents.llm.shapes import Question, ToolCall

PER_TOKEN = 32
"""No text has so many characters to a token; what is longer wasn't counted by the service."""

AT_LEAST = 10_000

MOST_CALLS = 128
"""Tools that a model may want used at once."""

MOST_COUNTED = 10**12
"""Tokens that a service may say something took."""

_decode = msgspec.json.Decoder().decode


class Bound:
    """How much an answer may be, in characters of whatever kind."""

    def __init__(self, question: Question) -> None:
        self._tokens = question.most_tokens + question.thinking
        self._left = AT_LEAST + PER_TOKEN * self._tokens
        self._calls_left = MOST_CALLS

    def grow(self, text: str) -> str:
        """The text again. Raises Endless when it is more than was asked for by far."""
        self._left -= len(text)
        if self._left < 0:
            raise Endless(
                f"The answer went on far beyond the {self._tokens:,} tokens that were asked for,"
                " and was stopped.",
                cure="Choose another model: this one, or what serves it, doesn't keep its bounds.",
            )
        return text

    def call(self, id: str = "", name: str = "") -> "GrowingCall":
        """One more tool that is wanted. Raises Endless when those are far too many."""
        self._calls_left -= 1
        if self._calls_left < 0:
            raise Endless(
                f"It wanted more than {MOST_CALLS} tools used at once, and was stopped.",
                cure="Choose another model: nobody needs as many.",
            )
        return GrowingCall(self.grow(id or ""), self.grow(name or ""))


def counted(said: Any) -> int:
    """How many tokens a service says something took: what can't be a number of tokens is none."""
    if not isinstance(said, int) or said < 0:
        return 0
    return min(said, MOST_COUNTED)


class Growing(Protocol):
    """An answer in the making."""

    @property
    def whole(self) -> bool:
        """Whether all of it is there."""
        ...


@contextlib.contextmanager
def unless_whole(growing: Growing) -> Iterator[None]:
    """Let a trouble pass that comes after the answer: asked again, it would be paid for twice."""
    try:
        yield
    except AgentError:
        if not growing.whole:
            raise


class GrowingCall:
    """A tool call whose arguments come in parts."""

    def __init__(self, id: str = "", name: str = "") -> None:
        self.id = id
        self.name = name
        self.parts: list[str] = []

    def whole(self) -> ToolCall:
        """The call, with a flaw if its arguments can't be read."""
        text = "".join(self.parts).strip()
        given, flaw = read_arguments(text)
        return ToolCall(self.id, self.name, given, flaw)


def read_arguments(text: str) -> tuple[Mapping[str, Any], str]:
    """The arguments in a JSON text, and what is wrong with them: "" for nothing."""
    if not text:
        return {}, ""
    try:
        value = _decode(text)
    except msgspec.DecodeError as error:
        return {}, f"The arguments are no JSON: {error}. They began: {text[:200]}"
    if not isinstance(value, dict):
        return {}, f"The arguments are no object. They began: {text[:200]}"
    return value, ""
