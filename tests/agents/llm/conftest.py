"""A context that is connected to the scripted service of models, guarded as in a runtime."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from agents.contract import Grants, Means
from agents.llm.asking import answer
from agents.llm.shapes import Heard, Message, Question, Reply, Restarted, Text, TextPiece
from agents.resilience.guards import Guards
from agents.resilience.settings import GuardRules
from graph.connections import Connection
from runtime.compose import RESOURCES
from tests.agents.conftest import Surroundings
from tests.servers.models import Models

T = TypeVar("T")

KEY = "sk-test-4711"

KNOWN = """{"models": [
    {"model": "r", "provider": "openai", "speaks": "responses", "thinks": "effort"}
]}"""
"""What a person wrote into HOME/models.json: `gpt/r` wants the newer of two protocols."""

SWIFT = {"first_wait": 0.001, "longest_wait": 0.01}
"""Guards as they are, but for the waits."""


class Asking(Surroundings):
    """Asks the scripted service under the names `claude`, `gpt` and `local`."""

    def __init__(self, models: Models, home: Path, **rules: Any) -> None:
        super().__init__(Grants(folder=str(home), resources=str(RESOURCES)))
        self.models = models
        self.guards = Guards(GuardRules({"llm": {**SWIFT, **rules}}))
        self.means = Means(self.guards, home / "agents" / "llm")
        self.heard: list[Heard] = []
        (home / "models.json").write_text(KNOWN)
        self.connected = {
            "claude": Connection("claude", "anthropic", {"key": KEY, "base_url": models.root}),
            "gpt": Connection("gpt", "openai", {"key": KEY, "base_url": models.url}),
            "local": Connection("local", "openai_compatible", {"base_url": models.url}),
        }

    async def agent(self, kind: type[T]) -> T:
        if kind not in self._agents:
            made: Any = kind(self.grants, self.means)  # type: ignore[call-arg]
            await made.connect()
            self._agents[kind] = made
        return self._agents[kind]  # type: ignore[no-any-return]

    async def ask(
        self, *models: str, said: str = "Hello", keep: bool = False, **more: Any
    ) -> Reply:
        question = Question(model="", messages=more.pop("messages", asks(said)), **more)
        return await answer(self, models, question, hear=self.heard.append, keep=keep)

    @property
    def heard_last(self) -> str:
        """The text that was heard since the last time it was begun anew."""
        text = ""
        for piece in self.heard:
            match piece:
                case Restarted():
                    text = ""
                case TextPiece(text=more):
                    text += more
        return text

    @property
    def last(self) -> dict[str, Any]:
        """What was traced last."""
        return self.traced[-1][1]


def asks(said: str) -> tuple[Message, ...]:
    return (Message("user", (Text(said),)),)


@pytest.fixture
async def asking(models: Models, tmp_path: Path) -> AsyncIterator[Asking]:
    context = Asking(models, tmp_path)
    yield context
    await context.close()
    await context.guards.close()
