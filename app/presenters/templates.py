"""Templates as cards: what each is for, and the shape of its flow."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from graph.errors import FlowFileError
from graph.file_format import FILE_SUFFIX, read
from graph.flow import Flow

FIRST = ("hello", "triage_github_issues", "report_from_csv")
"""The templates that come with Heddle and are shown before all others, by file name."""

NOTE = "flow.note"
TAGS = {
    "code": "Python", "data": "Tables", "files": "Files", "http": "Web", "logic": "Logic",
    "sql": "SQL", "text": "Text",
}  # fmt: skip


class Dot(NamedTuple):
    """A block in the drawing of a flow: its place, and the category its colour comes from."""

    x: float
    y: float
    category: str


class Shape(NamedTuple):
    """A flow as a small drawing, in canvas units; links by the places of their dots."""

    dots: Sequence[Dot] = ()
    links: Sequence[tuple[int, int]] = ()


class Card(NamedTuple):
    """One template."""

    path: Path
    title: str
    description: str
    tags: Sequence[str] = ()
    shape: Shape = Shape()


def cards(folders: Iterable[Path]) -> Iterator[Card]:
    """The templates in the folders; one of the same file name in an earlier folder hides later.

    A file that can't be read isn't shown.
    """
    seen = set[str]()
    for folder in folders:
        for path in sorted(folder.glob(f"*{FILE_SUFFIX}"), key=_rank):
            if path.name not in seen:
                seen.add(path.name)
                if (card := card_of(path)) is not None:
                    yield card


def card_of(path: Path) -> Card | None:
    """The card of a file, None when it can't be read."""
    try:
        flow = read(path.read_bytes(), name=path.name)
    except (FlowFileError, OSError):
        return None
    title = flow.name or path.name.removesuffix(FILE_SUFFIX)
    return Card(path, title, flow.description, _tags(flow), shape_of(flow))


def shape_of(flow: Flow) -> Shape:
    """Where the blocks of a flow lie and how they are linked, without its notes."""
    ids = [id for id, block in flow.blocks.items() if block.kind != NOTE]
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
        Dot(*spot, flow.blocks[id].kind.partition(".")[0])
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
    kinds = [block.kind.partition(".")[0] for block in flow.blocks.values()]
    named = sorted({kind for kind in kinds if kind in TAGS})
    found = sorted(named, key=lambda kind: -kinds.count(kind))
    return [TAGS[kind] for kind in found[:3]]


def _rank(path: Path) -> tuple[int, str]:
    name = path.name.removesuffix(FILE_SUFFIX)
    return (FIRST.index(name) if name in FIRST else len(FIRST), name)
