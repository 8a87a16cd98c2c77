"""A part of a flow planned anew: blocks that failed are replaced, and nothing else is touched."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
    Position,
    RemoveBlock,
    apply,
    describe_all,
)
from graph.edits.edit import together
from graph.errors import EditRefused
from graph.flow import Block, End, Flow, Link
from graph.layout import arranged, bounds, room_for
from graph.layout.boxes import USUAL
from graph.planning.asking import outline, question
from graph.planning.drawing import drawn
from graph.planning.mending import errors_of
from graph.planning.plan import MOST_KINDS
from graph.planning.relevant import relevant, usable
from graph.planning.sketch import NoSketch, sketch_of
from graph.reshape.names import Names
from graph.spec import BlockSpec
from graph.touches import named_in

IN, OUT = "before", "after"
"""What stands in a sketch for the blocks around the part: their ports are named by it."""


class Part(msgspec.Struct, frozen=True):
    """Blocks that are to be replaced, and why.

    `failure` is what went wrong with them, `wish` what a person wants otherwise; the first of
    `blocks` is the one that is meant most.
    """

    flow: Flow
    blocks: tuple[str, ...]
    failure: str
    kinds: tuple[BlockSpec, ...]
    wish: str = ""

    @classmethod
    def of(
        cls, flow: Flow, blocks: Sequence[str], failure: str, catalog: Catalog, wish: str = ""
    ) -> "Part":
        """The kinds that may do what the blocks were to do. Raises KeyError for no such block."""
        present = [flow.blocks[id] for id in blocks]
        specs = [catalog.get(block.kind) for block in present]
        titles = (f"{b.title} {s.title if s else ''}" for b, s in zip(present, specs, strict=True))
        about = " ".join((*titles, failure, wish))
        writes = any(spec is None or spec.effect == "write" for spec in specs)
        may = usable(catalog, writes=writes)
        own = (spec for spec in specs if spec is not None and not spec.flow_parameters)
        near = (*relevant(about, may, MOST_KINDS), *own, *_akin(flow, may))
        kinds = list({spec.kind: spec for spec in near}.values())
        return cls(flow, tuple(blocks), failure, tuple(kinds[:MOST_KINDS]), wish)

    @property
    def takes(self) -> Mapping[str, Link]:
        """What comes to the part, by what it is called in a sketch."""
        links = [
            link for id in self.blocks for link in self.flow.links_into(id)
            if link.source.block not in self.blocks
        ]  # fmt: skip
        named = _named(link.target for link in links)
        return {named[link.target]: link for link in links}

    @property
    def gives(self) -> Mapping[str, tuple[Link, ...]]:
        """The links out of the part, by what their source is called in a sketch."""
        links = [
            link for id in self.blocks for link in self.flow.links_from(id)
            if link.target.block not in self.blocks
        ]  # fmt: skip
        ends = dict.fromkeys(link.source for link in links)
        named = _named(ends)
        return {named[end]: tuple(x for x in links if x.source == end) for end in ends}

    def prompt(self, complaints: Sequence[str] = ()) -> str:
        """What a model is asked."""
        them = _listed(map(repr, self.blocks))
        wish = f"What is wanted: {self.wish}\n" if self.wish else ""
        failed = f"Of them failed {self.blocks[0]!r}: {self.failure}\n" if self.failure else ""
        goal = (
            f"This is a workflow:\n{outline(self.flow)}\n\n"
            f"A part of it is to be planned anew, the blocks {them}.\n{failed}{wish}"
            f"Plan steps that do their job in their place, and nothing else. What came to them is "
            f"there as {_listed(f'{IN}.{name}' for name in self.takes)}; link from these. What "
            f"they gave is used by other blocks as "
            f"{_listed(f'{OUT}.{name}' for name in self.gives)}; link into these. Don't use "
            f"flow.input or flow.output."
        )
        return question(goal, self.kinds, complaints)


class Replacement(msgspec.Struct, frozen=True):
    """The edit that replaces the part, None if it can't be made; `complaints` say what is wrong."""

    edit: Edit | None
    words: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    """Those that are there instead."""


