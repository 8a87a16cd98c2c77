"""A kind of block as a flow of its own, so that it can be used where flows are: as a tool."""

import msgspec

from graph.compile.ports import TYPES
from graph.flow import Block, Flow, Link, View, link_between
from graph.offered import is_offered
from graph.reshape.names import Names, as_name
from graph.spec import BlockSpec, Parameter
from graph.values import ValueType

_BY_HAND = {
    "flow", "flows", "secret", "connection", "schema", "code", "expression", "colour", "model",
}  # fmt: skip
"""Editors of fields that a person sets, not whoever uses the flow."""


def wrapped(spec: BlockSpec) -> Flow:
    """A flow of one block of a kind, with inputs for what it can't do without.

    The inputs are described as the block's parameters are; its other fields stay to be set. A
    tool of an MCP server has an input for every argument, and gives its answer once.

    Ids of outputs are of this kind alone: an agent's tools share their place in its runs.
    """
    names = Names(set())
    id = names.fresh(as_name(spec.title).lower())
    inputs = {p.name: p for p in spec.parameters if _is_asked(p, spec)}
    blocks, links = [Block(id, spec.kind)], list[Link]()
    for name, parameter in inputs.items():
        given = names.fresh(name)
        blocks.append(Block(given, "flow.input", _input(parameter)))
        links.append(link_between(f"{given}.value", f"{id}.{name}"))
    outputs = spec.outputs[:1] if is_offered(spec.kind) else spec.outputs
    for output in outputs:
        result = "result" if len(outputs) == 1 else output.name
        out = names.fresh(f"{id}_{result}")
        blocks.append(Block(out, "flow.output", {"name": result}))
        links.append(link_between(f"{id}.{output.name}", f"{out}.value"))
    flow = Flow.of(blocks, links, name=spec.title, description=spec.summary)
    return msgspec.structs.replace(flow, view=View(positions=_positions(flow, id)))


def _is_asked(parameter: Parameter, spec: BlockSpec) -> bool:
    if parameter.look.editor in _BY_HAND:
        return False
    return parameter.required or is_offered(spec.kind)


def _input(parameter: Parameter) -> dict[str, object]:
    fields: dict[str, object] = {"name": parameter.name, "type": _type(parameter.type)}
    if parameter.description:
        fields["description"] = parameter.description
    if parameter.required:
        fields["required"] = True
    elif parameter.default is not None:
        fields["default"] = msgspec.to_builtins(parameter.default)
    return fields


def _type(kind: ValueType) -> str:
    """The type of an input that is nearest."""
    kinds: list[str] = [member.kind for member in kind.members if member.kind != "null"] or [
        kind.kind
    ]
    return kinds[0] if len(kinds) == 1 and kinds[0] in TYPES else "any"


def _positions(flow: Flow, middle: str) -> dict[str, tuple[float, float]]:
    """Inputs on the left, the block in the middle, outputs on the right."""
    columns: dict[float, int] = {}
    places = dict[str, tuple[float, float]]()
    for block in flow.blocks.values():
        x = 320.0 if block.id == middle else 0.0 if block.kind == "flow.input" else 640.0
        row = columns.get(x, 0)
        columns[x] = row + 1
        places[block.id] = (x, 120.0 * row)
    return places
