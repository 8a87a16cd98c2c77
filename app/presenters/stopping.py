"""Breakpoints as a flow has them: what runs are told of them, and how they follow its blocks."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from app.presenters.addresses import Spot, every_spot, in_runs, spot_at
from graph.catalog import Catalog
from graph.compile.ports import CALL, Level, interface
from graph.flow import Block, End, Flow
from runtime.breakpoints import Breakpoint

PART = "#"
"""Parts the id of a breakpoint from the number of the place it is at, where it is at several."""


def own_id(id: str) -> str:
    """The breakpoint that one told to a run belongs to."""
    return id.partition(PART)[0]


def is_there(point: Breakpoint, flow: Flow, catalog: Catalog) -> bool:
    """Whether the flow has the block, and the link, that a breakpoint is at."""
    if not point.block:
        return True
    spot = spot_at(flow, catalog, point.block)
    if spot is None or not point.to:
        return spot is not None or _comes_with_a_kind(point.block, flow, catalog)
    link = spot.level.flow.links.get(target_of(point))
    return link is not None and link.source == End(spot.block.id, point.port)


def _comes_with_a_kind(address: str, flow: Flow, catalog: Catalog) -> bool:
    """Whether a block is in a flow that nobody drew: one that came with the kind around it."""
    outer, _, id = address.rpartition("/")
    spot = spot_at(flow, catalog, outer) if outer else None
    spec = catalog.get(spot.block.kind) if spot else None
    return spec is not None and any(id in body.blocks for body in spec.bodies.values())


def target_of(point: Breakpoint) -> End:
    """Where the link ends that a breakpoint is on."""
    block, _, port = point.to.partition(".")
    return End(block, port)


# What a run is told.


def for_runs(points: Iterable[Breakpoint], flow: Flow, catalog: Catalog) -> list[Breakpoint]:
    """The enabled ones of which the flow has the block, at the places that its runs know."""
    told = list[Breakpoint]()
    for point in points:
        if point.enabled and is_there(point, flow, catalog):
            places = [*_places(point, flow, catalog)]
            told += places[:1]
            told += (replace(p, id=f"{p.id}{PART}{n}") for n, p in enumerate(places[1:], 2))
    return told


def _places(point: Breakpoint, flow: Flow, catalog: Catalog) -> Iterator[Breakpoint]:
    spot = spot_at(flow, catalog, point.block) if point.block else None
    if spot is None:
        yield point
    elif spot.block.settings.each and point.at == "after" and point.port:
        yield _of_list(point, spot, flow)
    else:
        place = in_runs(flow, catalog, point.block)
        inner = next(spot.inside(), None) if spot.block.kind == CALL else None
        if inner is None or spot.block.settings.pin is not None:
            yield replace(point, block=place)
        else:
            yield from _of_call(point, place, inner, flow)


def _of_list(point: Breakpoint, spot: Spot, flow: Flow) -> Breakpoint:
    """What a block gives that is run for each item: its loop gives it, as a list."""
    outer, _, id = point.block.rpartition("/")
    place = in_runs(flow, spot.level.catalog, outer) + "/" + id if outer else id
    return replace(point, block=place, port="error" if point.port == "error" else "value")


def _of_call(point: Breakpoint, place: str, inner: Level, flow: Flow) -> Iterator[Breakpoint]:
    """A sub-flow has no task of its own: its inputs and outputs are blocks inside."""
    inputs, outputs = interface(inner.flow)
    match point.at:
        case "error":
            for spot in every_spot(inner):
                yield replace(
                    point, block=f"{place}/{in_runs(inner.flow, inner.catalog, spot.address)}"
                )
        case "after":
            wanted = [outputs[point.port]] if point.port in outputs else list(outputs.values())
            for block in wanted:
                yield replace(point, block=f"{place}/{block.id}", port="value")
        case _ if point.port in inputs:
            yield replace(point, block=f"{place}/{inputs[point.port].id}", port="value")
        case _:
            yield replace(point, block=place, port="")


# Following the flow.


def followed(
    points: Sequence[Breakpoint], before: Flow, after: Flow, catalog: Catalog
) -> list[Breakpoint]:
    """The breakpoints after an edit: those of blocks that have become others go along.

    A block has when it got another id, or came into a sub-flow or out of one. What is gone
    for good keeps its place: undoing brings it back.
    """
    moved = dict[str, str]()
    for address in {p.block for p in points if p.block} | {_target(p) for p in points if p.to}:
        gone = None if spot_at(after, catalog, address) else spot_at(before, catalog, address)
        if gone is not None:
            new = _new_place(gone, before, after, catalog)
            moved |= {address: new} if new else {}
    return [_moved(point, moved) for point in points] if moved else list(points)


def _target(point: Breakpoint) -> str:
    """The address of the block that a link leads to."""
    outer, _, _ = point.block.rpartition("/")
    id = target_of(point).block
    return f"{outer}/{id}" if outer else id


def _new_place(gone: Spot, before: Flow, after: Flow, catalog: Catalog) -> str:
    """Where a block is now, as far as there is no doubt; "" when it is gone."""
    known = {spot.address for spot in every_spot(Level(before, catalog))}
    new = [spot for spot in every_spot(Level(after, catalog)) if spot.address not in known]
    same_id = [s for s in new if (s.block.id, s.block.kind) == (gone.block.id, gone.block.kind)]
    alike = same_id or [spot for spot in new if _says(spot.block) == _says(gone.block)]
    return alike[0].address if len(alike) == 1 else ""


def _says(block: Block) -> Block:
    return replace(block, id="")


def _moved(point: Breakpoint, moved: dict[str, str]) -> Breakpoint:
    to = point.to
    if to and (target := moved.get(_target(point))) is not None:
        to = f"{target.rpartition('/')[2]}.{target_of(point).port}"
    return replace(point, block=moved.get(point.block, point.block), to=to)
