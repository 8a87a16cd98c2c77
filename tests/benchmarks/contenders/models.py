"""Models: questions asked through Heddle and by the bare clients, one or a thousand at once."""

import asyncio
import os
import resource
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import httpx
import psutil

from agents.contract import Grants
from agents.llm.agent import LlmAgent
from agents.llm.asking import answer
from agents.llm.shapes import Message, Question, Text
from agents.manager.alone import alone
from graph.connections import Connection
from graph.context import Allowance
from tests.benchmarks.lane import DoLap, Lap
from tests.servers.models import models_apart

QUESTIONS = 100
CROWD = 1000

QUESTION = Question(model="", messages=(Message("user", (Text("Hello"),)),), most_tokens=100)


class Around:
    """What a question needs of its context, with nobody listening."""

    run, task, attempt, key, started, interrupted = "r", "t", 1, "r:t", 0.0, False

    def __init__(self, root: str, folder: Path) -> None:
        self._agent = LlmAgent(Grants(folder=str(folder)), alone(folder / "agents" / "llm"))
        self._known = {
            "openai": Connection("openai", "openai", {"key": "k", "base_url": f"{root}/v1"}),
            "anthropic": Connection("anthropic", "anthropic", {"key": "k", "base_url": root}),
        }

    async def agent(self, _: Any) -> LlmAgent:
        return self._agent

    def connection(self, name: str) -> Connection:
        return self._known[name]

    def connections(self, *kinds: str) -> tuple[str, ...]:
        return tuple(self._known)

    def allowance(self) -> Allowance:
        return Allowance(tokens=10**9)

    @asynccontextmanager
    async def set_aside(self, tokens: int, cost: float) -> AsyncIterator[Callable[[], Allowance]]:
        yield self.allowance

    def spend(self, *, tokens: int = 0, cost: float = 0.0, model: str = "") -> None: ...

    def trace(self, kind: str, detail: Mapping[str, Any]) -> None: ...

    async def ask(self, provider: str) -> str:
        reply = await answer(self, [f"{provider}/m"], QUESTION, hear=lambda _: None)  # type: ignore[arg-type]
        return reply.message.text

    async def close(self) -> None:
        await self._agent.close()


class Bare:
    """The same question as somebody asks it who has nothing but the client."""

    def __init__(self, root: str) -> None:
        import anthropic
        import httpx2
        import openai

        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=64)
        self._openai = openai.AsyncOpenAI(
            api_key="k", base_url=f"{root}/v1", max_retries=0, timeout=120.0,
            http_client=openai.DefaultAsyncHttpxClient(limits=limits),
        )  # fmt: skip
        self._anthropic = anthropic.AsyncAnthropic(
            api_key="k", base_url=root, max_retries=0, timeout=120.0,
            http_client=anthropic.DefaultAsyncHttpxClient(limits=limits),
        )  # fmt: skip

    async def ask(self, provider: str) -> str:
        return await (self._of_openai() if provider == "openai" else self._of_anthropic())

    async def _of_openai(self) -> str:
        text = ""
        stream = await self._openai.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "Hello"}], stream=True,
            max_completion_tokens=100, stream_options={"include_usage": True},
        )  # fmt: skip
        async for chunk in stream:
            for choice in chunk.choices:
                text += choice.delta.content or ""
        return text

    async def _of_anthropic(self) -> str:
        text = ""
        stream = await self._anthropic.messages.create(
            model="m", messages=[{"role": "user", "content": "Hello"}], stream=True, max_tokens=100
        )
        async for event in stream:
            if event.type == "content_block_delta" and event.delta.type == "text_delta":
                text += event.delta.text
        return text

    async def close(self) -> None:
        await self._openai.close()
        await self._anthropic.close()


@asynccontextmanager
async def in_turn(provider: str) -> AsyncIterator[DoLap]:
    """One question through all that stands around it, one by the client alone, and so on."""
    with TemporaryDirectory() as folder:
        async with models_apart() as (root, _):
            ours, bare = Around(root, Path(folder)), Bare(root)

            async def lap() -> Lap:
                took: dict[Around | Bare, list[float]] = {ours: [], bare: []}
                for n in range(2 * QUESTIONS):
                    asker = (ours, bare)[(n + n // 2) % 2]  # A B B A: neither always comes second
                    begun = process_time()
                    assert await asker.ask(provider) == "You said: Hello"
                    took[asker].append((process_time() - begun) * 1e3)
                notes = {"ours": median(took[ours]), "bare": median(took[bare])}
                return Lap(sum(took[ours]) / 1e3, QUESTIONS, notes)

            try:
                yield lap
            finally:
                await ours.close()
                await bare.close()


@asynccontextmanager
async def asking(url: str) -> AsyncIterator[DoLap]:
    """Questions to OpenAI through all that stands around them, one after the other."""
    with TemporaryDirectory() as folder:
        ours = Around(url.removesuffix("/v1"), Path(folder))

        async def lap() -> Lap:
            took = []
            for _ in range(QUESTIONS):
                begun = perf_counter()
                assert await ours.ask("openai") == "You said: Hello"
                took.append(perf_counter() - begun)
            return Lap(sum(took), QUESTIONS, {"median": median(took) * 1e3})

        try:
            yield lap
        finally:
            await ours.close()


@asynccontextmanager
async def crowd(ours: bool) -> AsyncIterator[DoLap]:
    """A thousand answers that are under way together, as slow as models are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4 * CROWD)), hard))
    process = psutil.Process(os.getpid())
    with TemporaryDirectory() as folder:
        async with models_apart() as (root, _), httpx.AsyncClient(base_url=root) as server:
            asker = Around(root, Path(folder)) if ours else Bare(root)
            assert await asker.ask("openai") == "You said: Hello"
            slow = {"text": "word " * 12, "every": 0.5}
            await server.post("/script", json={"always": slow})

            async def lap() -> Lap:
                before = process.memory_info().rss
                begun = perf_counter()
                asking = [asyncio.create_task(asker.ask("openai")) for _ in range(CROWD)]
                peak = before
                while not all(task.done() for task in asking):
                    peak = max(peak, process.memory_info().rss)
                    await asyncio.sleep(0.1)
                texts = [task.result() for task in asking]
                assert len(set(texts)) == 1
                kilobytes = (peak - before) / CROWD / 1024
                return Lap(perf_counter() - begun, CROWD, {"kilobytes": kilobytes})

            try:
                yield lap
            finally:
                await asker.close()


@asynccontextmanager
async def importing(modules: Sequence[str]) -> AsyncIterator[DoLap]:
    """The modules imported by a new interpreter, in its CPU time."""
    program = f"import time; import {', '.join(modules)}; print(time.process_time())"

    async def lap() -> Lap:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await process.communicate()
        return Lap(float(printed), 1)

    yield lap
