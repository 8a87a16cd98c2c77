"""Fixes of a block as a whole: its kind, its name, how it is run."""

from collections.abc import Iterator
from itertools import count

from msgspec.structs import replace

from graph.compile.fixes.spot import Fix, Spot, close_to
from graph.compile.ports import CALL, INPUT
from graph.edits import ChangeKind, RemoveBlock, SetField, SetSettings
from graph.flow import Block, Retry, Settings


def of_unknown_kind(spot: Spot) -> Iterator[Fix]:
    if spot.block is None:
        return
    id, kind, kinds = spot.block.id, spot.block.kind, spot.level.catalog.kinds
    same_name = [k for k in kinds if k.rpartition(".")[2] == kind.rpartition(".")[2]]
    for close in list(dict.fromkeys([*same_name, *close_to(kind, kinds, 0.75)]))[:3]:
        yield Fix(f"Make it “{kinds[close].title}”", ChangeKind(id, close))
    yield Fix("Remove the block", RemoveBlock(id))


def of_recursion(spot: Spot) -> Iterator[Fix]:
    if spot.block:
        yield Fix("Remove the block", RemoveBlock(spot.block.id))


def of_same_name(spot: Spot) -> Iterator[Fix]:
    if spot.block is None:
        return
    blocks = spot.level.flow.blocks.values()
    taken = {_name(block) for block in blocks if block.kind == spot.block.kind}
    name = _name(spot.block)
    free = next(made for n in count(2) if (made := f"{name}_{n}") not in taken)
    yield Fix(f"Call it “{free}”", SetField(spot.block.id, "name", free))


def _name(block: Block) -> str:
    return str(block.fields.get("name", block.id if block.kind == INPUT else "result"))


def of_bad_setting(spot: Spot) -> Iterator[Fix]:
    if spot.block is None:
        return
    settings, field = spot.block.settings, spot.problem.field
    for title, better in _better_settings(spot, settings, field):
        if better != settings:
            yield Fix(title, SetSettings(spot.block.id, better))


def _better_settings(spot: Spot, settings: Settings, field: str) -> Iterator[tuple[str, Settings]]:
    match field:
        case "retry":
            yield "Try again as usual", replace(settings, retry=Retry())
            yield "Don't try again", replace(settings, retry=None)
        case "time_limit":
            yield "Take the time limit off", replace(settings, time_limit=None)
        case "parallel":
            yield "Run one at a time", replace(settings, parallel=1)
        case "each":
            yield from _better_each(spot, settings)
        case "pin":
            yield "Don't pin its result", replace(settings, pin=None)
        case _ if spot.block and spot.block.kind == CALL:
            plain = replace(settings, retry=None, on_error="stop")
            yield "Don't try again or catch errors here", plain


def _better_each(spot: Spot, settings: Settings) -> Iterator[tuple[str, Settings]]:
    ports = spot.ports(spot.problem.block)
    if ports and settings.each not in ports.inputs:
        for close in close_to(settings.each, ports.inputs):
            yield f"Run it for each “{close}”", replace(settings, each=close)
    yield "Run it once", replace(settings, each="")
