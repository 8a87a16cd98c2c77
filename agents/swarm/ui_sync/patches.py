"""Patches applied to values, and which places of these they touch."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from jsonpatch import JsonPatch, JsonPatchException, JsonPointer, JsonPointerException
from msgspec import UNSET

from agents.swarm.ui_sync.shapes import Declined, Operation, Patch, Touched
from graph.errors import BadInput

LARGEST = 1_000_000
"""Bytes of a state."""
MOST_OPERATIONS = 1_000
LONGEST_POINTER = 4_000
"""Characters of a JSON pointer; a step of more digits than Python reads could stand in longer."""

Place = tuple[str, ...]
"""The steps of a JSON pointer."""


def look_at(patch: Patch) -> None:
    """Raises BadInput for what says nothing, or too much."""
    if (patch.patch is UNSET) == (patch.merge is UNSET):
        raise BadInput("A mutation has either a `patch` or a `merge`.", cure="Give one of the two.")
    if patch.patch is UNSET:
        return
    if len(patch.patch) > MOST_OPERATIONS:
        raise BadInput(f"A patch has at most {MOST_OPERATIONS:,} operations.")
    for one in patch.patch:
        for pointer in (one.path, one.source):
            if pointer is not UNSET:
                steps_of(pointer)


def steps_of(pointer: str) -> Place:
    """The steps of a JSON pointer. Raises BadInput."""
    if len(pointer) > LONGEST_POINTER:
        raise BadInput(f"A JSON pointer has at most {LONGEST_POINTER:,} characters.")
    try:
        return tuple(JsonPointer(pointer).parts)
    except JsonPointerException:
        raise BadInput(
            f"{pointer!r} is no JSON pointer.", cure='Write "/cart/items/0", or "" for all.'
        ) from None


def applied(value: Any, patch: Patch) -> tuple[Any, Touched]:
    """The value as the patch makes it, and what that touched. The given one is used up.

    Raises Declined where the patch doesn't fit the value.
    """
    try:
        if patch.patch is UNSET:
            return merged(value, patch.merge), Touched(tuple(sorted(leaves(patch.merge))))
        return _patched(value, patch.patch)
    except RecursionError:
        raise Declined("misfit", "The state, or the patch, is nested too deeply.") from None


def merged(value: Any, merge: Any) -> Any:
    """A value with a merge patch applied: null takes away, records are gone into."""
    if not isinstance(merge, Mapping):
        return merge
    made = dict(value) if isinstance(value, Mapping) else {}
    for name, inner in merge.items():
        if inner is None:
            made.pop(name, None)
        else:
            made[name] = merged(made.get(name), inner)
    return made


def encoded(value: Any) -> str:
    """A state as JSON. Raises Declined for one that is too large, or nested too deeply."""
    try:
        made = msgspec.json.encode(value)
    except RecursionError:
        raise Declined("misfit", "The state is nested too deeply.") from None
    if len(made) > LARGEST:
        raise Declined(
            "too_large",
            f"The state would have {len(made):,} bytes; it may have {LARGEST:,}.",
            cure="Keep large things elsewhere, and split what is left into several components.",
        )
    return made.decode()


def _patched(value: Any, operations: tuple[Operation, ...]) -> tuple[Any, Touched]:
    written, moved = set[str](), set[str]()
    for number, one in enumerate(operations):
        for pointer, moves in _changed(one):
            place = steps_of(pointer)
            if place and isinstance(above := _found(value, place[:-1]), list):
                moved |= {pointer_of(place[:-1])} if moves and place[-1] != "-" else set()
                place = (*place[:-1], str(len(above))) if place[-1] == "-" else place
            written.add(pointer_of(place))
        value = _done(value, one, number)
        if one.op == "copy":  # each may double what there is
            encoded(value)
    return value, Touched(tuple(sorted(written)), tuple(sorted(moved)))


def _done(value: Any, one: Operation, number: int) -> Any:
    try:
        return JsonPatch([msgspec.to_builtins(one)]).apply(value, in_place=True)
    except (JsonPatchException, JsonPointerException, TypeError) as error:
        said = str(error).partition("\n")[0].rstrip(".")
        raise Declined(
            "misfit",
            f"Operation {number + 1}, {one.op} {one.path or 'all'}, doesn't fit: {said}.",
            cure="Look at the state as it is now, and make the patch anew.",
        ) from None


def _changed(one: Operation) -> Iterator[tuple[str, bool]]:
    """The places that an operation writes, and whether members after them move."""
    if one.op != "test":
        yield one.path, one.op != "replace"
    if one.op == "move" and one.source is not UNSET:
        yield one.source, True


def _found(value: Any, place: Place) -> Any:
    for step in place:
        match value:
            case Mapping() if step in value:
                value = value[step]
            case list() if step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
            case _:
                return None
    return value


def leaves(merge: Any, above: Place = ()) -> Iterator[str]:
    """The places that a merge patch writes, as JSON pointers."""
    if not isinstance(merge, Mapping) or not merge:
        yield pointer_of(above)
        return
    for name, inner in merge.items():
        yield from leaves(inner, (*above, name))


def pointer_of(place: Place) -> str:
    """The JSON pointer that leads by these steps."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in place)
