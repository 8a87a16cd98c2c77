"""The models there are to choose from, with what a person wants to know of each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from agents.llm.catalogue import Known
from agents.llm.connections import KINDS
from app.presenters.amounts import amount
from runtime.connections.contents import Served, Shown

SCRIPTED = "scripted/echo"
PROVIDERS = {"anthropic": "Anthropic", "openai": "OpenAI"}
ASKED = "openai_compatible"
"""The kind of connection whose server is asked which models it has."""


class ModelChoice(NamedTuple):
    """A model as a field names it, and who serves it, how much it takes in, what it costs.

    Without a reference it is no choice but a word on one that is missing.
    """

    reference: str
    note: str


def model_choices(
    known: Iterable[Known],
    connections: Sequence[Shown] = (),
    served: Mapping[str, Served] = {},
    abilities: Iterable[str] = ("chat",),
) -> list[ModelChoice]:
    """Those that can do one of these: of what is connected, then the others that are known.

    `served` is what servers said they have. Last comes the one that asks no model.
    """
    wanted = set(abilities)
    fitting = [one for one in known if wanted & set(one.can)]
    fitting.sort(key=lambda one: (one.provider, one.model))
    leading = [one for one in connections if one.kind in KINDS]
    choices = [choice for one in leading for choice in _of(one, fitting, served.get(one.name))]
    there = {name for one in leading for name in (one.kind, one.name)}
    choices += [
        ModelChoice(f"{one.provider}/{one.model}", " · ".join([*_told(one), "not connected"]))
        for one in fitting
        if one.provider not in there
    ]
    return [*choices, ModelChoice(SCRIPTED, "scripted: no model is asked")]


def to_ask(connections: Iterable[Shown]) -> list[str]:
    """The connections whose servers can say which models they have."""
    return [one.name for one in connections if one.kind == ASKED and one.agreed]


def _of(one: Shown, known: Sequence[Known], served: Served | None) -> Iterator[ModelChoice]:
    """The models of a connection: its usual one, those that its server has, those of its kind."""
    if not one.agreed:
        yield ModelChoice("", f"“{one.name}” waits for your word, in the Connections dock.")
        return
    ours = {model.model: model for model in known if model.provider in (one.kind, one.name)}
    usual = one.fields.get("model", "")
    names = [*([usual] if usual else []), *(served.models if served else ()), *ours]
    for name in dict.fromkeys(names):
        told = _told(ours[name], one) if name in ours else [_who(one)]
        yield ModelChoice(f"{one.name}/{name}", " · ".join(told))
    if one.kind == ASKED and served is None:
        yield ModelChoice("", f"Asking “{one.name}” which models it has…")
    elif served is not None and served.trouble:
        trouble = served.trouble.removeprefix(f"{one.name}: ")
        yield ModelChoice("", f"“{one.name}” names no models: {trouble}")
    elif served is not None and not served.models:
        yield ModelChoice("", f"“{one.name}” answers, but it serves no models.")


def _who(one: Shown) -> str:
    """Who serves the models of a connection: its maker, or the host that it leads to."""
    return PROVIDERS.get(one.kind) or urlsplit(one.fields.get("base_url", "")).netloc or one.name


def _told(known: Known, by: Shown | None = None) -> Iterator[str]:
    yield _who(by) if by else PROVIDERS.get(known.provider, known.provider)
    if known.context:
        yield f"{amount(float(known.context), 'count')} tokens"
    if known.price is not None:
        put_in, out = (
            amount(known.price.put_in, "US dollars"),
            amount(known.price.out, "US dollars"),
        )
        yield f"{put_in} in, {out} out" if known.price.out else put_in
