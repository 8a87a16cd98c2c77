"""Edits as JSON: what is embedded by one is written as in a flow's file."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from graph.edits import AddFlow, Edit, Inside, Many, apply
from graph.errors import EditRefused
from graph.file_format import is_file, read, write
from graph.flow import Flow

MOST = 10_000
"""Edits in one request."""
DEEPEST = 20
"""Levels of edits inside edits."""

T = TypeVar("T")


def flow_in(record: Mapping[str, Any], name: str = "The flow") -> Flow:
    """The flow that a record is the file of. Raises FlowFileError."""
    return read(msgspec.json.encode(record), name=name)


def record_of(flow: Flow) -> dict[str, Any]:
    """The flow as the record that its file holds. Raises FlowFileError."""
    found: dict[str, Any] = msgspec.json.decode(write(flow))
    return found


def edits_in(given: Iterable[Any]) -> tuple[Edit, ...]:
    """The edits that records say. Raises EditRefused, naming the one that can't be."""
    return tuple(_edit(one, f"Edit {number}") for number, one in enumerate(given, 1))


def told(edit: Edit) -> dict[str, Any]:
    """An edit as a record."""
    match edit:
        case AddFlow() if not is_file(edit.name):
            return {"edit": "add_flow", "name": edit.name, "flow": record_of(edit.flow)}
        case AddFlow():
            return {"edit": "add_flow", "name": edit.name, "flow": {"heddle": 1}}
        case Inside():
            return {"edit": "inside", "name": edit.name, "inner": told(edit.inner)}
        case Many():
            return {"edit": "many", "edits": [told(one) for one in edit.edits]}
    found: dict[str, Any] = msgspec.to_builtins(edit)
    return found


def applied(flow: Flow, edits: Iterable[Edit]) -> Flow:
    """The flow after some edits. Raises EditRefused."""
    for edit in edits:
        flow = apply(flow, edit)
    return flow


_KINDS = "GET /edits describes all there are."


def schema() -> dict[str, Any]:
    """The JSON Schema of all edits; embedded flows are the records of their files."""
    found: dict[str, Any] = msgspec.json.schema(Edit)
    found["$defs"]["Flow"] = {"type": "object", "description": "As it stands in a flow's file."}
    return found


def _edit(given: Any, name: str) -> Edit:
    try:
        found: Edit = msgspec.convert(_with_flows(given, name), Edit)
    except msgspec.ValidationError as error:
        raise EditRefused(f"{name} is no edit: {error}.", cure=_KINDS) from None
    return found


def _with_flows(given: Any, name: str, depth: int = 0) -> Any:
    """The record with the flows in it read."""
    if depth > DEEPEST:
        raise EditRefused(f"{name} is nested more than {DEEPEST} deep.")
    match given:
        case {"edit": "add_flow", "flow": Mapping() as flow}:
            return {**given, "flow": flow_in(flow, name)}
        case {"edit": "inside", "inner": inner}:
            return {**given, "inner": _with_flows(inner, name, depth + 1)}
        case {"edit": "many", "edits": list(edits)}:
            return {**given, "edits": [_with_flows(one, name, depth + 1) for one in edits]}
    return given
