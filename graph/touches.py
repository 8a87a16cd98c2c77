"""What a flow would touch outside itself, so that a person can agree before it runs."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from graph.catalog import Catalog
from graph.compile.ports import INPUT, Level, is_expression
from graph.flow import Block, Flow, Link
from graph.spec import Effect, Needs

CONSTANT = "flow.constant"

Evaluate = Callable[[str, Mapping[str, Any]], Any]
"""Works out an expression from the values of its names. May raise anything."""


class Touch(msgspec.Struct, frozen=True):
    """What one block needs. `place` leads to it, through the loops and sub-flows around it."""

    place: str
    kind: str
    effect: Effect
    needs: Needs


def touches(
    flow: Flow,
    catalog: Catalog,
    inputs: Mapping[str, Any] | None = None,
    evaluate: Evaluate | None = None,
) -> list[Touch]:
    """What the blocks of a flow need, and of the flows it runs; those without needs left out.

    A field linked to an input or a constant is taken to have that value, with `inputs` in place
    of the defaults; an expression that asks for nothing else is worked out, if there is an
    `evaluate`. What other links bring, only the run will tell: needs say "*" then. A flow that
    is used twice is looked into once.
    """
    return list(_Look(inputs or {}, evaluate).into(Level(flow, catalog), ""))


def together(found: list[Touch]) -> Needs:
    """What all of them need."""
    needs = Needs()
    for touch in found:
        needs |= touch.needs
    return needs


class _Look:
    """One look through a flow: which flows inside it have been seen."""

    def __init__(self, inputs: Mapping[str, Any], evaluate: Evaluate | None) -> None:
        self._inputs = inputs
        self._evaluate = evaluate
        self._seen: set[int] = set()

    def into(self, level: Level, prefix: str) -> Iterator[Touch]:
        self._seen.add(id(level.flow))
        into = _links_by_block(level.flow)
        for block in level.flow.blocks.values():
            spec = level.catalog.get(block.kind)
            if spec is None or block.settings.bypass or block.settings.pin is not None:
                continue
            needs = Needs(changes=(spec.title,)) if spec.effect == "write" else Needs()
            if spec.needs:
                needs = spec.needs(self._fields(level, block, into.get(block.id, ())))
            fields = dict(block.fields)
            needs |= Needs(
                secrets=tuple(named_in("$secret", fields)),
                connections=tuple(named_in("$connection", fields)),
            )
            if needs != Needs():
                yield Touch(f"{prefix}{block.id}", block.kind, spec.effect, needs)
            for inner in level.run_by(block):
                if id(inner.flow) not in self._seen:
                    yield from self.into(inner, f"{prefix}{block.id}/")

    def _fields(self, level: Level, block: Block, links: Iterable[Link]) -> dict[str, Any]:
        """The fields, with the values that can be known now, and without those linked over."""
        fields = dict(block.fields)
        known: dict[str, Any] = {}
        for link in links:
            if not is_expression(fields.get(link.target.port)):
                fields.pop(link.target.port, None)
            source = level.flow.blocks.get(link.source.block)
            if source is not None and not link.convert:
                known |= self._value(level, source, link.target.port)
        for name, value in fields.items():
            if is_expression(value):
                fields[name] = self._worked_out(value, known)
        return known | fields

    def _value(self, level: Level, source: Block, port: str) -> dict[str, Any]:
        """The value that a link brings to a port, if it can be known."""
        if source.kind == CONSTANT:
            return {port: source.fields.get("value")}
        if source.kind == INPUT and not level.around:
            name = str(source.fields.get("name", source.id))
            return {port: self._inputs.get(name, source.fields.get("default"))}
        return {}

    def _worked_out(self, value: Mapping[str, Any], known: Mapping[str, Any]) -> Any:
        if self._evaluate is None:
            return value
        try:
            return self._evaluate(value["$expr"], known)
        except Exception:  # noqa: BLE001 - only the run will tell, whatever the reason is
            return value


def _links_by_block(flow: Flow) -> dict[str, list[Link]]:
    """The links that end in each block."""
    found: dict[str, list[Link]] = {}
    for link in flow.links.values():
        found.setdefault(link.target.block, []).append(link)
    return found


def named_in(marker: str, value: Any) -> Iterator[str]:
    """The names of the secrets or connections in a field's value."""
    if isinstance(value, dict):
        if isinstance(name := value.get(marker), str):
            yield name
        for inner in value.values():
            yield from named_in(marker, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from named_in(marker, inner)
