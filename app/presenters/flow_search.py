"""Finds words in a flow and the flows inside it: titles, ids, kinds, fields, values of a run."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from app.document import Level
from app.presenters.reading import reading_order, title_of
from graph.catalog import Catalog
from graph.compile.ports import Level as PortsLevel
from graph.flow import Block, Flow

MOST = 500
LONGEST_VALUE = 20_000
"""Characters of a value that are looked through."""
AROUND = 24
"""Characters that are shown before what was found."""
SHOWN = 90

Values = Mapping[str, Mapping[str, Any]]
"""What came out of blocks in a run: by address, then by port."""


class Found(NamedTuple):
    """One place: the block, where in it, the text around, and what of the text was found."""

    level: Level
    into: tuple[str, ...]
    block: str
    title: str
    where: str
    text: str
    spans: tuple[tuple[int, int], ...]


def search(flow: Flow, words: str, catalog: Catalog, values: Values | None = None) -> list[Found]:
    """Every place that holds `words`, whatever their case, in reading order; at most 500."""
    wanted = words.casefold().strip()
    found = list[Found]()
    if not wanted:
        return found
    for level, into, shown in _levels(flow, catalog):
        for id in reading_order(shown):
            block = shown.blocks[id]
            came_out = (values or {}).get("/".join((*into, id)), {})
            hit = _in_block(block, wanted, catalog, came_out)
            found += (one._replace(level=level, into=into) for one in hit)
            if len(found) >= MOST:
                return found[:MOST]
    return found


def _levels(flow: Flow, catalog: Catalog) -> Iterator[tuple[Level, tuple[str, ...], Flow]]:
    """Each flow once: first as it is come by through blocks, then those that no block runs."""
    waiting: list[tuple[PortsLevel, tuple[str, ...]]] = [(PortsLevel(flow, catalog), ())]
    seen: set[Level] = {()}
    for at, into in waiting:
        yield at.path, into, at.flow
        for block in at.flow.blocks.values():
            for inner in at.run_by(block):
                if inner.path not in seen:
                    seen.add(inner.path)
                    waiting.append((inner, (*into, block.id)))
    yield from ((level, (), left) for level, left in _embedded(flow, ()) if level not in seen)


def _embedded(flow: Flow, level: Level) -> Iterator[tuple[Level, Flow]]:
    for name, inner in flow.flows.items():
        yield (*level, name), inner
        yield from _embedded(inner, (*level, name))


def _in_block(
    block: Block, wanted: str, catalog: Catalog, came_out: Mapping[str, Any]
) -> Iterator[Found]:
    title = title_of(block, catalog)
    texts = _texts(block, title, came_out)
    for where, text in texts:
        at = text.casefold().find(wanted)
        if at >= 0:
            excerpt, span = _excerpt(text, at, len(wanted))
            yield Found((), (), block.id, title, where, excerpt, (span,))


def _texts(block: Block, title: str, came_out: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "title", title
    if block.id.casefold() != title.casefold():
        yield "id", block.id
    yield "kind", block.kind
    for name, value in block.fields.items():
        yield f"field {name.replace('_', ' ')}", _plain(value)
    for port, value in came_out.items():
        yield f"value of {port.replace('_', ' ')}", _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value[:LONGEST_VALUE]
    if isinstance(value, dict) and set(value) == {"$expr"}:
        return str(value["$expr"])
    parts, length = list[str](), 0
    for part in json.JSONEncoder(ensure_ascii=False, default=str).iterencode(value):
        parts.append(part)
        length += len(part)
        if length > LONGEST_VALUE:
            break
    return "".join(parts)


def _excerpt(text: str, at: int, length: int) -> tuple[str, tuple[int, int]]:
    """The text on one line from shortly before what was found, and where that is in it."""
    start = max(0, at - AROUND)
    lead = "…" if start else ""
    shown = text[start : start + SHOWN]
    tail = "…" if start + SHOWN < len(text) else ""
    line = "".join(" " if character.isspace() else character for character in shown)
    begin = len(lead) + at - start
    return f"{lead}{line}{tail}", (begin, begin + length)
