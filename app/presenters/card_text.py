"""The one line under a card's title: what the block does, in terms of its own fields."""

from collections.abc import Mapping
from typing import Any

from graph.compile.ports import INPUT, is_expression
from graph.flow import Block
from graph.spec import BlockSpec, Parameter

MOST = 80
HIDDEN = {"name", "default", "required"}
"""Fields of inputs and outputs that say less than their descriptions."""


def says(block: Block, spec: BlockSpec | None) -> str:
    """What the block does, on one line."""
    if spec is None:
        return f"{block.kind} isn't installed"
    description = block.fields.get("description")
    if spec.category == "flow" and isinstance(description, str) and description:
        return _first_line(description)
    if block.kind == INPUT:
        return str(block.fields.get("type", "any")).capitalize()
    shown = (p for p in spec.parameters if p.look.editor != "model")
    told = [text for p in shown if (text := _field(block.fields, p))]
    return " · ".join(told)[:MOST] if told else _first_line(spec.summary)


def _field(fields: Mapping[str, Any], parameter: Parameter) -> str:
    """A field's value when it says something, with its name where it wouldn't by itself."""
    name, value = parameter.name, fields.get(parameter.name)
    called = name.replace("_", " ")
    if value is True:
        return called
    if isinstance(value, str) and value and parameter.look.editor == "choice":
        return f"{called} {value}"
    if is_expression(value):
        value = fields[name]["$expr"]
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        value = ", ".join(value)
    if isinstance(value, str) and name not in HIDDEN:
        return _first_line(value)
    return f"{called} {value}" if isinstance(value, int | float) and value is not False else ""


def _first_line(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line), "")[:MOST]


def asked_model(block: Block, spec: BlockSpec | None) -> str | None:
    """Which model a block asks, in short; None for a block that asks none."""
    field = next((p for p in spec.parameters if p.look.editor == "model"), None) if spec else None
    if field is None:
        return None
    value = block.fields.get(field.name)
    if is_expression(value):
        return "model worked out"
    if not isinstance(value, str) or not value:
        return "default model"
    return value.rpartition("/")[2] if not value.startswith("scripted") else "scripted, no model"
