"""What a run is given and granted, checked before anything happens."""

from collections.abc import Mapping
from typing import Any

import msgspec

from agents.contract import Grants
from graph.compile import Plan
from graph.errors import BadInput
from graph.values import did_you_mean, mismatch


class BadInputs(BadInput):
    """A flow, or a question of it, was given values that don't suit it."""


def differing(grants: Grants, given: Mapping[str, Any]) -> Grants:
    """The grants with some fields given anew. Raises BadInputs naming a field that is wrong."""
    if not given:
        return grants
    for name in given:
        if name not in Grants.__struct_fields__:
            cure = did_you_mean(name, Grants.__struct_fields__)
            raise BadInputs(f"Nothing called {name!r} can be granted.", cure=cure)
    try:
        return msgspec.convert(msgspec.to_builtins(grants) | dict(given), Grants)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$.")
        name = place.rstrip("`") or "grants"
        raise BadInputs(f"What is granted as {name!r} makes no sense: {reason}.") from None


def fitting(plan: Plan, given: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a run, checked against what the flow takes. Raises BadInputs naming all."""
    flaws: list[str] = []
    for name, value in given.items():
        if name not in plan.inputs:
            flaws.append(f"it has no input {name!r}. {did_you_mean(name, plan.inputs)}".rstrip())
        elif reason := mismatch(plan.inputs[name].type, value):
            flaws.append(f"its input {name!r} {reason}.")
    flaws.extend(
        f"its input {name!r} is missing."
        for name, wanted in plan.inputs.items()
        if wanted.required and name not in given
    )
    if flaws:
        raise BadInputs(
            "The flow can't start: " + " ".join(flaws), cure="Its Input blocks say what it takes."
        )
    return dict(given)
