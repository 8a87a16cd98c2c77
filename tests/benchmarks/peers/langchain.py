"""LangChain: a question to its chat model of OpenAI's, read as it streams."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median
from time import perf_counter

from langchain_openai import ChatOpenAI  # type: ignore[import-not-found]

from tests.benchmarks.lane import DoLap, Lap

QUESTIONS = 100


@asynccontextmanager
async def asking(url: str) -> AsyncIterator[DoLap]:
    """A lap of questions, one after the other."""
    model = ChatOpenAI(
        model="m", api_key="k", base_url=url, max_retries=0, max_tokens=100, stream_usage=True
    )

    async def lap() -> Lap:
        took = []
        for _ in range(QUESTIONS):
            begun = perf_counter()
            text = "".join([str(piece.content) async for piece in model.astream("Hello")])
            took.append(perf_counter() - begun)
            assert text == "You said: Hello", text
        return Lap(sum(took), QUESTIONS, {"median": median(took) * 1e3})

    yield lap
