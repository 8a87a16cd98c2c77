"""Fixes of what fields are set to."""

from collections.abc import Iterator
from typing import Any

from graph.compile.fixes.spot import Fix, Spot, close_to
from graph.compile.ports import INPUT, input_type, interface
from graph.edits import AddFlow, ClearField, Inside, SetField
from graph.edits.edit import together
from graph.errors import BadInput
from graph.file_format import is_file
from graph.file_format.plain import flaw
from graph.flow import NAME, Flow
from graph.spec import Parameter
from graph.values import COERCIONS, ValueType, kind_of, mismatch, shorten

MARKERS = ("$expr", "$secret", "$connection")

_BLANKS: dict[str, Any] = {
    "any": None,
    "null": None,
    "boolean": False,
    "integer": 0,
    "number": 0,
    "text": "",
    "list": [],
    "record": {},
}
"""By kind of type, a value that says nothing."""

_NO_BLANK = {"expression", "code", "secret", "connection", "schedule", "schema"}
"""Editors of fields that need something of their own."""


def of_unknown_field(spot: Spot) -> Iterator[Fix]:
    block, spec, field = spot.block, spot.spec, spot.problem.field
    if block is None or spec is None or field not in block.fields:
        return
    free = [p.name for p in spec.parameters if p.name not in block.fields]
    for close in close_to(field, free):
        moved = [ClearField(block.id, field), SetField(block.id, close, block.fields[field])]
        yield Fix(f"Call it “{close}”", together(moved))
    yield Fix(f"Remove “{field}”", ClearField(block.id, field))


def of_missing(spot: Spot) -> Iterator[Fix]:
    if spot.problem.port:
        yield from _of_unmet_input(spot)
    elif spot.block and spot.parameter:
        for value in _blanks(spot, spot.parameter):
            yield _set(spot, spot.problem.field, value)


def _set(spot: Spot, name: str, value: Any) -> Fix:
    return Fix(f"Set “{name}” to {_said(value)}", SetField(spot.problem.block, name, value))


def _said(value: Any) -> str:
    return {"''": "an empty text", "[]": "an empty list", "{}": "an empty record"}.get(
        repr(value), "nothing" if value is None else shorten(value, 30)
    )


def _blanks(spot: Spot, parameter: Parameter) -> Iterator[Any]:
    if parameter.look.editor == "flow":
        yield from list(dict.fromkeys(spot.level.names()))[:3]
    elif parameter.look.editor == "flows":
        yield []
    elif parameter.type.choices:
        yield from parameter.type.choices[:3]
    elif parameter.look.editor not in _NO_BLANK:
        yield from _blank(parameter.type)


def _blank(type: ValueType) -> Iterator[Any]:
    for member in type.members or (type,):
        if member.kind in _BLANKS and not mismatch(type, _BLANKS[member.kind]):
            yield _BLANKS[member.kind]
            return


def _of_unmet_input(spot: Spot) -> Iterator[Fix]:
    """The flow that a block runs asks for an input that nothing brings."""
    block, spec, name = spot.block, spot.spec, spot.problem.port
    if block is None or spec is None:
        return
    for flow in spec.flows_named(block.fields):
        inner = spot.level.find(flow)
        given = interface(inner.flow)[0].get(name) if inner else None
        if given and flow in spot.level.flow.flows and not is_file(flow):
            title = f"Don't require “{name}” in the flow “{flow}”"
            yield Fix(title, Inside(flow, SetField(given.id, "required", False)))
    if spec.open_inputs:
        yield _set(spot, name, None)


def of_wrong_type(spot: Spot) -> Iterator[Fix]:
    block, parameter, field = spot.block, spot.parameter, spot.problem.field
    if block is None or parameter is None or field not in block.fields:
        return
    of_input = block.kind == INPUT and field == "default"
    wanted = input_type(block) if of_input else parameter.type
    for better in _converted(block.fields[field], wanted):
        yield _set(spot, field, better)
    yield from of_unusable(spot)


def _converted(value: Any, wanted: ValueType) -> Iterator[Any]:
    """The value as one of the type, in each way that works; a slip of a choice put right."""
    if wanted.choices:
        by_name = {str(choice): choice for choice in wanted.choices}
        yield from (by_name[close] for close in close_to(str(value), by_name))
        return
    seen = list[Any]()
    for member in wanted.members or (wanted,):
        for name in _CONVERSIONS.get((kind_of(value), member.kind), ()):
            try:
                better = COERCIONS[name](value)
            except BadInput:
                continue
            if not mismatch(wanted, better) and not flaw(better) and better not in seen:
                seen.append(better)
                yield better
    if not seen and not mismatch(wanted, [value]):
        yield [value]


_CONVERSIONS = {
    ("text", "number"): ("number",),
    ("text", "integer"): ("integer",),
    ("text", "list"): ("parsed",),
    ("text", "record"): ("parsed",),
    ("integer", "text"): ("text",),
    ("number", "text"): ("text",),
    ("number", "integer"): ("integer",),
    ("boolean", "text"): ("text",),
    ("boolean", "integer"): ("integer",),
    ("record", "text"): ("json",),
    ("list", "text"): ("json",),
}
"""By the kinds of a value and of what is wanted, the coercions that keep what was meant."""


def of_bad_marker(spot: Spot) -> Iterator[Fix]:
    block, field = spot.block, spot.problem.field
    value = block.fields.get(field) if block else None
    if block and isinstance(value, dict):
        for marker in MARKERS:
            content = value.get(marker)
            if isinstance(content, str) and content and len(value) > 1:
                edit = SetField(block.id, field, {marker: content})
                yield Fix(f"Keep {_MARKED[marker]} alone", edit)
    yield from of_unusable(spot)


_MARKED = {"$expr": "the expression", "$secret": "the secret", "$connection": "the connection"}


def of_unusable(spot: Spot) -> Iterator[Fix]:
    """Whatever it is set to, it can be set back where there is a default."""
    block, parameter, field = spot.block, spot.parameter, spot.problem.field
    if block is None or field not in block.fields:
        return
    if parameter is None or not parameter.required:
        yield Fix(f"Set “{field}” back to its default", ClearField(block.id, field))


def of_unknown_flow(spot: Spot) -> Iterator[Fix]:
    block, field = spot.block, spot.problem.field
    if block is None or spot.spec is None or spot.parameter is None:
        return
    one = spot.parameter.look.editor == "flow"
    for parameter, name in spot.spec.naming(block.fields):
        if parameter is not spot.parameter or spot.level.find(name) is not None:
            continue
        for close in close_to(name, dict.fromkeys(spot.level.names())):
            better = spot.spec.naming_others(block.fields, {name: close})[field]
            yield Fix(f"Use the flow “{close}”", SetField(block.id, field, better))
        if NAME.match(name):
            yield Fix(f"Make an empty flow “{name}”", AddFlow(name, Flow(name)))
        if not one:
            others = [other for other in block.fields[field] if other != name]
            yield Fix(f"Leave “{name}” out", SetField(block.id, field, others))
    if one and not spot.parameter.required:
        yield Fix(f"Set “{field}” back to its default", ClearField(block.id, field))
