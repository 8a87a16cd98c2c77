"""The lines of a flow file: which block or link stands on them."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from graph.file_format.places import Path, places
from graph.file_format.syntax import DECODER
from graph.flow import Flow, Link

_COLON = re.compile(r"\s*:\s*").match


class Spot(NamedTuple):
    """Where in a file a block or a link stands: `flows` lead to it, lines count from 1."""

    flows: tuple[str, ...]
    block: str
    link: Link | None
    first: int
    last: int
    column: int


class Lines:
    """The text of a flow file, and the flow in it as far as it stands in that text."""

    def __init__(self, text: str, flow: Flow) -> None:
        self.text = text
        self._starts = [0, *(found.end() for found in re.finditer(r"\n", text))]
        self.spots = sorted(self._spots(flow), key=lambda spot: (spot.first, spot.column))
        self._blocks = {(s.flows, s.block): s for s in self.spots if s.link is None}

    def at(self, line: int) -> Spot | None:
        """What stands on a line: the smallest that does."""
        on = [spot for spot in self.spots if spot.first <= line <= spot.last]
        return min(on, key=lambda spot: spot.last - spot.first) if on else None

    def block(self, flows: tuple[str, ...], block: str) -> Spot | None:
        """Where a block stands."""
        return self._blocks.get((flows, block))

    def _spots(self, flow: Flow) -> Iterator[Spot]:
        wanted = dict(_paths(flow, (), ()))
        for path, offsets in places(self.text, wanted).items():
            flows, block, link = wanted[path]
            for start in offsets[-1:]:  # of a key that stands twice the last one counts
                end = self._end(start, is_member=link is None)
                column = start - self._starts[self._line(start) - 1] + 1
                yield Spot(flows, block, link, self._line(start), self._line(end - 1), column)

    def _end(self, start: int, *, is_member: bool) -> int:
        """The offset after a value, or after a key and its value."""
        end = DECODER.raw_decode(self.text, start)[1]
        colon = _COLON(self.text, end) if is_member else None
        return DECODER.raw_decode(self.text, colon.end())[1] if colon else end

    def _line(self, offset: int) -> int:
        return bisect_right(self._starts, offset)


def _paths(
    flow: Flow, path: Path, flows: tuple[str, ...]
) -> Iterator[tuple[Path, tuple[tuple[str, ...], str, Link | None]]]:
    for id in flow.blocks:
        yield (*path, "blocks", id), (flows, id, None)
    for index, link in enumerate(flow.links.values()):
        yield (*path, "links", index), (flows, link.source.block, link)
    for name, inner in flow.flows.items():
        yield from _paths(inner, (*path, "flows", name), (*flows, name))
