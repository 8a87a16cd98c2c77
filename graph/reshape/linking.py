"""Links that may be made: to what, as what, and why not."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from graph.catalog import Catalog
from graph.compile.ports import Level, Ports, ports_of
from graph.edits import Connect, Edit, Many
from graph.errors import EditRefused
from graph.flow import End, Flow, Link
from graph.values import ANY, Fit, did_you_mean, fit

Around = tuple[Flow, ...]
"""The flows around the one that is changed, outermost first: names are looked up there too."""


def link_problem(
    flow: Flow, source: End, target: End, catalog: Catalog, around: Around = ()
) -> Fit:
    """Whether a link may lead from `source` to `target`; if not, the reason and what would help.

    The reason ends a sentence. A link that is there already, from elsewhere, is no obstacle.
    """
    return link_check(flow, source, "output", catalog, around)(target)


def link_check(
    flow: Flow,
    held: End,
    side: Literal["output", "input"],
    catalog: Catalog,
    around: Around = (),
) -> Callable[[End], Fit]:
    """`link_problem` for one end that is held and many others: a microsecond or so for each.

    `side` tells whether `held` is the output a link is to come from or the input it is to end in.
    """
    fits = type_check(Level(flow, catalog, around))
    circle = _reached(flow, held.block, back=side == "output") - {held.block}

    def check(other: End) -> Fit:
        source, target = (held, other) if side == "output" else (other, held)
        if source.block == target.block:
            return Fit(False, "a block can't be linked to itself.")
        if other.block in circle:
            return Fit(False, "the blocks would run in a circle.")
        return fits(source, target)

    return check


def type_check(level: Level) -> Callable[[End, End], Fit]:
    """Whether what comes from one port suits another: a check that looks at each block once."""
    found: dict[str, Ports | None] = {}

    def ports(id: str) -> Ports | None:
        if id not in found:
            block = level.flow.blocks.get(id)
            spec = level.catalog.get(block.kind) if block else None
            found[id] = ports_of(block, spec, level) if block and spec else None
        return found[id]

    def check(source: End, target: End) -> Fit:
        giving, taking = ports(source.block), ports(target.block)
        if giving is None or taking is None:
            unknown = source.block if giving is None else target.block
            return Fit(False, f"nothing is known of the block {unknown!r}.")
        given = giving.outputs.get(source.port)
        wanted = taking.inputs.get(target.port, ANY if taking.open else None)
        if given is None:
            return _no_port(source, "output", list(giving.outputs))
        if wanted is None:
            return _no_port(target, "input", list(taking.inputs))
        if target.port == level.flow.blocks[target.block].settings.each:
            return Fit(True)  # it gets the items of what comes, whatever they are
        return fit(given, wanted)

    return check


def _no_port(end: End, side: str, known: Sequence[str]) -> Fit:
    return Fit(False, f"{end.block} has no {side} {end.port!r}. {did_you_mean(end.port, known)}")


def _reached(flow: Flow, start: str, *, back: bool) -> set[str]:
    """The block and all that links lead to from it, or, `back`, to it from them."""
    ways = ((link.source.block, link.target.block) for link in flow.links.values())
    return reached([start], (pair[::-1] for pair in ways) if back else ways)


def reached(start: Iterable[str], ways: Iterable[tuple[str, ...]]) -> set[str]:
    """What can be got to from the start, itself included, along pairs of from and to."""
    onward = defaultdict[str, list[str]](list)
    for here, there in ways:
        onward[here].append(there)
    seen = set(start)
    todo = list(seen)
    while todo:
        fresh = set(onward[todo.pop()]) - seen
        seen |= fresh
        todo += fresh
    return seen


def connect(flow: Flow, source: End, target: End, catalog: Catalog, around: Around = ()) -> Edit:
    """The edit that links two ports, with the coercion it takes, in place of any other link.

    Raises EditRefused with the reason where no link may be.
    """
    verdict = link_problem(flow, source, target, catalog, around)
    if not (verdict.fits or verdict.convert):
        raise EditRefused(f"{source} can't be linked to {target}: {verdict.reason}".rstrip())
    link, present = Link(source, target, verdict.convert), flow.links.get(target)
    return Many(()) if present == link else Connect(link, replaces=present)
