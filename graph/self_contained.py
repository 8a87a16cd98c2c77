"""A flow with the files it refers to embedded, so that it can be kept and sent as one text."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain, count

from msgspec.structs import replace

from graph.catalog import Catalog
from graph.file_format import is_file
from graph.flow import Block, Flow


def self_contained(flow: Flow, catalog: Catalog) -> Flow:
    """The same flow, each file it refers to embedded under a name made of the file's."""
    return _embedded(flow, catalog, {})


def _embedded(flow: Flow, catalog: Catalog, done: dict[int, Flow]) -> Flow:
    """The flow with all below it; one that is used in many places is made but once."""
    if id(flow) not in done:
        renamed = _names(flow)
        flows = {
            renamed.get(name, name): _embedded(inner, catalog, done)
            for name, inner in flow.flows.items()
        }
        blocks = {id: _rename(block, renamed, catalog) for id, block in flow.blocks.items()}
        unchanged = not renamed and all(flows[name] is flow.flows[name] for name in flows)
        done[id(flow)] = flow if unchanged else replace(flow, blocks=blocks, flows=flows)
    return done[id(flow)]


def _names(flow: Flow) -> dict[str, str]:
    taken, renamed = set(flow.flows), dict[str, str]()
    for name in filter(is_file, flow.flows):
        stem = re.sub(r"\W", "_", name.rpartition("/")[2].partition(".")[0], flags=re.ASCII)
        stem = f"_{stem}" if not stem or stem[0].isdigit() else stem
        fresh = next(n for n in chain((stem,), _numbered(stem)) if n not in taken)
        taken.add(fresh)
        renamed[name] = fresh
    return renamed


def _numbered(stem: str) -> Iterator[str]:
    return (f"{stem}_{number}" for number in count(2))


def _rename(block: Block, renamed: Mapping[str, str], catalog: Catalog) -> Block:
    spec = catalog.get(block.kind)
    if spec is None or renamed.keys().isdisjoint(spec.flows_named(block.fields)):
        return block
    return replace(block, fields=spec.naming_others(block.fields, renamed))
