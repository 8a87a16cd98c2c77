"""Blocks put on a link and taken off again, with nothing left hanging."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from graph.catalog import Catalog
from graph.compile.ports import Level, Ports, ports_of
from graph.compile.wanted import wanted_inputs
from graph.edits import AddBlock, Connect, Edit, RemoveBlock, apply
from graph.edits.edit import together
from graph.errors import EditRefused
from graph.flow import Block, End, Flow, Link
from graph.reshape.choices import best_input, best_output
from graph.reshape.linking import Around, connect, type_check
from graph.values import ANY, ValueType


def insert_on_link(
    flow: Flow, target: End, block: Block, catalog: Catalog, around: Around = ()
) -> Edit:
    """The edit that puts a block on the link that ends in `target`, by the ports that fit best.

    The block may be a new one, or one of the flow. Raises EditRefused when none of its ports
    fits, or the blocks would run in a circle.
    """
    link, added = flow.links.get(target), list[Edit]()
    if link is None:
        raise EditRefused(f"No link ends in {target}.")
    if block.id not in flow.blocks:
        added.append(AddBlock(block))
        flow = apply(flow, added[0])
    level = Level(flow, catalog, around)
    arriving, leaving = _through(level, link, flow.blocks[block.id])
    into = connect(flow, link.source, arriving, catalog, around)
    out = connect(apply(flow, into), leaving, target, catalog, around)
    return together([*added, into, out])


def _through(level: Level, link: Link, block: Block) -> tuple[End, End]:
    """The ports by which a link can be led through a block. Raises EditRefused."""
    if block.id in (link.source.block, link.target.block):
        raise EditRefused(f"{block.id} is at an end of that link already.")
    spec, ports = level.catalog.get(block.kind), _ports(level, block.id)
    if spec is None:
        cure = level.catalog.closest(block.kind)
        raise EditRefused(f"No block of kind {block.kind!r} is installed.", cure=cure)
    given = _type(_ports(level, link.source.block).outputs, link.source)
    wanted = _type(_ports(level, link.target.block).inputs, link.target)
    taken = {other.target.port for other in level.flow.links_into(block.id)}
    read = wanted_inputs(block, spec, ports)
    arriving, leaving = best_input(spec, ports, given, taken, read), best_output(ports, wanted)
    if arriving is None:
        message = f"{block.id} has no free input that takes {given}."
        raise EditRefused(message, cure="Link it by hand, or put another block there.")
    if leaving is None:
        message = f"{block.id} gives nothing that fits {link.target}, which takes {wanted}."
        raise EditRefused(message, cure="Link it by hand, or put another block there.")
    return End(block.id, arriving[1]), End(block.id, leaving[1])


def _ports(level: Level, id: str) -> Ports:
    """The ports of a block, none if nothing is known of it."""
    block = level.flow.blocks.get(id)
    spec = level.catalog.get(block.kind) if block else None
    return ports_of(block, spec, level) if block and spec else Ports({}, {}, open=True)


def _type(ports: Mapping[str, ValueType], end: End) -> ValueType:
    return ports.get(end.port, ANY)


def remove_keeping(flow: Flow, ids: Collection[str], catalog: Catalog, around: Around = ()) -> Edit:
    """The edit that takes blocks out and links what was before them to what comes after.

    A link is only made where what comes fits; where nothing does, the link ends there.
    """
    gone = {id for id in ids if id in flow.blocks}
    level, into = Level(flow, catalog, around), _arriving(flow, gone, catalog)
    fits = type_check(level)
    edits: list[Edit] = [RemoveBlock(id) for id in sorted(gone)]
    for target, link in sorted(flow.links.items()):
        if link.source.block in gone and target.block not in gone:
            origins = _origins(link.source.block, gone, into, {target.block})
            verdicts = ((source, fits(source, target)) for source in origins)
            found = ((s, fit.convert) for s, fit in verdicts if fit.fits or fit.convert)
            edits += (Connect(Link(s, target, convert)) for s, convert in islice(found, 1))
    return together(edits)


def _arriving(flow: Flow, gone: Collection[str], catalog: Catalog) -> Mapping[str, list[Link]]:
    """The links into the blocks, for each in the order of its parameters."""
    into = defaultdict[str, list[Link]](list)
    for link in flow.links.values():
        if link.target.block in gone:
            into[link.target.block].append(link)
    for id, links in into.items():
        spec = catalog.get(flow.blocks[id].kind)
        order = [parameter.name for parameter in spec.parameters] if spec else []
        rank = {name: place for place, name in enumerate(order)}
        links.sort(key=lambda link: (rank.get(link.target.port, len(rank)), link.target))
    return into


def _origins(
    id: str, gone: Collection[str], into: Mapping[str, list[Link]], seen: set[str]
) -> Iterator[End]:
    """The outputs that stay and feed a block that goes, at once or through others not `seen`."""
    if id in seen:
        return
    seen.add(id)
    for link in into.get(id, ()):
        if link.source.block in gone:
            yield from _origins(link.source.block, gone, into, seen)
        elif link.source.block not in seen:
            yield link.source