def replaced(part: Part, value: Any, catalog: Catalog) -> Replacement:
    """What a sketch of the part makes of the flow. Raises NoSketch for what is no sketch."""
    sketch = sketch_of(value)
    inner = [text for text in sketch.links if not _is_outer(text)]
    there = (dict(part.flow.blocks[id].fields) for id in part.blocks)
    own = {name for fields in there for name in named_in("$secret", fields)}
    made = drawn(msgspec.structs.replace(sketch, links=tuple(inner)), Catalog(part.kinds), own)
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
    words = tuple(describe_all(edits, part.flow))
    return Replacement(together(edits), words, tuple(complaints), tuple(b.id for b in blocks))


def _is_outer(text: str) -> bool:
    source, _, target = (end.strip() for end in text.partition("->"))
    return source.startswith(f"{IN}.") or target.startswith(f"{OUT}.")


def _apart(part: Part, made: Flow) -> tuple[dict[str, str], list[Block]]:
    """New ids that the flow hasn't: by the sketch's; the last step keeps the first block's id.

    It is run as that was, too: a person's retries and limits stay.
    """
    names = Names({*part.flow.blocks} - {*part.blocks[1:]})
    *others, last = made.blocks
    named = {id: names.fresh(id) for id in others} | {last: part.blocks[0]}
    before = part.flow.blocks[part.blocks[0]].settings
    kept = msgspec.structs.replace(
        before, each=made.blocks[last].settings.each, bypass=False, pin=None
    )
    blocks = [msgspec.structs.replace(b, id=named[id]) for id, b in made.blocks.items()]
    blocks[-1] = msgspec.structs.replace(blocks[-1], settings=kept)
    return named, blocks


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
    for name, there in part.gives.items():
        end = given.get(name)
        if end is None:
            wrong.append(f"Nothing is linked into {OUT}.{name}.")
        else:
            links += (Link(end, link.target, link.convert) for link in there)
    return links, wrong


def _edit(part: Part, blocks: Sequence[Block], links: Sequence[Link]) -> Edit:
    flow = part.flow
    around = {
        link.target for id in part.blocks for link in (*flow.links_into(id), *flow.links_from(id))
    }
    new = {block.id: block for block in blocks}
    inner = [x for x in links if {x.source.block, x.target.block} <= new.keys()]
    made = Flow(blocks=new, links={link.target: link for link in inner})
    return together((
        *map(Disconnect, sorted(around)),
        *map(RemoveBlock, part.blocks),
        *map(AddBlock, blocks),
        MoveBlocks(_places(part, made)),
        *map(Connect, links),
    ))  # fmt: skip


def _places(part: Part, made: Flow) -> dict[str, Position]:
    """Where the new blocks go, and others that make way for them."""
    there = {id: at for id, at in part.flow.view.positions.items() if id in part.flow.blocks}
    here = bounds({id: there[id] for id in part.blocks if id in there}, {})
    places = arranged(made, dict.fromkeys(made.blocks, USUAL))
    own = bounds(places, {})
    if here is None or own is None:
        return {}
    others = {id: at for id, at in there.items() if id not in part.blocks}
    wanted = (here.left - own.left, here.centre[1] - own.centre[1])
    (right, down), moves = room_for(places, wanted, here, others, {})
    return moves | {id: (x + right, y + down) for id, (x, y) in places.items()}


def _named(ends: Iterable[End]) -> dict[End, str]:
    """What each is called in a sketch: by its port, and by its block too where two have one."""
    known = list(ends)
    ports = Counter(end.port for end in known)
    names = Names(())
    return {
        end: names.fresh(end.port if ports[end.port] == 1 else f"{end.block}_{end.port}")
        for end in known
    }


def _akin(flow: Flow, specs: Sequence[BlockSpec]) -> list[BlockSpec]:
    """Those of the families whose blocks the flow has: few words say which of them will do."""
    families = {block.kind.partition(".")[0] for block in flow.blocks.values()}
    return [spec for spec in specs if spec.kind.partition(".")[0] in families]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "nothing"
