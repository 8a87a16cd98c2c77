"""A part of a flow that is a flow by itself."""

from collections.abc import Collection

import msgspec

from graph.compile.ports import INPUT, is_expression
from graph.edits.draft import Draft
from graph.flow import Block, Flow
from graph.reshape.linking import reached


def upto(flow: Flow, block: str) -> Flow:
    """What of the flow must run for the block to run, and nothing else.

    Raises EditRefused when there is no such block.
    """
    Draft(flow).block(block)
    back = ((link.target.block, link.source.block) for link in flow.links.values())
    needed = reached([block], back) & flow.blocks.keys()
    if any(_asks_for_inputs(flow.blocks[id]) for id in needed):
        needed |= {id for id, other in flow.blocks.items() if other.kind == INPUT}
    return only(flow, needed)


def _asks_for_inputs(block: Block) -> bool:
    return any(
        is_expression(value) and "inputs" in str(value["$expr"]) for value in block.fields.values()
    )


def only(flow: Flow, ids: Collection[str]) -> Flow:
    """The flow with no other blocks than these, and the links among them."""
    view = flow.view
    links = {
        target: link
        for target, link in flow.links.items()
        if target.block in ids and link.source.block in ids
    }
    ends = set(map(str, links))
    return msgspec.structs.replace(
        flow,
        blocks={id: block for id, block in flow.blocks.items() if id in ids},
        links=links,
        view=msgspec.structs.replace(
            view,
            positions={id: place for id, place in view.positions.items() if id in ids},
            colours={id: colour for id, colour in view.colours.items() if id in ids},
            exposed={id: fields for id, fields in view.exposed.items() if id in ids},
            routes={target: points for target, points in view.routes.items() if target in ends},
        ),
    )
