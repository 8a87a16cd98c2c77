"""Names for what is new: readable, and not taken."""

import re
import unicodedata
from collections.abc import Iterable

from graph.flow import NAME, Flow

_NUMBER = re.compile(r"_[0-9]+\Z")


class Names:
    """Names that are taken. Every fresh one is taken from then on."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._numbers: dict[str, int] = {}

    def fresh(self, wanted: str) -> str:
        """`wanted`, with the next free number behind it if that is taken."""
        name = wanted
        if name in self._taken:
            stem = _NUMBER.sub("", name) or name
            number = self._numbers.get(stem, 2)
            while (name := f"{stem}_{number}") in self._taken:
                number += 1
            self._numbers[stem] = number + 1
        self._taken.add(name)
        return name


def as_name(text: str) -> str:
    """The text as a block id or the name of a flow: `Sum up, twice` becomes `Sum_up_twice`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    if NAME.match(plain):
        return plain
    name = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_") or "block"
    return f"_{name}" if name[0].isdigit() else name


def taken_ids(flow: Flow) -> set[str]:
    """The ids of blocks, and those that a link or a place on the canvas still speaks of."""
    ends = (end.block for link in flow.links.values() for end in (link.source, link.target))
    view = flow.view
    return {*flow.blocks, *ends, *view.positions, *view.colours, *view.exposed}


def fresh_id(flow: Flow, kind: str) -> str:
    """An id for a new block of that kind: `template`, then `template_2`."""
    return Names(taken_ids(flow)).fresh(kind.rpartition(".")[2])
