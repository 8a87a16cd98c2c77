"""The inputs of a flow as a form asks for them: texts in fields, and the values they mean."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from graph.compile.ports import input_type
from graph.errors import HeddleError
from graph.flow import Block
from graph.values import ValueType, mismatch


class NoValue(HeddleError):
    """What was typed is no value of the type that is wanted; `field` is the input's name."""

    field = ""


class Asked(msgspec.Struct, frozen=True):
    """One input. `text` is what its field shows at first."""

    name: str
    title: str
    type: ValueType
    description: str
    is_required: bool
    text: str
    shown_when_empty: str
    """What holds when the field is left empty, in faint letters."""


def asked(inputs: Mapping[str, Block], remembered: Mapping[str, Any]) -> list[Asked]:
    """What to ask for, with the values given last time in the fields, or else the defaults."""
    return [_asked(name, block, remembered) for name, block in inputs.items()]


def _asked(name: str, block: Block, remembered: Mapping[str, Any]) -> Asked:
    wanted, default = input_type(block), block.fields.get("default")
    value = remembered.get(name, default)
    if value is not None and mismatch(wanted, value):
        value = default  # the flow was changed since
    required = bool(block.fields.get("required"))
    empty = "Has to be given" if required else "Nothing" if default is None else as_text(default)
    return Asked(
        name,
        block.title or name,
        wanted,
        str(block.fields.get("description", "")),
        required,
        "" if value is None else as_text(value),
        empty,
    )


def as_text(value: Any) -> str:
    """A value as it is typed: text as it is, the rest as JSON."""
    if isinstance(value, str):
        return value
    encoded = msgspec.json.encode(value, enc_hook=str)
    return msgspec.json.format(encoded, indent=2 if isinstance(value, list | dict) else 0).decode()


def values_of(form: Iterable[tuple[Asked, str]]) -> dict[str, Any]:
    """The values that the texts in the fields mean; one that is left empty gives none.

    Raises NoValue with the name of the first field that is wrong as its `field`.
    """
    found: dict[str, Any] = {}
    for one, text in form:
        if text == "" and (one.type.kind != "text" or one.text == ""):
            if one.is_required:
                raise _no_value(one, "has to be given")
            continue
        found[one.name] = meant(one, text)
    return found


def meant(one: Asked, text: str) -> Any:
    """The value that a text means. Raises NoValue."""
    if one.type.kind == "text":
        return text
    try:
        value = msgspec.json.decode(text.strip())
    except msgspec.DecodeError as error:
        if one.type.kind in ("any", "union") and not mismatch(one.type, text):
            return text
        if one.type.kind in ("number", "integer", "boolean"):
            raise _no_value(one, f"must be {one.type}") from None
        raise _no_value(one, f"must be {one.type}, written as JSON ({error})") from None
    if one.type.kind == "integer" and isinstance(value, float) and value.is_integer():
        value = int(value)
    if reason := mismatch(one.type, value):
        raise _no_value(one, reason)
    return value


def _no_value(one: Asked, reason: str) -> NoValue:
    error = NoValue(f"{one.title} {reason}.")
    error.field = one.name
    return error
