"""An agent in an engine: tools that are flows, and a model whose every turn is scripted."""

from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import graph.blocks.flow
import graph.blocks.logic
import graph.blocks.text
from agents.contract import Grants
from agents.llm import agent_blocks, blocks
from agents.llm.agent import LlmAgent
from agents.llm.shapes import (
    Message,
    Part,
    Piece,
    Provider,
    Question,
    Reply,
    Text,
    TextPiece,
    ToolCall,
    Usage,
    Vectors,
)
from agents.manager.alone import alone
from graph.block import spec_of
from graph.catalog import Catalog
from graph.connections import Connection
from graph.flow import Block, Flow
from tests.runtime.engine.world import BLOCKS, Plain, Studio

T = TypeVar("T")

CATALOG = Catalog.of(
    graph.blocks.flow, graph.blocks.logic, graph.blocks.text, agent_blocks, blocks
).joined(map(spec_of, BLOCKS))

Turns = Sequence[Message] | Callable[[Question], Message]


def says(text: str) -> Message:
    return Message("assistant", (Text(text),))


def calls(*named: tuple[str, dict[str, Any]], text: str = "", flaw: str = "") -> Message:
    """A turn in which tools are wanted."""
    told: tuple[Part, ...] = (Text(text),) if text else ()
    wanted = (ToolCall(f"id{n}", name, given, flaw) for n, (name, given) in enumerate(named))
    return Message("assistant", (*told, *wanted))


class Scripted:
    """Plays one turn for each that is in the conversation already; keeps what it was asked."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.asked: list[Question] = []

    async def answer(self, question: Question) -> AsyncGenerator[Piece, None]:
        self.asked.append(question)
        n = sum(message.role == "assistant" for message in question.messages)
        message = self._turns(question) if callable(self._turns) else self._turns[n]
        if message.text:
            yield TextPiece(message.text)
        ends = "tool" if message.calls else "done"
        yield Reply(message, ends, Usage(put_in=10, given=5), "played")  # type: ignore[arg-type]

    async def embed(self, model: str, texts: Sequence[str]) -> Vectors:
        raise NotImplementedError

    async def models(self) -> Sequence[str]:
        return ("played",)

    async def close(self) -> None:
        """There is nothing to let go of."""


class _Agent(LlmAgent):
    played: Provider

    async def provider(self, connection: Connection) -> Provider:
        return self.played


class World(Plain):
    """Surroundings in which every model is the scripted one."""

    def __init__(self, model: Scripted, folder: Path) -> None:
        super().__init__()
        self._agent = _Agent(Grants(folder=str(folder)), alone(folder))
        self._agent.played = model

    async def agent(self, kind: type[T], grants: Grants) -> T:
        assert isinstance(self._agent, kind)
        return self._agent


def acting(model: Scripted, folder: Path) -> Studio:
    """An executor whose agents ask that model."""
    studio = Studio(catalog=CATALOG)
    studio.world = World(model, folder)
    studio.restart()
    return studio


def tool(kind: str, port: str = "value", **fields: Any) -> Flow:
    """A flow of one block that gives on what is given to it as `query`."""
    given = {"name": "query", "type": "text", "required": True, "description": "What to look for."}
    return Flow.of(
        [
            Block("query", "flow.input", given),
            Block("work", kind, fields),
            Block("out", "flow.output"),
        ],
        [("query.value", f"work.{port}"), ("work.value", "out.value")],
        description=f"Does {kind}.",
    )


TOOLS = {
    "find": tool("t.fetch", "of", name="find"),
    "write": tool("t.post", name="write"),
    "fails": tool("t.wrong"),
}


def agent(tools: Sequence[str] = ("find", "write", "fails"), **fields: Any) -> Flow:
    """A flow of one agent, with the outputs of it as its own."""
    outputs = ("answer", "ended", "steps", "messages", "usage")
    fields = {"goal": "Find out.", "model": "scripted/echo", "tools": list(tools), **fields}
    return Flow.of(
        [
            Block("agent", "ai.agent", fields),
            *(Block(f"o_{name}", "flow.output", {"name": name}) for name in outputs),
        ],
        [(f"agent.{name}", f"o_{name}.value") for name in outputs],
        flows={name: TOOLS[name] for name in tools if name in TOOLS},
    )
