"""A part of a flow planned anew: one block that failed is replaced, and nothing else is touched."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from graph.catalog import Catalog
from graph.diff import diff
from graph.edits import (
    AddBlock,
    Connect,
    Disconnect,
    Edit,
    MoveBlocks,
    RemoveBlock,
    apply,
    describe_all,
)
from graph.edits.edit import together
from graph.errors import EditRefused
from graph.flow import Block, End, Flow, Link
from graph.planning.asking import outline, question
from graph.planning.drawing import drawn
from graph.planning.mending import errors_of
from graph.planning.plan import MOST_KINDS
from graph.planning.relevant import relevant, usable
from graph.planning.sketch import NoSketch, sketch_of
from graph.spec import BlockSpec

IN, OUT = "before", "after"
"""What stands in a sketch for the blocks around the part: their ports are named by it."""


class Part(msgspec.Struct, frozen=True):
    """A block that is to be replaced, and why. `failure` is what went wrong with it."""

    flow: Flow
    block: str
    failure: str
    kinds: tuple[BlockSpec, ...]

    @classmethod
    def of(cls, flow: Flow, block: str, failure: str, catalog: Catalog) -> "Part":
        """The kinds that may do what the block was to do. Raises KeyError for no such block."""
        spec = catalog.get(flow.blocks[block].kind)
        about = f"{flow.blocks[block].title} {spec.title if spec else ''} {failure}"
        writes = spec is None or spec.effect == "write"
        specs = usable(catalog, writes=writes)
        found = {one.kind: one for one in relevant(about, specs, MOST_KINDS)}
        if spec is not None and not spec.flow_parameters:
            found[spec.kind] = spec
        return cls(flow, block, failure, tuple(found.values()))

    @property
    def gives(self) -> tuple[str, ...]:
        """The outputs of the block that others use."""
        links = self.flow.links_from(self.block)
        return tuple(dict.fromkeys(link.source.port for link in links))

    @property
    def takes(self) -> Mapping[str, Link]:
        """What comes to the block, by the port it comes to."""
        return {link.target.port: link for link in self.flow.links_into(self.block)}

    def prompt(self, complaints: Sequence[str] = ()) -> str:
        """What a model is asked."""
        goal = (
            f"One block of this workflow failed:\n{outline(self.flow)}\n\n"
            f"The block {self.block!r} failed: {self.failure}\n\n"
            f"Plan steps that do its job in its place, and nothing else. What came to it is "
            f"there as {_listed(IN, self.takes)}; link from these. What it gave is used by other "
            f"blocks as {_listed(OUT, self.gives)}; link into these. Don't use flow.input or "
            f"flow.output."
        )
        return question(goal, self.kinds, complaints)


class Replacement(msgspec.Struct, frozen=True):
    """The edit that replaces the part, None if it can't be made; `complaints` say what is wrong."""

    edit: Edit | None
    words: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()


def replaced(part: Part, value: Any, catalog: Catalog) -> Replacement:
    """What a sketch of the part makes of the flow. Raises NoSketch for what is no sketch."""
    sketch = sketch_of(value)
    inner = [text for text in sketch.links if not _is_outer(text)]
    made = drawn(msgspec.structs.replace(sketch, links=tuple(inner)), Catalog(part.kinds))
    if not made.flow.blocks:
        raise NoSketch("The plan has no steps that can be drawn.", cure="Ask another model.")
    named, blocks = _apart(part, made.flow)
    outer = [text for text in sketch.links if _is_outer(text)]
    links, wrong = _outer_links(part, outer, named)
    complaints = [*made.complaints, *wrong]
    edit = _edit(part, blocks, [*_inner_links(made.flow, named), *links])
    try:
        after = apply(part.flow, edit)
    except EditRefused as refused:
        return Replacement(None, (), (*complaints, str(refused)))
    before = {(p.code, p.place) for p in errors_of(part.flow, catalog)}
    fresh = [p for p in errors_of(after, catalog) if (p.code, p.place) not in before]
    complaints += [f"{one.place}: {one.message}" for one in fresh]
    if fresh:
        return Replacement(None, (), tuple(complaints))
    edits = diff(part.flow, after)
    return Replacement(together(edits), tuple(describe_all(edits, part.flow)), tuple(complaints))


def _is_outer(text: str) -> bool:
    source, _, target = (end.strip() for end in text.partition("->"))
    return source.startswith(f"{IN}.") or target.startswith(f"{OUT}.")


def _apart(part: Part, made: Flow) -> tuple[dict[str, str], list[Block]]:
    """New ids that the flow hasn't: by the sketch's; the last step keeps the failed one's id."""
    taken = set(part.flow.blocks) - {part.block}
    *_, last = made.blocks
    named = {last: part.block}
    taken.add(part.block)
    for id in made.blocks:
        if id not in named:
            free, number = id, 2
            while free in taken:
                free, number = f"{id}_{number}", number + 1
            named[id] = free
            taken.add(free)
    return named, [msgspec.structs.replace(b, id=named[id]) for id, b in made.blocks.items()]


def _inner_links(made: Flow, named: Mapping[str, str]) -> list[Link]:
    def moved(end: End) -> End:
        return End(named[end.block], end.port)

    return [
        msgspec.structs.replace(link, source=moved(link.source), target=moved(link.target))
        for link in made.links.values()
    ]


def _outer_links(
    part: Part, texts: Sequence[str], named: Mapping[str, str]
) -> tuple[list[Link], list[str]]:
    """Links between the part and what is around it."""
    links: list[Link] = []
    wrong: list[str] = []
    given: dict[str, End] = {}
    for text in texts:
        source, _, target = (end.strip() for end in text.partition("->"))
        if source.startswith(f"{IN}."):
            came = part.takes.get(source.partition(".")[2])
            block, _, port = target.partition(".")
            if came is None or block not in named or not port:
                wrong.append(f"{text}: it names no port that is there.")
            else:
                links.append(Link(came.source, End(named[block], port), came.convert))
        else:
            block, _, port = source.partition(".")
            if block not in named or not port:
                wrong.append(f"{text}: it names no port that is there.")
            else:
                given[target.partition(".")[2]] = End(named[block], port)
    for link in part.flow.links_from(part.block):
        end = given.get(link.source.port)
        if end is None:
            wrong.append(f"Nothing is linked into {OUT}.{link.source.port}.")
        else:
            links.append(Link(end, link.target, link.convert))
    return links, wrong


def _edit(part: Part, blocks: Sequence[Block], links: Sequence[Link]) -> Edit:
    flow = part.flow
    around = [*flow.links_into(part.block), *flow.links_from(part.block)]
    place = flow.view.positions.get(part.block)
    return together((
        *(Disconnect(link.target) for link in around),
        RemoveBlock(part.block),
        *map(AddBlock, blocks),
        MoveBlocks({b.id: _beside(place, n - len(blocks) + 1) for n, b in enumerate(blocks)}),
        *(Connect(link) for link in links),
    ))  # fmt: skip


def _beside(place: tuple[float, float] | None, column: int) -> tuple[float, float] | None:
    return None if place is None else (place[0] + 260.0 * column, place[1])


def _listed(stand_in: str, ports: Sequence[str] | Mapping[str, Link]) -> str:
    return ", ".join(f"{stand_in}.{port}" for port in ports) or "nothing"
