"""A three-way merge: what two people made of one flow, put together fact by fact."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from graph.diff import same
from graph.file_format import is_file
from graph.flow import Block, Flow, Link, Settings, View
from graph.values import shorten

K = TypeVar("K")
Fact = tuple[str, ...]
"""What of a flow is meant: `("block", "fill", "field", "text")`, after the flows around it."""


class Missing:
    """In place of a value where there is none."""

    def __repr__(self) -> str:
        return "nothing"


MISSING: Final = Missing()


class Clash(NamedTuple):
    """One fact that both have changed, each to something else: said in words."""

    fact: Fact
    what: str
    mine: str
    theirs: str


class Merged(NamedTuple):
    """The flow put together, and the facts that had to be chosen for it."""

    flow: Flow
    clashes: tuple[Clash, ...]


def merge(base: Flow, mine: Flow, theirs: Flow, taken: Set[Fact] = frozenset()) -> Merged:
    """Both changes of `base` in one flow. Where they clash mine counts, or theirs if `taken`.

    How the flow is drawn never clashes: what I have moved stays where I put it. Flows that are
    files of their own are what the files say.
    """
    merging = _Merge(taken)
    flow = merging.flow(base, mine, theirs, ())
    return Merged(flow, tuple(merging.clashes))


class _Merge:
    def __init__(self, taken: Set[Fact]) -> None:
        self._taken = taken
        self.clashes: list[Clash] = []

    def flow(self, base: Flow, mine: Flow, theirs: Flow, path: Fact) -> Flow:
        blocks, settled = self._blocks(base, mine, theirs, path)
        return Flow(
            self.one((*path, "name"), base.name, mine.name, theirs.name),
            self.one(
                (*path, "description"), base.description, mine.description, theirs.description
            ),
            blocks,
            self._links(base, mine, theirs, path, blocks, settled),
            self._flows(base, mine, theirs, path),
            _view(base.view, mine.view, theirs.view),
            self.one((*path, "budget"), base.budget, mine.budget, theirs.budget),
        )

    def one(self, fact: Fact, base: Any, mine: Any, theirs: Any) -> Any:
        """The value of a fact."""
        if _same(theirs, base) or _same(mine, theirs):
            return mine
        if _same(mine, base):
            return theirs
        return theirs if self._clash(fact, _said(mine), _said(theirs)) else mine

    def _clash(self, fact: Fact, mine: str, theirs: str) -> bool:
        """Note a clash; whether theirs was chosen."""
        self.clashes.append(Clash(fact, _spoken(fact), mine, theirs))
        return fact in self._taken

    def _blocks(
        self, base: Flow, mine: Flow, theirs: Flow, path: Fact
    ) -> tuple[dict[str, Block], dict[str, Flow]]:
        """The blocks, and from which flow a block came whose being there was in question."""
        found, settled = dict[str, Block](), dict[str, Flow]()
        linked = {id(flow): _linked(flow) for flow in (base, mine, theirs)}
        for name in _keys(mine.blocks, theirs.blocks):
            fact = (*path, "block", name)
            old, own, other = (flow.blocks.get(name) for flow in (base, mine, theirs))
            if old and own and other:
                found[name] = self._block(fact, old, own, other)
                continue
            if old:
                kept = mine if own else theirs
                links = linked[id(kept)].get(name), linked[id(base)].get(name)
                if (own or other) == old and links[0] == links[1]:
                    continue  # removed by one and left as it was by the other
                by_theirs = self._clash(fact, *_verdicts(kept is mine))
                settled[name] = theirs if by_theirs else mine
                block = settled[name].blocks.get(name)
            else:
                block = self.one(fact, None, own, other) if own and other else own or other
            if block:
                found[name] = block
        return found, settled

    def _block(self, fact: Fact, base: Block, mine: Block, theirs: Block) -> Block:
        if mine is base or theirs is base or mine == theirs:
            return theirs if mine is base else mine
        settings = {
            name: self.one(
                (*fact, "setting", name),
                *(getattr(block.settings, name) for block in (base, mine, theirs)),
            )
            for name in Settings.__struct_fields__
        }
        return Block(
            mine.id,
            self.one((*fact, "kind"), base.kind, mine.kind, theirs.kind),
            self._all((*fact, "field"), base.fields, mine.fields, theirs.fields),
            self.one((*fact, "title"), base.title, mine.title, theirs.title),
            Settings(**settings),
        )

    def _all(
        self, fact: Fact, base: Mapping[K, Any], mine: Mapping[K, Any], theirs: Mapping[K, Any]
    ) -> dict[K, Any]:
        """A record merged key by key."""
        found = {
            key: self.one(
                (*fact, str(key)),
                *(record.get(key, MISSING) for record in (base, mine, theirs)),
            )
            for key in _keys(mine, theirs, base)
        }
        return {key: value for key, value in found.items() if value is not MISSING}

    def _links(
        self, base: Flow, mine: Flow, theirs: Flow, path: Fact,
        blocks: Mapping[str, Block], settled: Mapping[str, Flow],
    ) -> dict[Any, Link]:  # fmt: skip
        """The links; those of a block that was in question are what its flow has."""
        old, own, other = (_without(flow.links, settled) for flow in (base, mine, theirs))
        found = self._all((*path, "link"), old, own, other)
        for block, flow in settled.items():
            found |= {link.target: link for link in _linked(flow).get(block, ())}
        return {
            target: link
            for target, link in found.items()
            if _leads(link, blocks) or _hangs(link, mine) or _hangs(link, theirs)
        }

    def _flows(self, base: Flow, mine: Flow, theirs: Flow, path: Fact) -> dict[str, Flow]:
        found = dict[str, Flow]()
        for name in _keys(mine.flows, theirs.flows):
            old, own, other = (flow.flows.get(name) for flow in (base, mine, theirs))
            if is_file(name):
                kept = other or own
            elif old and own and other:
                kept = self.flow(old, own, other, (*path, "flow", name))
            elif own and other and not old:
                kept = self.one((*path, "flow", name), None, own, other)
            elif old:  # removed by one: gone, unless the other has changed it
                fact, left = (*path, "flow", name), own or other
                changed = left != old
                by_theirs = changed and self._clash(fact, *_verdicts(left is own))
                kept = (other if by_theirs else own) if changed else None
            else:
                kept = own or other
            if kept is not None:
                found[name] = kept
        return found


def _view(base: View, mine: View, theirs: View) -> View:
    merged = {
        name: _drawn(getattr(base, name), getattr(mine, name), getattr(theirs, name))
        for name in View.__struct_fields__
    }
    return View(**merged)


def _drawn(base: Mapping[K, Any], mine: Mapping[K, Any], theirs: Mapping[K, Any]) -> dict[K, Any]:
    found = {
        key: theirs.get(key, MISSING)
        if mine.get(key, MISSING) == base.get(key, MISSING)
        else mine.get(key, MISSING)
        for key in _keys(mine, theirs, base)
    }
    return {key: value for key, value in found.items() if value is not MISSING}


def _keys(*records: Mapping[K, Any]) -> Iterable[K]:
    """The keys of all, in the order in which they are met."""
    return dict.fromkeys(key for record in records for key in record)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Missing) or isinstance(other, Missing):
        return one is other
    if isinstance(one, Flow) or isinstance(other, Flow):
        return bool(one == other)
    return same(one, other)


def _linked(flow: Flow) -> dict[str, set[Link]]:
    """The links of each block."""
    found = defaultdict[str, set[Link]](set)
    for link in flow.links.values():
        found[link.source.block].add(link)
        found[link.target.block].add(link)
    return found


def _leads(link: Link, blocks: Mapping[str, Block]) -> bool:
    """Whether there is a block at both of its ends."""
    return link.source.block in blocks and link.target.block in blocks


def _hangs(link: Link, flow: Flow) -> bool:
    """Whether the link was loose in a flow before."""
    return flow.links.get(link.target) == link and not _leads(link, flow.blocks)


def _without(links: Mapping[Any, Link], blocks: Iterable[str]) -> dict[Any, Link]:
    gone = frozenset(blocks)
    return {
        target: link
        for target, link in links.items()
        if link.source.block not in gone and link.target.block not in gone
    }


# In words.


def _verdicts(kept_is_mine: bool) -> tuple[str, str]:
    return ("changed", "removed") if kept_is_mine else ("removed", "changed")


def _spoken(fact: Fact) -> str:
    """The fact as a person says it: `clean / fill: field text`."""
    around, rest = list[str](), fact
    while len(rest) > 2 and rest[0] == "flow":
        around.append(rest[1])
        rest = rest[2:]
    match rest:
        case ("block", id):
            said = f"block {id}"
        case ("block", id, "field" | "setting" as kind, name):
            said = f"{id}: {kind} {name.replace('_', ' ')}"
        case ("block", id, part):
            said = f"{id}: {part}"
        case ("link", _, port) | ("link", port):
            said = f"link into {port}"
        case ("flow", name):
            said = f"flow {name}"
        case _:
            said = f"{rest[-1]} of the flow"
    return " / ".join((*around, said))


def _said(value: Any) -> str:
    match value:
        case Missing() | None:
            return "nothing"
        case Block():
            return f"a {value.kind}"
        case Link():
            return f"from {value.source}"
        case Flow():
            return f"of {len(value.blocks)} blocks"
        case msgspec.Struct():
            return shorten(msgspec.structs.asdict(value), 200)
        case _:
            return shorten(value, 200)
