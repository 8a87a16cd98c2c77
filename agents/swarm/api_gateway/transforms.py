"""What is made of records on their way in and out: picked, renamed, given defaults, worked out."""

import ast
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from agents.swarm.api_gateway.shapes import Transform
from graph.errors import BadInput
from graph.values import did_you_mean

Evaluate = Callable[[str, Mapping[str, Any]], Awaitable[Any]]
"""The value of an expression, worked out in the sandbox."""


def reshaped(record: Mapping[str, Any], how: Transform) -> dict[str, Any]:
    """The record with what needs no sandbox done: picked, renamed, given defaults."""
    kept = {name: record[name] for name in how.pick if name in record} if how.pick else record
    renamed = {how.rename.get(name, name): value for name, value in kept.items()}
    return {**how.defaults, **renamed}


async def transformed(
    record: Mapping[str, Any], how: Transform, evaluate: Evaluate
) -> dict[str, Any]:
    """The record as the transform says. What is made sees what was made before it."""
    made = reshaped(record, how)
    for name, expression in how.make.items():
        made[name] = await evaluate(expression, dict(made))
    return made


def answered(record: Mapping[str, Any], how: Transform) -> Any:
    """What callers are given: the record, or its one value."""
    return record.get(how.alone) if how.alone else record


def names_in(expression: str, where: str) -> frozenset[str]:
    """The names that an expression mentions. Raises BadInput for what is none."""
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = getattr(error, "msg", None) or "it can't be read"
        raise BadInput(f"{where}: {expression!r} is no expression: {reason}.") from None
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def shape_after(properties: Mapping[str, Any], how: Transform, where: str) -> dict[str, Any]:
    """The schemas of a record's properties once it is transformed. Raises BadInput."""
    for name in (*how.pick, *how.rename):
        if properties and name not in properties:
            raise BadInput(
                f"{where}: there is no {name!r} to be picked or renamed.",
                cure=did_you_mean(name, properties) or f"There are {', '.join(properties)}.",
            )
    kept = {name: properties[name] for name in how.pick or properties if name in properties}
    made = {how.rename.get(name, name): schema for name, schema in kept.items()}
    made |= {name: made.get(name, {}) for name in how.defaults}
    for name, expression in how.make.items():
        names_in(expression, f"{where}.make.{name}")
        made[name] = {}
    if how.alone and made and how.alone not in made:
        raise BadInput(
            f"{where}.alone: {how.alone!r} isn't in the record.",
            cure=did_you_mean(how.alone, made) or f"It has {', '.join(made)}.",
        )
    return made
