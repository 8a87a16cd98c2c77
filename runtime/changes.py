"""Changes to a flow as a person names them for a replay: `block.field` and a value."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from graph.catalog import Catalog
from graph.compile.ports import Level
from graph.edits import Edit, Inside, SetField
from graph.errors import HeddleError
from graph.flow import Block, Flow
from graph.values import did_you_mean


class NoSuchField(HeddleError):
    """A change names a block or field that isn't there."""


def edits_for(flow: Flow, catalog: Catalog, changes: Mapping[str, Any]) -> Iterator[Edit]:
    """The edits that set `block.field`, or `loop/block.field` inside a body, to values.

    Raises NoSuchField, naming what is there instead.
    """
    for place, value in changes.items():
        path, dot, field = place.rpartition(".")
        if not dot:
            raise NoSuchField(f"{place!r} names no field.", cure="Write block.field=value.")
        level, ids = Level(flow, catalog), path.split("/")
        for id, inner in pairwise(ids):
            level = _into(level, id, inner)
        block = _block(level, ids[-1])
        yield _within(level.path, SetField(block.id, _field(block, catalog, field), value))


def _block(level: Level, id: str) -> Block:
    block = level.flow.blocks.get(id)
    if block is None:
        where = f" in {'/'.join(level.path)!r}" if level.path else ""
        cure = did_you_mean(id, level.flow.blocks)
        raise NoSuchField(f"There is no block {id!r}{where}.", cure=cure)
    return block


def _into(level: Level, id: str, inner: str) -> Level:
    """The flow run by a block in which there is a block `inner`."""
    block = _block(level, id)
    run = list(level.run_by(block))
    if not run:
        raise NoSuchField(f"{id!r} runs no flow.", cure="Write block.field=value.")
    for found in run:
        if inner in found.flow.blocks:
            return found
    known = [block for found in run for block in found.flow.blocks]
    message = f"{id!r} runs no flow that has a block {inner!r}."
    raise NoSuchField(message, cure=did_you_mean(inner, known))


def _field(block: Block, catalog: Catalog, name: str) -> str:
    spec = catalog.spec(block.kind)
    if spec.parameter(name) is None and not spec.open_inputs:
        raise NoSuchField(f"{block.id!r} has no field {name!r}.", cure=spec.unknown_field(name))
    return name


def _within(path: Sequence[str], edit: Edit) -> Edit:
    """The edit of an embedded flow as one of the flow around all."""
    for name in reversed(path):
        edit = Inside(name, edit)
    return edit
