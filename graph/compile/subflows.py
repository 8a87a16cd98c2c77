"""Sub-flows laid out flat, and what a block's settings mean spelled out as blocks."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from graph.block import block, spec_of
from graph.catalog import Catalog
from graph.compile.ports import CALL, INPUT, NOTE, Level, interface, is_expression
from graph.flow import PLAIN, Block, End, Flow, Link, Settings
from graph.spec import BlockSpec

FOR_EACH = "logic.for_each"


class FlatTask(NamedTuple):
    """A block of the flattened flow. Its id says where it was: `orders/parse`."""

    id: str
    spec: BlockSpec
    fields: Mapping[str, Any]
    settings: Settings
    links: tuple[Link, ...]
    """Into it; sources are ends of the flattened flow."""
    outputs: tuple[str, ...]
    level: Level


@block("flow.pass", title="Pass")
def passed(value: Any = None) -> Any:
    """The value itself: an input of a sub-flow, or a block that is bypassed."""
    return value


@block("flow.pinned", title="Pinned")
def pinned(**outputs: Any) -> dict[str, Any]:
    """Recorded outputs, given instead of running the block."""
    return outputs


PASS = spec_of(passed)
PINNED = spec_of(pinned)


def flatten(flow: Flow, catalog: Catalog, around: tuple[Flow, ...] = ()) -> list[FlatTask]:
    """The tasks of a checked flow, sub-flows laid out, in no particular order."""
    return list(_lay_out(Level(flow, catalog, around), "", {}))


def _lay_out(level: Level, prefix: str, given: Mapping[str, "_Given"]) -> Iterator[FlatTask]:
    """The tasks of one flow. `given` says what its inputs get, when it is a sub-flow."""
    flow = _spread(level.flow, level.catalog)
    level = Level(flow, level.catalog, level.around, level.path)
    into = _links_into(flow)
    for item in flow.blocks.values():
        links = tuple(
            Link(
                _source(link.source, level, prefix),
                End(prefix + item.id, link.target.port),
                link.convert,
            )
            for link in into.get(item.id, ())
        )
        if item.kind == NOTE:
            continue
        if item.kind == CALL and item.settings.pin is None:
            yield from _lay_out_call(item, links, level, prefix)
        elif item.kind == INPUT and prefix:
            name = str(item.fields.get("name", item.id))
            yield _passed_input(item, given.get(name), level, prefix)
        else:
            yield _task(item, links, level, prefix)


class _Given(NamedTuple):
    """What an input of a sub-flow gets: a link's source, a field's value, or an expression."""

    fields: Mapping[str, Any]
    links: tuple[Link, ...]


def _links_into(flow: Flow) -> dict[str, list[Link]]:
    into: dict[str, list[Link]] = {}
    for link in flow.links.values():
        into.setdefault(link.target.block, []).append(link)
    return into


def _source(source: End, level: Level, prefix: str) -> End:
    """Where a link really starts: at the output block inside, when it starts at a sub-flow."""
    origin = level.flow.blocks[source.block]
    if origin.kind != CALL or origin.settings.pin is not None:
        return End(prefix + source.block, source.port)
    inner = _called(origin, level)
    output = interface(inner.flow)[1][source.port]
    return End(f"{prefix}{source.block}/{output.id}", "value")


def _called(item: Block, level: Level) -> Level:
    inner = level.find(str(item.fields["flow"]))
    assert inner is not None, "a checked flow names only flows that are there"
    return inner


def _lay_out_call(
    item: Block, links: tuple[Link, ...], level: Level, prefix: str
) -> Iterator[FlatTask]:
    inner = _called(item, level)
    inputs, _ = interface(inner.flow)
    linked = {link.target.port: link for link in links}
    extra = tuple(link for port, link in linked.items() if port not in inputs)
    given: dict[str, _Given] = {}
    for name in inputs:
        if name in linked:
            given[name] = _Given({}, (linked[name],))
        elif name in item.fields:
            value = item.fields[name]
            given[name] = _Given({"value": value}, extra if is_expression(value) else ())
    yield from _lay_out(inner, f"{prefix}{item.id}/", given)


def _passed_input(item: Block, given: _Given | None, level: Level, prefix: str) -> FlatTask:
    id = prefix + item.id
    if given is None:
        fields: Mapping[str, Any] = {"value": item.fields.get("default")}
        return FlatTask(id, PASS, fields, PLAIN, (), ("value",), level)
    # A link to the sub-flow's port carries the value itself; one for an expression its name.
    links = tuple(
        Link(link.source, End(id, link.target.port if given.fields else "value"), link.convert)
        for link in given.links
    )
    return FlatTask(id, PASS, given.fields, PLAIN, links, ("value",), level)


def _task(item: Block, links: tuple[Link, ...], level: Level, prefix: str) -> FlatTask:
    id, spec = prefix + item.id, level.catalog.spec(item.kind)
    outputs = _outputs(item, spec)
    if item.settings.pin is not None:
        names = tuple(item.settings.pin)
        return FlatTask(id, PINNED, item.settings.pin, PLAIN, (), names, level)
    if item.settings.bypass:
        first = tuple(Link(link.source, End(id, "value"), link.convert) for link in links[:1])
        return FlatTask(id, PASS, {}, PLAIN, first, outputs[:1] or ("value",), level)
    return FlatTask(id, spec, _unlinked(item.fields, links), item.settings, links, outputs, level)


def _unlinked(fields: Mapping[str, Any], links: tuple[Link, ...]) -> Mapping[str, Any]:
    """The fields that count: a link brings the value in place of a plain one."""
    linked = {link.target.port for link in links}
    if linked.isdisjoint(fields):
        return fields
    return {n: value for n, value in fields.items() if n not in linked or is_expression(value)}


@lru_cache(maxsize=4096)
def _own_outputs(spec: BlockSpec) -> tuple[str, ...]:
    return tuple(output.name for output in spec.outputs)


def _outputs(item: Block, spec: BlockSpec) -> tuple[str, ...]:
    names = _own_outputs(spec)
    if not spec.outputs_from and item.settings.on_error != "port":
        return names
    if spec.outputs_from:
        names = (*(str(case) for case in item.fields.get(spec.outputs_from, ())), "otherwise")
    if item.settings.on_error == "port":
        names = (*names, "error")
    return tuple(dict.fromkeys(names))


# A block run for each item is a loop around it; spelled out, it needs nothing of its own.


def _spread(flow: Flow, catalog: Catalog) -> Flow:
    each = [item for item in flow.blocks.values() if item.settings.each]
    if not each:
        return flow
    blocks, links, flows = dict(flow.blocks), dict(flow.links), dict(flow.flows)
    for item in each:
        into = [link for link in flow.links.values() if link.target.block == item.id]
        name = f"{item.id}_each"
        flows[name] = _one_round(item, catalog, [link.target.port for link in into])
        blocks[item.id] = Block(
            item.id,
            FOR_EACH,
            {"body": name, "parallel": item.settings.parallel}
            | ({} if item.settings.each in (x.target.port for x in into) else _items(item)),
            item.title,
            Settings(on_error=item.settings.on_error),
        )
        for link in into:
            if link.target.port == item.settings.each:
                del links[link.target]
                target = End(item.id, "items")
                links[target] = Link(link.source, target, link.convert)
        for link in flow.links.values():
            if link.source.block == item.id and link.source.port != "error":
                links[link.target] = Link(End(item.id, "value"), link.target, link.convert)
    return msgspec.structs.replace(flow, blocks=blocks, links=links, flows=flows)


def _items(item: Block) -> dict[str, Any]:
    return {"items": item.fields.get(item.settings.each, [])}


def _one_round(item: Block, catalog: Catalog, linked: list[str]) -> Flow:
    """The body of the loop: the block itself, an input for each of its links, one output."""
    each = item.settings.each
    fields = {name: value for name, value in item.fields.items() if name != each}
    settings = msgspec.structs.replace(item.settings, each="", on_error="stop")
    output = _outputs(item, catalog.spec(item.kind))[0]
    inputs = {port: "item" if port == each else port for port in {*linked, each}}
    return Flow.of(
        [
            Block(item.id, item.kind, fields, item.title, settings),
            Block("result", "flow.output", {"name": "result"}),
            *(Block(f"in_{port}", "flow.input", {"name": name}) for port, name in inputs.items()),
        ],
        [
            Link(End(item.id, output), End("result", "value")),
            *(Link(End(f"in_{port}", "value"), End(item.id, port)) for port in inputs),
        ],
    )
