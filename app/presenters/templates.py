"""Templates as cards: what each is for, and the shape of its flow."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from graph.errors import FlowFileError
from graph.file_format import read
from graph.flow import Flow
from runtime.library.about import ICON, About
from runtime.library.shelf import Template

NOTE = "flow.note"
MOST_DRAWN = 400
"""Blocks in the drawing of a flow."""
LONGEST = 600
"""Characters of a description that are shown on a card."""
TAGS = {
    "ai": "AI", "code": "Python", "data": "Tables", "files": "Files", "http": "Web",
    "logic": "Logic", "sql": "SQL", "text": "Text",
}  # fmt: skip


class Dot(NamedTuple):
    """A block in the drawing of a flow: its place, what it is called, and its category."""

    x: float
    y: float
    category: str
    title: str = ""


class Shape(NamedTuple):
    """A flow as a small drawing, in canvas units; links by the places of their dots."""

    dots: Sequence[Dot] = ()
    links: Sequence[tuple[int, int]] = ()


class Card(NamedTuple):
    """One template."""

    template: Template
    title: str
    description: str
    tags: Sequence[str] = ()
    shape: Shape = Shape()
    words: str = ""
    """All that it can be found by, in small letters."""

    @property
    def path(self) -> Path:
        return self.template.path

    @property
    def about(self) -> About:
        return self.template.about

    @property
    def icon(self) -> str:
        return self.about.icon or ICON


class Section(NamedTuple):
    """The cards of one category."""

    title: str
    cards: Sequence[Card]


def cards(templates: Iterable[Template]) -> Iterator[Card]:
    """The templates as cards; a file that can't be read isn't shown."""
    for template in templates:
        if (card := card_of(template)) is not None:
            yield card


def card_of(template: Template) -> Card | None:
    """The card of a template, None when its file can't be read."""
    try:
        flow = read(template.path.read_bytes(), name=template.path.name)
    except (FlowFileError, OSError):
        return None
    title = flow.name or template.name.replace("_", " ").capitalize()
    tags = _tags(flow)
    said = (title, flow.description, template.category, template.about.use, *tags)
    words = " ".join((*said, *kinds_in(flow), *_titles(flow))).casefold()
    about = flow.description[:LONGEST]
    return Card(template, title[:LONGEST], about, tags, shape_of(flow), words)


def sections(found: Iterable[Card], words: str = "", category: str = "") -> list[Section]:
    """The cards in which every word is found, by category; of one category only, if it is given."""
    wanted = words.casefold().split()
    groups = dict[str, list[Card]]()
    for card in found:
        here = card.template.category
        if category in ("", here) and all(word in card.words for word in wanted):
            groups.setdefault(here, []).append(card)
    return [Section(title, group) for title, group in groups.items()]


def best(found: Iterable[Section], words: str) -> Card | None:
    """The card that is most likely meant: one that is called so, or else the first."""
    every = [card for section in found for card in section.cards]
    wanted = words.casefold().split()
    called = (c for c in every if all(word in c.title.casefold() for word in wanted))
    return next(called, every[0] if every else None)


def shape_of(flow: Flow) -> Shape:
    """Where the blocks of a flow lie and how they are linked, without its notes."""
    ids = [id for id, block in flow.blocks.items() if block.kind != NOTE][:MOST_DRAWN]
    places = {id: at for at, id in enumerate(ids)}
    ends = {
        (places[link.source.block], places[link.target.block])
        for link in flow.links.values()
        if link.source.block in places and link.target.block in places
    }
    spots = [flow.view.positions.get(id) for id in ids]
    if None in spots:
        spots = list(_in_columns(len(ids), sorted(ends)))
    dots = [
        Dot(*spot, flow.blocks[id].kind.partition(".")[0], flow.blocks[id].title)
        for id, spot in zip(ids, spots, strict=True)
        if spot
    ]
    return Shape(dots, sorted(ends))


def _in_columns(count: int, links: Sequence[tuple[int, int]]) -> Iterator[tuple[float, float]]:
    """Places for blocks that have none: each a column after those it hears from."""
    columns = [0] * count
    for _ in range(count):  # enough for the longest way, and it ends on a circle too
        for source, target in links:
            columns[target] = max(columns[target], min(columns[source] + 1, count))
    heights = dict[int, int]()
    for column in columns:
        row = heights[column] = heights.get(column, -1) + 1
        yield column * 260.0, row * 120.0


def _tags(flow: Flow) -> Sequence[str]:
    """What a flow is made of, commonest first."""
    kinds = [kind.partition(".")[0] for kind in kinds_in(flow)]
    named = sorted({kind for kind in kinds if kind in TAGS})
    found = sorted(named, key=lambda kind: -kinds.count(kind))
    return [TAGS[kind] for kind in found[:3]]


def kinds_in(flow: Flow) -> Iterator[str]:
    """The kinds of the blocks of a flow, and of those inside it."""
    for block in flow.blocks.values():
        yield block.kind
    for inner in flow.flows.values():
        yield from kinds_in(inner)


def _titles(flow: Flow) -> Iterator[str]:
    """What the blocks are called, at every level."""
    for block in flow.blocks.values():
        yield block.title
    for inner in flow.flows.values():
        yield from _titles(inner)
