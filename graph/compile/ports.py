"""Which ports a block has where it stands: those of its kind, and those its fields make."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from graph.catalog import Catalog
from graph.described import type_described
from graph.flow import Block, Flow
from graph.spec import BlockSpec, Output
from graph.values import ANY, BOOLEAN, INTEGER, LIST, NUMBER, RECORD, TABLE, TEXT, ValueType

CALL = "flow.call"
INPUT = "flow.input"
OUTPUT = "flow.output"
NOTE = "flow.note"

TYPES: Mapping[str, ValueType] = {
    "any": ANY,
    "text": TEXT,
    "number": NUMBER,
    "integer": INTEGER,
    "boolean": BOOLEAN,
    "list": LIST,
    "record": RECORD,
    "table": TABLE,
}
"""The types a flow's input may be declared to have."""

ERROR = ValueType(
    "record",
    item=ANY,
    fields=(("type", TEXT), ("message", TEXT), ("cure", TEXT), ("task", TEXT)),
)
"""What comes out of the `error` port of a block that is set to have one."""


class Ports(msgspec.Struct, frozen=True):
    """The ports of one block: names to types. An `open` block takes other inputs too."""

    inputs: Mapping[str, ValueType]
    outputs: Mapping[str, ValueType]
    open: bool = False


class Level(msgspec.Struct, frozen=True):
    """A flow and the flows around it, outermost first, in which its names are looked up."""

    flow: Flow
    catalog: Catalog
    around: tuple[Flow, ...] = ()
    path: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[int, ...]:
        """Tells a flow where it stands from every other, as long as both are there."""
        return (id(self.flow), *map(id, self.around))

    def find(self, name: str) -> "Level | None":
        """The flow called `name`, seen from here: embedded here, or in a flow around this."""
        chain = (*self.around, self.flow)
        for depth in range(len(chain), 0, -1):
            found = chain[depth - 1].flows.get(name)
            if found is not None:
                return Level(found, self.catalog, chain[:depth], (*self.path[: depth - 1], name))
        return None

    def run_by(self, block: Block) -> Iterator["Level"]:
        """The flows that a block names and that are there."""
        spec = self.catalog.get(block.kind)
        for name in spec.flows_named(block.fields) if spec else ():
            if (found := self.find(name)) is not None:
                yield found

    def coming_with(self, spec: BlockSpec) -> Iterator["Level"]:
        """The flows that come with a kind of block: they see no other flow."""
        for name, flow in spec.bodies.items():
            yield Level(flow, self.catalog, (), (*self.path, name))

    def names(self) -> Iterator[str]:
        """The names of all flows that can be used here."""
        for flow in (*self.around, self.flow):
            yield from flow.flows


def interface(flow: Flow) -> tuple[dict[str, Block], dict[str, Block]]:
    """A flow's input and output blocks by the name that whoever uses the flow sees."""
    inputs: dict[str, Block] = {}
    outputs: dict[str, Block] = {}
    for block in flow.blocks.values():
        if block.kind == INPUT:
            inputs.setdefault(str(block.fields.get("name", block.id)), block)
        elif block.kind == OUTPUT:
            outputs.setdefault(str(block.fields.get("name", "result")), block)
    return inputs, outputs


def input_type(block: Block) -> ValueType:
    """The type that an input block declares."""
    return TYPES.get(str(block.fields.get("type", "any")), ANY)


def is_expression(value: Any) -> bool:
    """Whether a field's value is worked out when the block runs."""
    return isinstance(value, dict) and "$expr" in value


def ports_of(block: Block, spec: BlockSpec, level: Level) -> Ports:
    """The ports of a block in its flow. A sub-flow that isn't there has none."""
    fixed = _fixed(spec)
    expressive = any(is_expression(value) for value in block.fields.values())
    if block.kind == CALL:
        return _ports_of_call(block, level, expressive)
    if block.kind == INPUT:
        return Ports({}, {"value": input_type(block)})
    outputs: Mapping[str, ValueType] = fixed.outputs
    if spec.outputs_from:
        cases = block.fields.get(spec.outputs_from, ())
        names = cases if isinstance(cases, (list, tuple)) else ()
        outputs = {str(name): ANY for name in names} | {"otherwise": ANY}
    if following := _following(spec):
        outputs = {**outputs, **_described(following, block.fields)}
    if block.settings.each:
        outputs = {name: ValueType("list", item=kind) for name, kind in outputs.items()}
    if block.settings.on_error == "port":
        outputs = {**outputs, "error": ERROR}
    return Ports(fixed.inputs, outputs, fixed.open or expressive)


def _ports_of_call(block: Block, level: Level, expressive: bool) -> Ports:
    inner = level.find(str(block.fields.get("flow", "")))
    if inner is None:
        return Ports({}, {})
    inputs, outputs = interface(inner.flow)
    types = {name: input_type(given) for name, given in inputs.items()}
    return Ports(types, dict.fromkeys(outputs, ANY), expressive)


@lru_cache(maxsize=4096)
def _following(spec: BlockSpec) -> tuple[Output, ...]:
    return tuple(output for output in spec.outputs if output.follows)


def _described(outputs: Iterable[Output], fields: Mapping[str, Any]) -> dict[str, ValueType]:
    """The types of outputs that follow schemas, as far as these stand in the fields."""
    made = dict[str, ValueType]()
    for output in outputs:
        schema = fields.get(output.follows)
        if isinstance(schema, dict) and not is_expression(schema):
            told = type_described(schema)
            made[output.name] = ValueType("list", item=told) if _is_list(output) else told
    return made


def _is_list(output: Output) -> bool:
    return output.type.kind == "list"


@lru_cache(maxsize=4096)
def _fixed(spec: BlockSpec) -> Ports:
    """The ports that every block of the kind has; worked out once for each kind."""
    flows = spec.flow_parameters
    inputs = {p.name: p.type for p in spec.parameters if p not in flows}
    outputs = {output.name: output.type for output in spec.outputs}
    return Ports(inputs, outputs, spec.open_inputs)
