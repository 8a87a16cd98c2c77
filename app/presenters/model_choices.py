"""The models there are to choose from, with what a person wants to know of each."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from agents.llm.catalogue import Known
from app.presenters.amounts import amount

SCRIPTED = "scripted/echo"
PROVIDERS = {"anthropic": "Anthropic", "openai": "OpenAI"}


class ModelChoice(NamedTuple):
    """A model as a field names it, and who serves it, how much it takes in, what it costs."""

    reference: str
    note: str


def model_choices(
    known: Iterable[Known], abilities: Iterable[str] = ("chat",)
) -> list[ModelChoice]:
    """Those that can do one of these, by provider and name; last the one that asks no model."""
    wanted = set(abilities)
    fitting = [one for one in known if wanted & set(one.can)]
    order = sorted(fitting, key=lambda one: (one.provider, one.model))
    choices = [ModelChoice(f"{one.provider}/{one.model}", " · ".join(_told(one))) for one in order]
    return [*choices, ModelChoice(SCRIPTED, "scripted: no model is asked")]


def _told(known: Known) -> Iterator[str]:
    yield PROVIDERS.get(known.provider, known.provider)
    if known.context:
        yield f"{amount(float(known.context), 'count')} tokens"
    if known.price is not None:
        put_in, out = (
            amount(known.price.put_in, "US dollars"),
            amount(known.price.out, "US dollars"),
        )
        yield f"{put_in} in, {out} out" if known.price.out else put_in
