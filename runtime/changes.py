"""Changes to a flow as a person names them for a replay: `block.field` and a value."""

from collections.abc import Iterator, Mapping
from typing import Any

from graph.catalog import Catalog
from graph.edits import Edit, Inside, SetField
from graph.errors import HeddleError
from graph.flow import Flow
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
        yield _edit(flow, catalog, path.split("/"), field, value)


def _edit(flow: Flow, catalog: Catalog, path: list[str], field: str, value: Any) -> Edit:
    block = flow.blocks.get(path[0])
    if block is None:
        raise NoSuchField(
            f"There is no block {path[0]!r}.", cure=did_you_mean(path[0], flow.blocks)
        )
    spec = catalog.spec(block.kind)
    if len(path) == 1:
        if spec.parameter(field) is None and not spec.open_inputs:
            raise NoSuchField(
                f"{path[0]!r} has no field {field!r}.", cure=spec.unknown_field(field)
            )
        return SetField(path[0], field, value)
    names = [block.fields.get(parameter.name) for parameter in spec.flow_parameters]
    for name in names:
        inner = flow.flows.get(str(name))
        if inner is not None and path[1] in inner.blocks:
            return Inside(str(name), _edit(inner, catalog, path[1:], field, value))
    raise NoSuchField(f"{path[0]!r} runs no flow that has a block {path[1]!r}.")
