"""A compiled flow as something that can be called: what it is for, and what it takes."""

import re
from typing import Any

import msgspec

from graph.compile.plan import Input, Plan
from graph.compile.ports import interface
from graph.context import Signature
from graph.flow import Flow
from graph.values import schema_of

PAID = "ai"
"""Blocks of this category are recorded as effects since they cost money; they change nothing."""


def signature_of(name: str, plan: Plan) -> Signature:
    """What the flow of a name takes; a file is called as it is without its folder and endings."""
    takes = {name: _schema(given) for name, given in plan.inputs.items()}
    required = [name for name, given in plan.inputs.items() if given.required]
    return Signature(
        name=re.sub(r"\W", "_", name.rpartition("/")[2].partition(".")[0], flags=re.ASCII),
        description=plan.description,
        takes={
            "type": "object",
            "properties": takes,
            "required": required,
            "additionalProperties": False,
        },
        writes=writes(plan),
    )


def gives_of(flow: Flow) -> dict[str, Any]:
    """The schema of the results. Nothing is promised of their types, as no block must keep it."""
    results = interface(flow)[1]
    return {
        "type": "object",
        "properties": {
            name: {"description": str(block.fields.get("description", ""))}
            if block.fields.get("description")
            else {}
            for name, block in results.items()
        },
    }


def writes(plan: Plan) -> bool:
    """Whether something in a flow, or in one that it runs, changes the world."""
    return any(spec.effect == "write" and spec.category != PAID for spec in plan.specs) or any(
        writes(inner) for bodies in plan.bodies.values() for inner in bodies.values()
    )


def _schema(given: Input) -> dict[str, Any]:
    schema = dict(schema_of(given.type))
    if given.description:
        schema["description"] = given.description
    if not given.required and given.default is not None:
        schema["default"] = msgspec.to_builtins(given.default)
    return schema
