"""Which flows the blocks of a flow name, and other names for them."""

from collections.abc import Iterator, Mapping

import msgspec

from graph.catalog import Catalog
from graph.flow import Block, Flow


def flow_fields(block: Block, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """The fields in which a block names flows, with the names."""
    spec = catalog.get(block.kind)
    for parameter, name in spec.naming(block.fields) if spec else ():
        yield parameter.name, name


def names_in(flow: Flow, catalog: Catalog) -> set[str]:
    """The flows that a flow, or one inside it, names and doesn't hold itself."""
    named = {name for block in flow.blocks.values() for _, name in flow_fields(block, catalog)}
    for inner in flow.flows.values():
        named |= names_in(inner, catalog)
    return named - flow.flows.keys()


def with_names(block: Block, names: Mapping[str, str], catalog: Catalog) -> Block:
    """The block, naming flows by their new names."""
    spec = catalog.get(block.kind)
    if spec is None or names.keys().isdisjoint(spec.flows_named(block.fields)):
        return block
    return msgspec.structs.replace(block, fields=spec.naming_others(block.fields, names))


def renamed_inside(flow: Flow, names: Mapping[str, str], catalog: Catalog) -> Flow:
    """The flow, naming the flows around it by their new names."""
    names = {old: new for old, new in names.items() if old not in flow.flows and old != new}
    if not names:
        return flow
    blocks = {id: with_names(block, names, catalog) for id, block in flow.blocks.items()}
    flows = {name: renamed_inside(inner, names, catalog) for name, inner in flow.flows.items()}
    return msgspec.structs.replace(flow, blocks=blocks, flows=flows)
