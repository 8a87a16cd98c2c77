"""A plan without any model: the blocks that the words of a goal name, in a row as their ports fit."""  # noqa: E501

import re
from collections.abc import Iterator, Sequence
from typing import Any

from graph.catalog import Catalog
from graph.flow import Block, End, Flow, Link
from graph.planning.mending import mended
from graph.planning.plan import Plan, laid_out
from graph.planning.relevant import ALWAYS, relevant, usable
from graph.spec import BlockSpec, Output, Parameter
from graph.values import fit

MOST_STEPS = 8
_PARTS = re.compile(r"[,.;\n]+|\b(?:and then|then|and|after that|finally)\b")
"""Where one thing to do ends and the next begins."""

_MODELS = "ai."


def planned_without_model(goal: str, catalog: Catalog, *, writes: bool = True) -> Plan | None:
    """A row of blocks, one for each thing the goal names; None when it names nothing known.

    It is a beginning to go on from: what no link can give becomes an input of the flow.
    """
    specs = [s for s in usable(catalog, writes=writes) if not s.kind.startswith(_MODELS)]
    steps = list(_steps(goal, specs))[:MOST_STEPS]
    if not steps:
        return None
    blocks: dict[str, Block] = {}
    links: dict[End, Link] = {}
    reasons: dict[str, str] = {}
    given: list[tuple[str, Sequence[Output]]] = []
    for part, spec in steps:
        id = _free(spec.kind.partition(".")[2], blocks)
        blocks[id] = Block(id, spec.kind)
        reasons[id] = part
        links.update(_joined(id, spec, given))
        given.append((id, spec.outputs))
    _end(blocks, links, given)
    flow = Flow(name=goal[:60], description=goal, blocks=blocks, links=links)
    sound = mended(flow, catalog)
    if not sound.flow.blocks.keys() & reasons.keys():
        return None
    return Plan(laid_out(sound.flow), reasons, (), sound.done)


def _steps(goal: str, specs: Sequence[BlockSpec]) -> Iterator[tuple[str, BlockSpec]]:
    last = ""
    for part in (text.strip() for text in _PARTS.split(goal)):
        best = next((s for s in relevant(part, specs, 3) if s.kind not in ALWAYS), None)
        if best is not None and best.kind != last:
            last = best.kind
            yield part, best


def _joined(
    id: str, spec: BlockSpec, given: Sequence[tuple[str, Sequence[Output]]]
) -> Iterator[tuple[End, Link]]:
    """A link from the latest output that fits into the first field that wants something."""
    for parameter in _wanting(spec):
        for before, outputs in reversed(given):
            found = next((o for o in outputs if fit(o.type, parameter.type).fits), None)
            if found is not None:
                end = End(id, parameter.name)
                yield end, Link(End(before, found.name), end)
                return


def _wanting(spec: BlockSpec) -> list[Parameter]:
    """Fields that take something, those that must have a value first, settings last."""
    fields = [p for p in spec.parameters if not p.look.more and not p.type.choices]
    return sorted(fields, key=lambda p: (not p.required, bool(p.look.editor)))


def _end(
    blocks: dict[str, Block], links: dict[End, Link], given: Sequence[tuple[str, Sequence[Output]]]
) -> None:
    """What the last block gives is what the flow gives."""
    last, outputs = given[-1]
    if outputs:
        id = _free("result", blocks)
        fields: dict[str, Any] = {"name": "result"}
        blocks[id] = Block(id, "flow.output", fields)
        links[End(id, "value")] = Link(End(last, outputs[0].name), End(id, "value"))


def _free(id: str, taken: dict[str, Block]) -> str:
    number, free = 2, id
    while free in taken:
        free, number = f"{id}_{number}", number + 1
    return free
