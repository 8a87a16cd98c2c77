"""Ports to choose from when a link is made without the mouse."""

from collections.abc import Iterator
from typing import NamedTuple

from app.presenters.loose_link import LooseLink, Side, told
from graph.compile.ports import NOTE, Level, ports_of
from graph.flow import Block, End


class PortChoice(NamedTuple):
    """One port as it is offered."""

    end: End
    side: Side
    title: str
    detail: str
    hint: str
    icon: str


def own_ports(level: Level, id: str) -> Iterator[PortChoice]:
    """The ports of a block at which a link may be held: what it gives first."""
    block = level.flow.blocks[id]
    spec = level.catalog.get(block.kind)
    if spec is None or spec.kind == NOTE:
        return
    ports = ports_of(block, spec, level)
    for name, given in ports.outputs.items():
        yield PortChoice(End(id, name), "out", _said(name), f"gives {given}", "output", spec.icon)
    for name, taken in ports.inputs.items():
        end = End(id, name)
        link = level.flow.links.get(end)
        detail = f"linked from {link.source}" if link else f"takes {taken}"
        yield PortChoice(end, "in", _said(name), detail, "input", spec.icon)


def other_ends(level: Level, loose: LooseLink) -> list[PortChoice]:
    """Where a held link may go: ports that fit first, then needed ones by conversion."""
    found = [
        choice for block in level.flow.blocks.values() for choice in _ends(level, block, loose)
    ]
    return sorted(found, key=lambda one: not loose.verdict(one.end).fits)


def _ends(level: Level, block: Block, loose: LooseLink) -> Iterator[PortChoice]:
    spec = level.catalog.get(block.kind)
    if spec is None or spec.kind == NOTE or block.id == loose.held.block:
        return
    ports = ports_of(block, spec, level)
    offered = ports.inputs if loose.side == "out" else ports.outputs
    side: Side = "in" if loose.side == "out" else "out"
    for name, kind in offered.items():
        end, verdict = End(block.id, name), loose.verdict(End(block.id, name))
        if verdict.fits or (verdict.convert and loose.wants(end)):
            detail = f"{'takes' if side == 'in' else 'gives'} {kind}"
            if not verdict.fits:
                detail = told(verdict, name)
            elif side == "in" and end in level.flow.links:
                detail = f"{detail}; takes the place of {level.flow.links[end].source}"
            title = f"{block.title or spec.title}: {_said(name)}"
            yield PortChoice(end, side, title, detail, block.id, spec.icon)


def _said(name: str) -> str:
    return name.replace("_", " ")
