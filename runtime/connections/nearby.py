"""Models on this machine: which of the usual servers answers on loopback."""

import asyncio

import msgspec

PATIENCE = 1.0
"""Seconds that a server on this machine may take to say which models it has."""

USUAL = (("ollama", "Ollama", 11434), ("llama-cpp", "llama.cpp", 8080), ("vllm", "vLLM", 8000))
"""A name for the connection, what it is called, and the port it listens on if nobody says else."""


class Nearby(msgspec.Struct, frozen=True):
    """A server that speaks as OpenAI does, and the models it has."""

    name: str
    title: str
    address: str
    models: tuple[str, ...] = ()


async def nearby() -> tuple[Nearby, ...]:
    """Those that answer now. Nothing is sent but the question which models there are."""
    found = await asyncio.gather(*(_asked(*usual) for usual in USUAL))
    return tuple(one for one in found if one is not None)


async def _asked(name: str, title: str, port: int) -> Nearby | None:
    # 0.2 s of httpx that only whoever looks for models need spend.
    import httpx  # noqa: PLC0415 - see above

    address = f"http://127.0.0.1:{port}/v1"
    try:
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
            answer = await client.get(f"{address}/models")
        models = msgspec.json.decode(answer.content, type=_Models)
    except (httpx.HTTPError, msgspec.DecodeError):
        return None
    return Nearby(name, title, address, tuple(model.id for model in models.data[:50]))


class _Model(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    data: list[_Model]
