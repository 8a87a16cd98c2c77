"""A model on one's own machine, served by the real llama.cpp, through both official clients."""

from pathlib import Path

import msgspec
import pytest

from agents.llm.connections import try_out
from agents.llm.shapes import TextPiece
from graph.connections import Connection
from graph.schemas import faults
from tests.agents.llm.conftest import Asking
from tests.servers.llama import Llama

BOTH = pytest.mark.parametrize("name", ["local", "claude"])


@pytest.fixture
def on_llama(asking: Asking, llama: Llama) -> Asking:
    asking.connected = {
        "local": Connection("local", "openai_compatible", {"base_url": llama.url}),
        "claude": Connection("claude", "anthropic", {"base_url": llama.root, "key": "none"}),
    }
    return asking


@BOTH
async def test_a_real_model_streams_its_tokens_and_counts_them(on_llama: Asking, name: str) -> None:
    reply = await on_llama.ask(f"{name}/", most_tokens=12, temperature=0.0)

    pieces = [piece for piece in on_llama.heard if isinstance(piece, TextPiece)]
    assert "".join(piece.text for piece in pieces) == reply.message.text
    assert reply.ends in ("length", "done")
    assert 0 < reply.usage.given <= 12
    assert reply.usage.put_in > 3
    assert on_llama.last["first"] <= on_llama.last["took"]


async def test_even_random_weights_follow_a_schema(on_llama: Asking) -> None:
    schema = {
        "type": "object",
        "properties": {"mood": {"enum": ["calm", "angry"]}, "sure": {"type": "boolean"}},
        "required": ["mood", "sure"],
        "additionalProperties": False,
    }

    reply = await on_llama.ask("local/", answer=schema, most_tokens=60, seed=1)

    assert faults(msgspec.json.decode(reply.message.text), schema) == []


async def test_the_same_seed_gives_the_same_answer(on_llama: Asking) -> None:
    texts = {
        (await on_llama.ask("local/", most_tokens=8, seed=7, temperature=0.0)).message.text
        for _ in range(2)
    }

    assert len(texts) == 1


async def test_what_it_serves_is_found_by_asking(on_llama: Asking, tmp_path: Path) -> None:
    assert "tiny" in await try_out(on_llama.connected["local"])
