"""Finds kinds of blocks by a few letters, or by the link that is to end in them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from app.presenters.matching import Span, Text, Way
from graph.catalog import Catalog
from graph.compile.ports import NOTE, Level, ports_of
from graph.flow import Block, Flow
from graph.reshape.choices import is_by_hand
from graph.spec import BlockSpec, Parameter
from graph.values import ValueType, certain, fit

Side = Literal["out", "in"]
Wire = tuple[ValueType, Side]
"""What a loose link carries, and the side of the block it already hangs on: a link pulled from
an output ("out") is to end in an input, one pulled from an input ("in") to begin at an output."""

Place = Literal["title", "words", "kind", "summary"]

WORTH: Mapping[tuple[Place, Way], int] = {
    ("title", "start"): 1000, ("title", "word"): 950, ("title", "initials"): 900,
    ("words", "start"): 800, ("words", "word"): 800,
    ("kind", "start"): 750, ("kind", "word"): 750,
    ("title", "inside"): 700, ("summary", "start"): 600, ("summary", "word"): 600,
    ("title", "scattered"): 300, ("title", "misspelt"): 200, ("words", "misspelt"): 150,
}  # fmt: skip
"""What it is worth to find a word in a place in a way; what isn't here doesn't count."""

OF_TYPE = 500
"""What it is worth when a word names the type of a port."""

REMEMBERED = 60
"""How many uses count for who comes first among equals."""


Remember = Callable[[str], object]


class Match(NamedTuple):
    """A kind of block that was found, and how.

    `port` is the one that a loose link should go to ("" when none was asked about), `convert`
    the conversion it needs there; `spans` are the parts of the title to highlight.
    """

    spec: BlockSpec
    port: str = ""
    score: int = 0
    spans: tuple[Span, ...] = ()
    convert: str = ""


class BlockFinder:
    """Searches a catalog. Made once: what is searched is prepared when it is first needed.

    `used` are the kinds used lately, the newest last; `remember` is told how they are now, with
    blanks between.
    """

    def __init__(
        self, catalog: Catalog, used: Iterable[str] = (), remember: Remember | None = None
    ) -> None:
        self._catalog = catalog
        self._entries: tuple[_Entry, ...] | None = None
        self._used = list(used)[-REMEMBERED:]
        self._remember = remember

    @property
    def used(self) -> list[str]:
        """The kinds used lately, the newest last."""
        return list(self._used)

    def note_use(self, kind: str) -> None:
        """A block of the kind was placed."""
        self._used = [*self._used, kind][-REMEMBERED:]
        if self._remember:
            self._remember(" ".join(self._used))

    def found(self, query: str, fits: Wire | None = None) -> list[Match]:
        """The kinds that match, best first; all that fit when nothing was typed."""
        words = query.casefold().split()
        entries = [(entry, end) for entry in self._prepared() for end in entry.ends(fits)]
        matches = [m for entry, end in entries if (m := entry.match(words, end))]
        if not matches:
            matches = [m for entry, end in entries if (m := entry.match(words, end, slips=True))]
        familiar = Counter(self._used)
        latest = {kind: place for place, kind in enumerate(self._used)}
        return sorted(
            matches,
            key=lambda m: (
                -m.score,
                -familiar[m.spec.kind],
                -latest.get(m.spec.kind, -1),
                len(m.spec.title) if words else 0,
            ),
        )

    def _prepared(self) -> "tuple[_Entry, ...]":
        if self._entries is None:
            self._entries = tuple(_Entry(spec, self._catalog) for spec in self._catalog)
        return self._entries


_Found = tuple[int, tuple[Span, ...]]


class _End(NamedTuple):
    """The port where a loose link would end, and how well it suits."""

    port: str = ""
    convert: str = ""
    suits: int = 0


class _Entry:
    """One kind of block with what it is found by."""

    def __init__(self, spec: BlockSpec, catalog: Catalog) -> None:
        self.spec = spec
        self._ports = ports_of(Block("new", spec.kind), spec, Level(Flow(), catalog))
        self._places: dict[Place, Text] = {
            "title": Text(spec.title),
            "words": Text(" ".join(spec.search)),
            "kind": Text(spec.kind),
            "summary": Text(spec.summary),
        }
        self._types = frozenset(_type_words(spec))
        self._ends: dict[Wire, tuple[_End, ...]] = {}

    def match(self, words: list[str], end: _End, *, slips: bool = False) -> Match | None:
        """The entry as an answer to what was typed; None when a word isn't in it."""
        found = self._whole(words) or [self._best(word, slips) for word in words]
        worth = min((worth for worth, _ in found), default=1)
        if not worth:
            return None
        spans = tuple(sorted({span for _, parts in found for span in parts}))
        return Match(self.spec, end.port, worth * 100 + end.suits, spans, end.convert)

    def _whole(self, words: list[str]) -> list[_Found]:
        """All words at once, at the start of the title: then they needn't be taken apart."""
        hit = self._places["title"].hit(" ".join(words)) if len(words) > 1 else None
        return [(WORTH["title", "start"], hit.spans)] if hit and hit.way == "start" else []

    def _best(self, word: str, slips: bool) -> _Found:
        """What a word is worth where it is worth most; only the title has parts to highlight."""
        best: _Found = (0, ())
        for place, text in self._places.items():
            hit = text.misspelt(word) if slips else text.hit(word)
            worth = WORTH.get((place, hit.way), 0) if hit else 0
            if hit and worth > best[0]:
                best = (worth, hit.spans if place == "title" else ())
        if best[0] < OF_TYPE and len(word) > 2 and any(t.startswith(word) for t in self._types):
            best = (OF_TYPE, ())
        return best

    def ends(self, wire: Wire | None) -> tuple[_End, ...]:
        """Where a loose link could end: nowhere in particular, at the best port, or not at all."""
        if wire is None:
            return (_End(),)
        if wire not in self._ends:
            found = sorted(self._fitting(*wire), key=lambda end: -end.suits)
            self._ends[wire] = tuple(found[:1])
        return self._ends[wire]

    def _fitting(self, carried: ValueType, side: Side) -> Iterator[_End]:
        ports = self._ports.inputs if side == "out" else self._ports.outputs
        if self.spec.kind == NOTE:
            return
        for name, own in ports.items():
            source, target = (carried, own) if side == "out" else (own, carried)
            found = fit(source, target)
            wants = self._wants(name, side)
            if found.fits and wants >= 0:
                sure = 8 if certain(source, target) and own.kind != "any" else 4
                yield _End(name, "", sure + wants)
            elif found.convert and wants > 2:
                yield _End(name, found.convert, wants - 4)
        if side == "out" and self._ports.open:
            yield _End("value" if "value" not in ports else "other", "", 7)

    def _wants(self, port: str, side: Side) -> int:
        """How much a port is there to be linked, rather than to be filled in by hand."""
        ports = self._ports.inputs if side == "out" else self._ports.outputs
        main = 2 * (port == next(iter(ports)))
        parameter = self.spec.parameter(port) if side == "out" else None
        return main if parameter is None else main + _linkable(self.spec, parameter)


def _linkable(spec: BlockSpec, parameter: Parameter) -> int:
    by_hand = is_by_hand(spec, parameter)
    return 2 * parameter.required - 6 * by_hand - 2 * parameter.look.more


def _type_words(spec: BlockSpec) -> Iterator[str]:
    inputs = (parameter.type for parameter in spec.parameters if parameter.required)
    for one in (*inputs, *(output.type for output in spec.outputs)):
        for member in one.members or (one,):
            if member.kind not in ("any", "null"):
                yield member.kind
            if member.kind == "list" and member.item and member.item.kind == "record":
                yield "table"
