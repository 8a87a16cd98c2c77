"""What is said to a model and what it says, whoever serves it."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec

Role = Literal["system", "user", "assistant", "tool"]


class Text(msgspec.Struct, frozen=True, tag_field="type", tag="text"):
    """Something said."""

    text: str


class Image(msgspec.Struct, frozen=True, tag_field="type", tag="image"):
    """Something to look at: bytes, or the address of a picture."""

    media_type: str = "image/png"
    data: bytes = b""
    url: str = ""


class Thought(msgspec.Struct, frozen=True, tag_field="type", tag="thought"):
    """What a model thought before it spoke; `seal` is given back to it unread."""

    text: str
    seal: str = ""


class ToolCall(msgspec.Struct, frozen=True, tag_field="type", tag="tool_call"):
    """A model wants a tool used. `flaw` says why the arguments can't be read, if they can't."""

    id: str
    name: str
    arguments: Mapping[str, Any]
    flaw: str = ""


class ToolResult(msgspec.Struct, frozen=True, tag_field="type", tag="tool_result"):
    """What came of a tool's use, for the call of that id."""

    id: str
    text: str
    failed: bool = False


Part = Text | Image | Thought | ToolCall | ToolResult


class Message(msgspec.Struct, frozen=True):
    """One turn of a conversation."""

    role: Role
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, Text))

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        return tuple(part for part in self.parts if isinstance(part, ToolCall))


class Tool(msgspec.Struct, frozen=True):
    """A tool as a model is told of it; `takes` is the JSON Schema of its arguments."""

    name: str
    description: str
    takes: Mapping[str, Any]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """All that decides an answer: its content hash is the key of the cache of answers.

    `model` is the provider's own name for it, without the connection. `answer` is the JSON
    Schema the answer must follow, None for free text. `most_tokens` bounds what comes back.
    `thinking` is how many tokens it may think for, 0 for none. None: as the provider does it.
    """

    model: str
    messages: tuple[Message, ...]
    system: str = ""
    tools: tuple[Tool, ...] = ()
    must_use: str = ""
    answer: Mapping[str, Any] | None = None
    most_tokens: int = 4096
    temperature: float | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    thinking: int = 0


Ends = Literal["done", "length", "tool", "refused"]
"""Why an answer ends: said all, cut by its bound, wants tools used, or won't say."""


class Usage(msgspec.Struct, frozen=True):
    """Tokens: put in (all of them), of those read from and written to a cache, and given back."""

    put_in: int = 0
    cached: int = 0
    cache_written: int = 0
    given: int = 0

    @property
    def total(self) -> int:
        return self.put_in + self.given

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.put_in + other.put_in,
            self.cached + other.cached,
            self.cache_written + other.cache_written,
            self.given + other.given,
        )


class Reply(msgspec.Struct, frozen=True):
    """A whole answer, why it ends there, and what it used up."""

    message: Message
    ends: Ends
    usage: Usage
    model: str
    id: str = ""


class TextPiece(msgspec.Struct, frozen=True):
    """The next of the text."""

    text: str


class ThoughtPiece(msgspec.Struct, frozen=True):
    """The next of what it thinks."""

    text: str


class Restarted(msgspec.Struct, frozen=True):
    """Forget what was heard of this answer: it broke off, and is given anew from the start."""

    reason: str


Heard = TextPiece | ThoughtPiece | Restarted
"""What is heard of an answer while it comes."""

Piece = TextPiece | ThoughtPiece | Reply
"""What comes of a question, bit by bit: the last is the whole reply."""


class Vectors(msgspec.Struct, frozen=True):
    """One vector for each text, and what they used up."""

    vectors: Sequence[Sequence[float]]
    usage: Usage
    model: str


class Provider(Protocol):
    """Speaks to one service of models, as one connection to it says."""

    def answer(self, question: Question) -> AsyncGenerator[Piece, None]:
        """The pieces of an answer; closing the generator stops it there and then.

        Raises AgentError: Throttled and Unavailable with the wait that was asked for.
        """
        ...

    async def embed(self, model: str, texts: Sequence[str]) -> Vectors:
        """Where texts stand among all that may be said. Raises AgentError."""
        ...

    async def models(self) -> Sequence[str]:
        """The models that can be asked there, by the provider's names. Raises AgentError."""
        ...

    async def close(self) -> None:
        """Let go of everything. Never raises."""
        ...
