"""What a flow's blocks would ask and can't, since no model is connected that they mean."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from agents.llm.connections import KINDS
from agents.llm.providers.scripted import NAME as SCRIPTED
from graph.catalog import Catalog
from graph.errors import Problem
from graph.flow import Block, End, Flow
from graph.spec import BlockSpec
from runtime.connections.contents import Overview, Shown

NO_MODEL = "no-model"
"""The code of the warning that a block asks a model which nothing leads to."""
WAITS = "model-waits"
"""The code of the warning that what leads to it waits for a person's word."""

THREE_WAYS = (
    "Connect Claude, connect OpenAI, or connect a model on your own machine (Ollama, llama.cpp,"
    " vLLM). scripted/echo asks none."
)


def missing_models(
    flow: Flow, catalog: Catalog, seen: Overview, path: str = ""
) -> Iterator[Problem]:
    """A warning for each block that asks models none of which can be had, here and inside."""
    there = [one for one in seen.connections if one.kind in KINDS]
    for block in flow.blocks.values():
        spec = catalog.get(block.kind)
        field = _asks_by(block, spec) if spec else ""
        if field and End(block.id, field) not in flow.links:
            lack = _lacking(_named(block, field, seen.model), there)
            if lack is not None:
                yield msgspec.structs.replace(lack, flow=path, block=block.id, field=field)
    for name, inner in flow.flows.items():
        yield from missing_models(inner, catalog, seen, f"{path}/{name}" if path else name)


def kinds_for(reference: str) -> tuple[tuple[str, ...], str]:
    """The kinds of connection that a reference to a model wants, and what it calls it."""
    name, slash, _ = reference.partition("/")
    if not slash:
        return KINDS, ""
    return ((name,) if name in KINDS else KINDS), name


def _asks_by(block: Block, spec: BlockSpec) -> str:
    """The field in which a block that runs names its model, "" for one that asks none."""
    if block.settings.bypass or block.settings.pin is not None:
        return ""
    return next((one.name for one in spec.parameters if one.look.editor == "model"), "")


def _named(block: Block, field: str, default: str) -> list[str]:
    """The models that a block may ask, one after the other; none where only the run tells."""
    first = block.fields.get(field) or default
    others = block.fields.get("fallbacks") or []
    named: list[Any] = [first, *(others if isinstance(others, list | tuple) else [others])]
    return [one.strip() for one in named] if all(isinstance(one, str) for one in named) else []


def waiting_for(reference: str, seen: Overview) -> str:
    """The connection that a reference to a model leads to, the first there is if it says none."""
    name = reference.partition("/")[0]
    return name or next((one.name for one in seen.connections if one.kind in KINDS), "")


def _lacking(references: Sequence[str], there: Sequence[Shown]) -> Problem | None:
    """What stands in the way of asking the first, None when any of them can be asked."""
    lacks = [_lack(one, there) for one in references]
    return lacks[0] if lacks and all(lacks) else None


def _lack(reference: str, there: Sequence[Shown]) -> Problem | None:
    name, slash, _ = reference.partition("/")
    by_name = {one.name: one for one in there}
    if name == SCRIPTED:
        return None
    if not there:
        return _warning(NO_MODEL, "No model is connected.", THREE_WAYS)
    if slash and name not in by_name:
        return _warning(
            NO_MODEL,
            f"There is no connection {name!r} to models.",
            "Connect it, or choose another model.",
        )
    meant = by_name.get(name) or (there[0] if not reference else None)
    if meant is not None and not meant.agreed:
        return _warning(
            WAITS,
            f"The connection {meant.name!r} waits for your word.",
            "Look at what it does, and agree to it.",
        )
    return None


def _warning(code: str, message: str, cure: str) -> Problem:
    return Problem(code, message, cure, severity="warning")
