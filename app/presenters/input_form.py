"""The inputs of a flow as a form asks for them, and whether what was given will do."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from graph.compile.ports import input_type
from graph.errors import HeddleError
from graph.flow import Block, Flow
from graph.spec import REQUIRED, Parameter
from graph.values import mismatch

UNSET = msgspec.UNSET


class NoValue(HeddleError):
    """What was given won't do; `field` is the input's name."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class Asked(msgspec.Struct, frozen=True):
    """One input. `value` is what its field shows at first, UNSET for nothing."""

    name: str
    title: str
    block: str
    parameter: Parameter
    value: Any = UNSET


def asked(flow: Flow, inputs: Mapping[str, Block], remembered: Mapping[str, Any]) -> list[Asked]:
    """What to ask for, as it stands on the canvas, with the values given last time."""
    placed = flow.view.positions
    order = sorted(inputs, key=lambda name: placed.get(inputs[name].id, (0.0, 0.0))[::-1])
    return [_asked(name, inputs[name], remembered) for name in order]


def _asked(name: str, block: Block, remembered: Mapping[str, Any]) -> Asked:
    wanted = input_type(block)
    default = block.fields.get("default")
    title = block.title or name.replace("_", " ").capitalize()
    parameter = Parameter(
        title,
        wanted,
        REQUIRED if block.fields.get("required") else default,
        str(block.fields.get("description", "")),
    )
    value = remembered.get(name, UNSET)
    if value is UNSET or mismatch(wanted, value):  # the flow may have been changed since
        value = UNSET if default is None or mismatch(wanted, default) else default
    return Asked(name, title, block.id, parameter, value)


def values_of(form: Sequence[tuple[Asked, Any]]) -> dict[str, Any]:
    """The inputs of the run from the values in the fields; an unset one is left to its default.

    Raises NoValue for the first one that is missing or doesn't suit.
    """
    found: dict[str, Any] = {}
    for one, value in form:
        if value is UNSET or (value is None and not one.parameter.required):
            if one.parameter.required:
                raise NoValue(f"{one.title} has to be given.", one.name)
            continue
        if reason := mismatch(one.parameter.type, value):
            raise NoValue(f"{one.title} {reason}.", one.name)
        found[one.name] = value
    return found


def worth_remembering(form: Sequence[Asked], given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given otherwise than the defaults say, which may change until the next time."""
    defaults = {one.name: one.parameter.default for one in form}
    return {name: value for name, value in given.items() if value != defaults.get(name)}
