"""Values taken from one version of a schema to another, version by version."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agents.swarm.schema_validator.formats.contract import format_of
from agents.swarm.schema_validator.shapes import Kept, Renames
from agents.swarm.schema_validator.versions import numbers_of
from graph.errors import BadInput


def migrated(value: Any, way: Sequence[Kept], read: Callable[[Kept], Any]) -> Any:
    """A value of the first of these versions as one of the last, up or down. Raises BadInput.

    `read` gives the schema of a version, ready to use.
    """
    for old, new in itertools.pairwise(way):
        up = numbers_of(new.schema.version) > numbers_of(old.schema.version)
        told = new.renames if up else _back(old.renames)
        carried = format_of(new.schema.schema_type).carried
        if new.schema.schema_type == "json_schema":
            value = carried(_given(_renamed(value, told), told), read(old), read(new))
        else:  # aliases and numbers say what was renamed
            value = _given(carried(value, read(old), read(new)), told)
    return value


def way_between(kept: Sequence[Kept], source: str, target: str) -> list[Kept]:
    """The versions from one to another, both included; downwards where the source is newer."""
    versions = [one.schema.version for one in kept]
    first, last = (_index(versions, version) for version in (source, target))
    return list(kept[first : last + 1]) if first <= last else list(kept[last : first + 1])[::-1]


def _index(versions: Sequence[str], version: str) -> int:
    try:
        return versions.index(version)
    except ValueError:
        raise BadInput(
            f"There is no version {version}.", cure=f"There are {', '.join(versions)}."
        ) from None


def _back(told: Renames) -> Renames:
    """The same renames, undone."""
    back = dict[str, str]()
    for place, name in told.renamed.items():
        above, _, old = place.rpartition("/")
        back[f"{above}/{name}"] = old
    return Renames(back)


def _renamed(value: Any, told: Renames) -> Any:
    for place, name in told.renamed.items():
        value = _called(value, steps_of(place), name)
    return value


def _given(value: Any, told: Renames) -> Any:
    for place, given in told.given.items():
        value = _filled(value, steps_of(place), given)
    return value


def _called(value: Any, steps: Sequence[str], new: str) -> Any:
    """The value with another name for the property at a place; lists are looked into."""
    if isinstance(value, list):
        return [_called(item, steps, new) for item in value]
    if not isinstance(value, Mapping) or steps[0] not in value:
        return value
    if len(steps) > 1:
        return {**value, steps[0]: _called(value[steps[0]], steps[1:], new)}
    return {new if name == steps[0] else name: inner for name, inner in value.items()}


def _filled(value: Any, steps: Sequence[str], given: Any) -> Any:
    if isinstance(value, list):
        return [_filled(item, steps, given) for item in value]
    if not isinstance(value, Mapping):
        return value
    if len(steps) == 1:
        return {steps[0]: given, **value}
    if steps[0] not in value:
        return value
    return {**value, steps[0]: _filled(value[steps[0]], steps[1:], given)}


def steps_of(place: str) -> list[str]:
    """The steps of a JSON pointer. Raises BadInput for anything else."""
    if not place.startswith("/") or place == "/":
        raise BadInput(f"{place!r} is no place of a property.", cure="Write /author/name.")
    return [step.replace("~1", "/").replace("~0", "~") for step in place[1:].split("/")]
