"""A sketch as a flow, and all in it that can't be drawn, in sentences a model understands."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from graph.catalog import Catalog
from graph.file_format.shape import LINK
from graph.flow import NAME, Block, End, Flow, Link, Settings
from graph.planning.sketch import Setting, Sketch, Step
from graph.spec import BlockSpec
from graph.touches import named_in
from graph.values import ValueType, coercion, did_you_mean, fit

MOST_STEPS = 100


class Drawn(NamedTuple):
    """A flow without positions, and what of the sketch isn't in it."""

    flow: Flow
    complaints: tuple[str, ...]


def drawn(sketch: Sketch, catalog: Catalog, secrets: Collection[str] = ()) -> Drawn:
    """The flow of a sketch. What can't be drawn is left out, and complained of.

    It may name these secrets. A model knows of no others, unless some text has told it to.
    """
    complaints: list[str] = []
    blocks: dict[str, Block] = {}
    renamed: dict[str, str] = {}
    for step in sketch.steps[:MOST_STEPS]:
        spec = catalog.get(step.kind)
        if spec is None:
            cure = catalog.closest(step.kind)
            complaints.append(f"{step.id}: there is no kind {step.kind!r}. {cure}")
            continue
        id = _free(step.id, blocks)
        renamed.setdefault(step.id, id)
        block = _block(id, step, spec)
        named = {field for field, value in block.fields.items()
                 if not {*named_in("$secret", value)} <= {*secrets}}  # fmt: skip
        complaints += (
            f"{step.id}: its field {field!r} names a secret; only a person may." for field in named
        )
        fields = {name: value for name, value in block.fields.items() if name not in named}
        blocks[id] = msgspec.structs.replace(block, fields=fields)
    if len(sketch.steps) > MOST_STEPS:
        complaints.append(f"A plan has at most {MOST_STEPS} steps.")
    links = dict(_links(sketch.links, renamed, blocks, catalog, complaints))
    return Drawn(Flow(name=sketch.name[:200], blocks=blocks, links=links), tuple(complaints))


def _free(id: str, taken: Mapping[str, Block]) -> str:
    """The id as a flow can have it, and as no other block has."""
    plain = re.sub(r"\W+", "_", id, flags=re.ASCII).strip("_")[:40] or "step"
    plain = plain if NAME.match(plain) else f"_{plain}"
    number, free = 2, plain
    while free in taken:
        free, number = f"{plain}_{number}", number + 1
    return free


def _block(id: str, step: Step, spec: BlockSpec) -> Block:
    fields = {setting.name: _value(setting, spec) for setting in step.fields if setting.name}
    each = step.each if spec.parameter(step.each) else ""
    title = step.title.strip()[:80]
    return Block(id, step.kind, fields, "" if title == spec.title else title, Settings(each=each))


def _value(setting: Setting, spec: BlockSpec) -> Any:
    """The value of a field: text where a text is wanted, or else what it is as JSON."""
    parameter = spec.parameter(setting.name)
    wanted = parameter.type if parameter else ValueType("any")
    if wanted.kind == "text":
        return setting.value
    try:
        return msgspec.json.decode(setting.value)
    except msgspec.DecodeError:
        return setting.value


def _links(
    texts: tuple[str, ...],
    renamed: Mapping[str, str],
    blocks: Mapping[str, Block],
    catalog: Catalog,
    complaints: list[str],
) -> Iterator[tuple[End, Link]]:
    for text in texts:
        parts = LINK.match(text)
        if parts is None:
            complaints.append(f"{text!r} is no link: write step.output -> step.input.")
            continue
        source, port, target, to_port, _ = parts.groups("")
        missing = [name for name in (source, target) if name not in renamed]
        if missing:
            cure = did_you_mean(missing[0], renamed)
            complaints.append(f"{text}: there is no step {missing[0]!r}. {cure}".strip())
            continue
        start, end = End(renamed[source], port), End(renamed[target], to_port)
        yield end, Link(start, end, _conversion(start, end, blocks, catalog))


def _conversion(start: End, end: End, blocks: Mapping[str, Block], catalog: Catalog) -> str:
    """What is done to values on the way, where they don't fit as they are and can be made to."""
    output = catalog.spec(blocks[start.block].kind).output(start.port)
    parameter = catalog.spec(blocks[end.block].kind).parameter(end.port)
    if output is None or parameter is None or fit(output.type, parameter.type).fits:
        return ""
    return coercion(output.type, parameter.type)
