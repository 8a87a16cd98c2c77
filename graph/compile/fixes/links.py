"""Fixes of links: led to the right port, converted, removed."""

from collections.abc import Iterator
from itertools import pairwise

from msgspec.structs import replace

from graph.compile.fixes.spot import Fix, Spot, close_to
from graph.compile.order import cycle_in
from graph.edits import Connect, Disconnect, Edit
from graph.edits.edit import together
from graph.flow import End, Link
from graph.values import ANY, COERCIONS, fit


def of_bad_link(spot: Spot) -> Iterator[Fix]:
    """A link to a block that isn't there, or one that converts in a way nobody knows."""
    if spot.problem.port:
        yield from _of_bad_conversion(spot)
        return
    gone, blocks = spot.problem.block, spot.level.flow.blocks
    for link in list(spot.links_of(gone)):
        if f"The link {link} " not in spot.problem.message:
            continue
        for close in close_to(gone, blocks):
            other = Link(_at(link.source, gone, close), _at(link.target, gone, close), link.convert)
            if _may_be(spot, link, other):
                yield Fix(f"Link “{close}” instead", _in_place_of(link, other))
        yield _remove(link)


def _at(end: End, gone: str, block: str) -> End:
    return End(block, end.port) if end.block == gone else end


def _may_be(spot: Spot, old: Link, new: Link) -> bool:
    """Whether the ports of a new link are there, and no other link is in its way."""
    giving, taking = spot.ports(new.source.block), spot.ports(new.target.block)
    if giving is None or taking is None or new.source.block == new.target.block:
        return False
    there = new.source.port in giving.outputs and (taking.open or new.target.port in taking.inputs)
    return there and (new.target == old.target or new.target not in spot.level.flow.links)


def _in_place_of(old: Link, new: Link) -> Edit:
    if old.target == new.target:
        return Connect(new, replaces=old)
    return together([Disconnect(old.target), Connect(new)])


def _remove(link: Link) -> Fix:
    return Fix(f"Remove the link from {link.source} to {link.target}", Disconnect(link.target))


def _of_bad_conversion(spot: Spot) -> Iterator[Fix]:
    link = spot.level.flow.links.get(End(spot.problem.block, spot.problem.port))
    if link is None:
        return
    fitting = _conversion_for(spot, link)
    likely = [fitting] if fitting is not None else []
    for name in dict.fromkeys([*likely, *close_to(link.convert, COERCIONS)]):
        yield Fix(_how(name), Connect(replace(link, convert=name), replaces=link))
    yield _remove(link)


def _how(conversion: str) -> str:
    return f"Convert it as “{conversion}”" if conversion else "Link it as it is"


def _conversion_for(spot: Spot, link: Link) -> str | None:
    """What makes the link fit: a coercion, "" for none; None when nothing does."""
    giving, taking = spot.ports(link.source.block), spot.ports(link.target.block)
    if giving is None or taking is None:
        return None
    wanted = taking.inputs.get(link.target.port, ANY)
    verdict = fit(giving.outputs.get(link.source.port, ANY), wanted)
    return "" if verdict.fits else verdict.convert or None


def of_type_mismatch(spot: Spot) -> Iterator[Fix]:
    link = spot.level.flow.links.get(End(spot.problem.block, spot.problem.port))
    if link is None:
        return
    if conversion := _conversion_for(spot, link):
        yield Fix(_how(conversion), Connect(replace(link, convert=conversion), replaces=link))
    yield _remove(link)


def of_no_port(spot: Spot) -> Iterator[Fix]:
    """Links to a port that the block hasn't: led to one that it has, or removed."""
    ports, end = spot.ports(spot.problem.block), End(spot.problem.block, spot.problem.port)
    if ports is None:
        return
    links = list(spot.links_of(end.block))
    outwards = " has no output " in spot.problem.message
    taken = {link.target.port for link in links if link.target.block == end.block}
    known = ports.outputs if outwards else ports.inputs.keys() - taken
    wrong = [link for link in links if end == (link.source if outwards else link.target)]
    for close in close_to(end.port, sorted(known)):
        there = End(end.block, close)
        led = [(link, replace(link, **{_END[outwards]: there})) for link in wrong]
        yield Fix(f"Link “{close}” instead", together(_in_place_of(*pair) for pair in led))
    what = "the link" if len(wrong) == 1 else f"{len(wrong)} links"
    title = f"Remove {what} {'from' if outwards else 'to'} {end}"
    yield Fix(title, together(Disconnect(link.target) for link in wrong))


_END = {True: "source", False: "target"}


def of_cycle(spot: Spot) -> Iterator[Fix]:
    """Any link of the circle may go, last the one that leads back to where it begins."""
    after: dict[str, list[str]] = {id: [] for id in spot.level.flow.blocks}
    for link in spot.level.flow.links.values():
        if link.source.block in after and link.target.block in after:
            after[link.source.block].append(link.target.block)
    circle = cycle_in(after)
    steps = [(circle[-1], circle[0]), *pairwise(circle)] if circle else []
    for here, there in steps[:5]:
        between = [
            Disconnect(link.target)
            for link in spot.links_of(here)
            if (link.source.block, link.target.block) == (here, there)
        ]
        yield Fix(f"Remove what leads from {here} to {there}", together(between))
