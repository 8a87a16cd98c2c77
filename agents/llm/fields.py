"""Fields that the blocks which ask models have in common, and what they all give beside."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple, TypedDict

from graph.spec import Look, Needs, Spends

Model = Annotated[
    str,
    "The model to ask: CONNECTION/MODEL, such as `anthropic/claude-sonnet-5-5` or "
    "`local/llama3.2`. Empty for the default one. `scripted/echo` asks none.",
    Look("model"),
]
Fallbacks = Annotated[
    Sequence[str], "Models to ask instead, in this order, when it can't answer.", Look(more=True)
]
System = Annotated[str, "What it is to be and to heed, said before all else.", Look("lines")]
Guidance = Annotated[str, "What else it should know, such as what the names mean.", Look("lines")]
Keep = Annotated[
    bool,
    "Whether an answer is kept on this machine, and the same question answered from there.",
    Look(more=True),
]
Temperature = Annotated[
    float | None,
    "How freely it chooses its words: 0 for the likeliest. As the model does it when left out.",
    Look(more=True),
]
MostTokens = Annotated[int, "The most tokens an answer may have.", Look(more=True)]
Thinking = Annotated[
    int, "Tokens it may think for before it answers, where it can; 0 for none.", Look(more=True)
]
Seed = Annotated[
    int | None, "The same seed gives mostly the same answer, where models know it.", Look(more=True)
]
Tries = Annotated[
    int, "How often it is asked for an answer that follows the fields, in all.", Look(more=True)
]
Parallel = Annotated[int, "How many pieces are with the model at a time.", Look(more=True)]
PieceTokens = Annotated[
    int,
    "How long a piece of a long text is, in tokens; 0 for what suits the model.",
    Look(more=True),
]

SCRIPTED = "scripted"
"""The connection that asks no model."""

_HOSTS = {"anthropic": "api.anthropic.com", "openai": "api.openai.com"}
"""Where the connections lead that keys in the environment make."""


class Used(TypedDict):
    """What an answer took: tokens in and out, US dollars, seconds, and who answered."""

    tokens_in: int
    tokens_out: int
    cost: float
    model: str
    seconds: float


class Asking(NamedTuple):
    """Whom to ask and how, as the fields of a block say."""

    models: tuple[str, ...]
    keep: bool = False
    most_tokens: int = 4096
    temperature: float | None = None
    thinking: int = 0
    seed: int | None = None


def needs(fields: Mapping[str, Any]) -> Needs:
    """The hosts or connections that the models named lead to; any host where only a run tells.

    A connection leads to the host that the person named who made it, and needs no other.
    """
    found = Needs()
    for model in (fields.get("model", ""), *_listed(fields.get("fallbacks"))):
        found |= _leads_to(model)
    return found


def spends(fields: Mapping[str, Any]) -> Spends:
    """What one question with these fields may take, as far as they tell."""
    # The catalogue of models is read once somebody wants to know.
    from agents.llm.expecting import spent_with  # noqa: PLC0415 - see above

    return spent_with(fields)


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value] if value else ()


def _leads_to(model: Any) -> Needs:
    name, slash, _ = model.partition("/") if isinstance(model, str) else ("", "", "")
    if name == SCRIPTED:
        return Needs()
    if name in _HOSTS:
        return Needs(hosts=(_HOSTS[name],))
    return Needs(connections=(name,)) if slash and name else Needs(hosts=("*",))
