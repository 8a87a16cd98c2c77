"""The breakpoints of a flow as the rows of a list, and what they have said."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from app.presenters.stop_words import Glyph, glyph_of, what, where
from app.presenters.stopping import is_there, own_id
from graph.catalog import Catalog
from graph.flow import Flow
from runtime.breakpoints import Breakpoint
from runtime.events import TaskLogged

COLUMNS = ("Where", "What it does", "Hits")


class StopRow(NamedTuple):
    """One breakpoint in words; `there` is whether the flow still has its place."""

    id: str
    texts: tuple[str, str, str]
    glyph: Glyph
    enabled: bool
    there: bool

    @property
    def spoken(self) -> str:
        """The row as a screen reader says it."""
        where, what, hits = self.texts
        state = "" if self.enabled else ", disabled"
        return f"{where}: {what}{state}" + (f", {hits} so far" if hits else "")


def rows_of(
    points: Iterable[Breakpoint], flow: Flow, catalog: Catalog, hits: Mapping[str, int]
) -> list[StopRow]:
    """The rows: what is at blocks first, in the order in which it was set; then the whole run."""
    met = dict[str, int]()
    for id, count in hits.items():
        met[own_id(id)] = met.get(own_id(id), 0) + count
    rows = [_row(point, flow, catalog, met.get(point.id, 0)) for point in points]
    blocks = {point.id for point in points if point.block}
    return sorted(rows, key=lambda row: row.id not in blocks)


def _row(point: Breakpoint, flow: Flow, catalog: Catalog, hits: int) -> StopRow:
    there = is_there(point, flow, catalog)
    does = what(point) if there else f"Not in the flow any more. {what(point)}"
    texts = (where(point, flow, catalog), does, f"{hits:,}" if hits else "")
    return StopRow(point.id, texts, glyph_of(point), point.enabled, there)


def said(logged: Iterable[TaskLogged], title_at: Callable[[str], str]) -> list[str]:
    """What breakpoints have said, a line each: when, where, what."""
    return [
        f"{datetime.fromtimestamp(e.at).astimezone():%H:%M:%S}  {title_at(e.task)}: {e.message}"
        for e in logged
    ]
