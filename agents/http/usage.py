"""What the answer of a model's API says it used up."""

from collections.abc import Mapping
from typing import Any, NamedTuple

_IN = ("input_tokens", "prompt_tokens")
_OUT = ("output_tokens", "completion_tokens")


class Usage(NamedTuple):
    """Tokens in and out, US dollars where the answer names them, and the model that was asked."""

    tokens: int
    cost: float
    model: str


def usage_of(body: Any) -> Usage | None:
    """What an answer says of its usage in the way OpenAI's and Anthropic's APIs do; else None.

    {"model": "…", "usage": {"total_tokens": 42}}: `total_tokens`, or else `prompt_tokens` and
    `completion_tokens`, or `input_tokens` and `output_tokens`; `cost` as OpenRouter adds it.
    """
    usage = body.get("usage") if isinstance(body, Mapping) else None
    if not isinstance(usage, Mapping):
        return None
    total = _number(usage, ("total_tokens",)) or _number(usage, _IN) + _number(usage, _OUT)
    cost = usage.get("cost")
    paid = float(cost) if isinstance(cost, int | float) and cost > 0 else 0.0
    if not total and not paid:
        return None
    return Usage(total, paid, str(body.get("model", "")))


def _number(usage: Mapping[str, Any], names: tuple[str, ...]) -> int:
    found = (usage.get(name) for name in names)
    return next((value for value in found if isinstance(value, int) and value > 0), 0)
