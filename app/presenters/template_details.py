"""What a template needs and brings along, in words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from app.presenters.templates import kinds_in
from app.safety.wants import ORDER, Want, What, wants
from graph.catalog import Catalog
from graph.flow import Flow
from runtime.library.about import About

_BREAKS = re.compile(r"[,:/{}\[\]._-]+")
LONGEST = 400
"""Characters of a sample value that are shown."""


class Need(NamedTuple):
    """One kind of thing that a template touches, and which."""

    what: What | None
    text: str


def needs(flow: Flow, about: About, catalog: Catalog) -> list[Need]:
    """What the flow would touch, run with its sample input; kinds of blocks that are missing."""
    found = wants(flow, catalog, about.inputs)
    said = [_need(what, group) for what, group in groupby(found, key=lambda want: want.what)]
    missing = sorted(set(kinds_in(flow)) - {spec.kind for spec in catalog})
    if missing:
        said.append(Need(None, f"Blocks that aren't installed: {', '.join(missing)}"))
    return said


def _need(what: What, group: Iterable[Want]) -> Need:
    named = dict.fromkeys(want.said for want in group)
    return Need(what, ORDER[what] if what == "code" else f"{ORDER[what]}: {', '.join(named)}")


def sample(inputs: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """The sample input line by line: what it is called, and its value as it is written."""
    return [(name, _short(value)) for name, value in inputs.items()]


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    short = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return _BREAKS.sub("\\g<0>\u200b", short)  # a long word may be broken there


def size(flow: Flow) -> str:
    """How large it is: `9 blocks and 1 sub-flow`."""
    blocks = sum(1 for block in flow.blocks.values() if block.kind != "flow.note")
    inner = len(flow.flows)
    within = f" and {inner} {'sub-flow' if inner == 1 else 'sub-flows'}" if inner else ""
    return f"{blocks} {'block' if blocks == 1 else 'blocks'}{within}"
