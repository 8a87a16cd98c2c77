"""What a run is given and granted, checked before anything happens."""

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
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


def common(own: Grants, *within: Mapping[str, Any]) -> dict[str, Any]:
    """What all grants allow, as the fields in which it differs from `own`. Raises BadInputs.

    Relative paths start where they do by the last, so that nothing is looked for elsewhere.
    """
    given = dict[str, Any]()
    for one in within:
        given |= _both(differing(own, given), differing(own, one))
    return given


def _both(own: Grants, other: Grants) -> dict[str, Any]:
    both: dict[str, Any] = {
        "folder": other.folder,
        "reads": _both_inside((*own.reads, *own.writes), (*other.reads, *other.writes)),
        "writes": _both_inside(own.writes, other.writes),
        "hosts": _both_named(own.hosts, other.hosts),
        "databases": _both_named(own.databases, other.databases),
        "confines_connections": own.confines_connections or other.confines_connections,
    }
    return {name: value for name, value in both.items() if value != _plain(getattr(own, name))}


def _plain(granted: Any) -> Any:
    return list(granted) if isinstance(granted, tuple) else granted


def _both_inside(own: Sequence[str], other: Sequence[str]) -> list[str]:
    """The folders that are inside of both."""
    inside = [path for path in other if is_inside(path, own)]
    return list(dict.fromkeys([*inside, *(path for path in own if is_inside(path, other))]))


def _both_named(own: Sequence[str], other: Sequence[str]) -> list[str]:
    """The names among both, of which "*" stands for any."""
    named = [one for one in other if one in own or "*" in own]
    return list(dict.fromkeys([*named, *(one for one in own if "*" in other)]))


def is_inside(path: str, folders: Collection[str]) -> bool:
    """Whether a path leads into one of the folders, links followed: a grant follows them too."""
    wanted = Path(path)
    if not wanted.is_absolute():
        return False
    try:
        real = os.path.realpath(wanted)
    except ValueError:  # it has characters that no path has
        return False
    return any(Path(real).is_relative_to(os.path.realpath(folder)) for folder in folders)


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
