"""What an expression is tried on: the last values of what is linked, or what the fields say."""

from collections.abc import Iterable, Mapping
from typing import Any

from graph.expressions import Form, free_names
from graph.flow import Block
from graph.spec import BlockSpec, Look
from runtime.large import Large

MOST = 20_000
"""Values, and letters in a text, beyond which nothing is tried on a keystroke."""

SEQUENCES = ("items", "records", "rows")


def names_for(
    block: Block, spec: BlockSpec, look: Look, given: Mapping[str, Any]
) -> dict[str, Any]:
    """The names an expression of the block has, with values: `item` is the first of its items."""
    known = {**plain_fields(block), **given}
    if not look.names:
        return {**given, "inputs": dict(given)}
    names = dict(given) if spec.open_inputs else {}
    items = next((known[name] for name in SEQUENCES if name in known), None)
    for name in look.names:
        if name == "item" and isinstance(items, list | tuple) and items:
            names[name] = items[0]
        elif name == "index":
            names[name] = 0
        elif name == "total":
            names[name] = known.get("initial")
        elif name in known:
            names[name] = known[name]
    return names


def unknown_yet(
    code: str, names: Mapping[str, Any], expected: Iterable[str], form: Form = "expression"
) -> list[str]:
    """What the code needs and a run has not given yet."""
    return sorted((free_names(code, form) & set(expected)) - names.keys())


def is_small(value: Any, most: int = MOST) -> bool:
    """Whether a value is small enough to be handed over on a keystroke."""
    waiting, seen = [value], 0
    while waiting:
        one = waiting.pop()
        if isinstance(one, Large):
            return False
        seen += 1 + (len(one) if isinstance(one, str | bytes) else 0)
        if isinstance(one, Mapping):
            waiting.extend(one.values())
        elif isinstance(one, list | tuple):
            waiting.extend(one)
        if seen + len(waiting) > most:
            return False
    return True


def plain_fields(block: Block) -> dict[str, Any]:
    """The fields whose values are known without working anything out."""
    return {
        name: value
        for name, value in block.fields.items()
        if not (isinstance(value, dict) and any(str(key).startswith("$") for key in value))
    }
