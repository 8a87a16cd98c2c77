"""Which ports of a block are seen: those that are linked, wanted, or shown on purpose."""

from collections.abc import Iterable

from graph.compile.ports import OUTPUT, Ports
from graph.compile.wanted import wanted_inputs
from graph.flow import Block
from graph.spec import BlockSpec


def shown_inputs(
    block: Block,
    spec: BlockSpec | None,
    ports: Ports,
    linked: Iterable[str],
    exposed: Iterable[str],
) -> tuple[str, ...]:
    """The inputs, in the order of the block's parameters, those it has besides at the end.

    Besides are those it reads by name, linked or not yet: `{name}` in a text.
    """
    seen = {*linked, *exposed}
    own = [name for name in ports.inputs if name in seen or _is_missing(name, block, spec)]
    read = wanted_inputs(block, spec, ports) if spec else ()
    return tuple(dict.fromkeys((*own, *sorted(seen), *read)))


def shown_outputs(block: Block, ports: Ports, linked: Iterable[str]) -> tuple[str, ...]:
    """The outputs: all there are, and those that links start from though they aren't there.

    What leaves the flow hands its value on too, but that is shown only where it is used.
    """
    there = () if block.kind == OUTPUT else ports.outputs
    return tuple(dict.fromkeys((*there, *sorted(linked))))


def _is_missing(name: str, block: Block, spec: BlockSpec | None) -> bool:
    """Whether the block needs a value that no field of it gives."""
    if name in block.fields:
        return False
    parameter = spec.parameter(name) if spec else None
    return parameter is None or parameter.required


def label(name: str) -> str:
    """A port's name as it is shown."""
    return name.replace("_", " ")
