"""What it takes to connect models: Claude, OpenAI, and whatever speaks as OpenAI does."""

import asyncio
from collections.abc import Sequence

from agents.errors import Unavailable
from agents.llm.catalogue import Catalogue
from agents.llm.errors import Unsuited
from agents.llm.providers import making
from graph.connections import Connection, ConnectionField, ConnectionKind

_TIME_LIMIT = ConnectionField(
    "time_limit",
    "Time limit",
    "Seconds that one answer may take in all; 600 if nothing is said.",
)
_PATIENCE = ConnectionField(
    "patience",
    "Patience",
    "Seconds without a sign of life after which it is given up; 120 if nothing is said.",
)
_MODEL = ConnectionField(
    "model", "Usual model", "The model that is asked where a block names only the connection."
)

CONNECTIONS = (
    ConnectionKind(
        "anthropic",
        "Claude (Anthropic)",
        "mdi6.creation",
        (
            ConnectionField(
                "key",
                "API key",
                "From the Claude Console, under API keys. It starts with sk-ant-.",
                secret=True,
                required=True,
            ),
            ConnectionField(
                "base_url",
                "Address",
                "Only for a gateway of your own that speaks Anthropic's Messages API.",
                default="https://api.anthropic.com",
                editor="url",
            ),
            _MODEL,
            _TIME_LIMIT,
            _PATIENCE,
        ),
        help="Models of the Claude family. ANTHROPIC_API_KEY in the environment does it, too.",
        variables={"ANTHROPIC_API_KEY": "key", "ANTHROPIC_BASE_URL": "base_url"},
    ),
    ConnectionKind(
        "openai",
        "OpenAI",
        "mdi6.creation-outline",
        (
            ConnectionField(
                "key",
                "API key",
                "From OpenAI's platform, under API keys. It starts with sk-.",
                secret=True,
                required=True,
            ),
            ConnectionField(
                "base_url",
                "Address",
                "Only for a gateway of your own.",
                default="https://api.openai.com/v1",
                editor="url",
            ),
            ConnectionField(
                "organization", "Organization", "Who pays, for keys that belong to several."
            ),
            _MODEL,
            _TIME_LIMIT,
            _PATIENCE,
        ),
        help="Models of OpenAI. OPENAI_API_KEY in the environment does it, too.",
        variables={"OPENAI_API_KEY": "key", "OPENAI_BASE_URL": "base_url"},
    ),
    ConnectionKind(
        "openai_compatible",
        "OpenAI-compatible server",
        "mdi6.server",
        (
            ConnectionField(
                "base_url",
                "Address",
                "With its /v1: http://127.0.0.1:11434/v1 for Ollama, http://127.0.0.1:8080/v1 for"
                " llama.cpp, http://127.0.0.1:8000/v1 for vLLM.",
                required=True,
                default="http://127.0.0.1:11434/v1",
                editor="url",
            ),
            ConnectionField("key", "API key", "Only if the server wants one.", secret=True),
            _MODEL,
            _TIME_LIMIT,
            _PATIENCE,
        ),
        help=(
            "Models on your own machine (Ollama, llama.cpp, vLLM), and every service that speaks"
            " OpenAI's chat completions."
        ),
        asks_first=True,
    ),
)
"""The kinds of connection that lead to models."""

KINDS = tuple(kind.kind for kind in CONNECTIONS)


async def models_of(connection: Connection) -> Sequence[str]:
    """The names of the models that a connection serves. Raises BlockError."""
    provider = await asyncio.to_thread(making.made, connection, Catalogue())
    try:
        return await provider.models()
    finally:
        await provider.close()


async def try_out(connection: Connection) -> str:
    """Ask a connection which models it has, and say what came of it. Raises BlockError."""
    served = await models_of(connection)
    if not served:
        raise Unavailable(f"{connection.name} answers, but it serves no models.")
    usual = connection.get("model")
    if usual and usual not in served:
        raise Unsuited(
            f"{connection.name} answers, but it has no model {usual!r}.",
            cure=f"It has {', '.join(served[:10])}.",
        )
    shown = ", ".join(served[:3])
    more = f" and {len(served) - 3} more" if len(served) > 3 else ""
    return f"It answers, and has the models {shown}{more}."


def place_of(connection: Connection) -> str:
    """Who answers there, without anything secret: the same model elsewhere is another."""
    return f"{connection.kind} {connection.get('base_url')}"
