"""Whether a mutation may be done: which later changes it gets along with."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import UNSET

from agents.swarm.ui_sync.patches import applied, leaves
from agents.swarm.ui_sync.shapes import Declined, Missed, Mutation, Touched

_ANEW = "Take in what has changed, and decide anew."


def judged(
    version: int, value: Any, missed: Sequence[Missed] | None, mutation: Mutation
) -> tuple[Any, Touched]:
    """The value that a mutation makes of a component, and what it touched. Uses the value up.

    `missed` is what came after the mutation's base, None if that isn't known any more. The last
    writer of a place wins; but what is meant for a member of a list is not done to another one
    that has moved there. Raises Declined.
    """
    if mutation.base is not None:
        _look_at_base(mutation.base, version, missed)
    done = {one.id for one in missed or ()}
    others = [one.touched for one in missed or () if one.id not in mutation.over]
    _look_at_lists(mutation, others, is_as_seen=done.issuperset(mutation.over))
    if mutation.strict:
        _look_at_places(mutation, others)
    return applied(value, mutation)


def _look_at_base(base: int, version: int, missed: Sequence[Missed] | None) -> None:
    if base > version:
        raise Declined("ahead", f"There is no version {base} yet; this is {version}.", _ANEW)
    if missed is None:
        raise Declined("outdated", f"What came after version {base} isn't known any more.", _ANEW)


def _look_at_lists(mutation: Mutation, others: Sequence[Touched], *, is_as_seen: bool) -> None:
    """`is_as_seen` says that all that its writer saw on top of the base was done."""
    moved = {pointer for one in others for pointer in one.moved}
    written = {pointer for one in others for pointer in one.written}
    for named in _named(mutation):
        for above in _lists_above(named):
            is_moved = above in moved or any(is_within(above, other) for other in written)
            if is_moved or not is_as_seen:
                raise Declined(
                    "moved", f"The members of {above or 'the list'} have moved meanwhile.", _ANEW
                )


def _look_at_places(mutation: Mutation, others: Sequence[Touched]) -> None:
    written = [pointer for one in others for pointer in one.written]
    for named in _named(mutation):
        for other in written:
            if is_within(named, other) or is_within(other, named):
                raise Declined("conflict", f"{other or 'All'} was changed meanwhile.", _ANEW)


def _named(mutation: Mutation) -> Iterable[str]:
    """The places that a mutation changes or looks at."""
    if mutation.patch is UNSET:
        return leaves(mutation.merge)
    return [
        pointer
        for one in mutation.patch
        for pointer in (one.path, one.source)
        if pointer is not UNSET
    ]


def _lists_above(pointer: str) -> Iterator[str]:
    """What would be lists if the numbers in a pointer mean their members."""
    above = ""
    for step in pointer.split("/")[1:]:
        if step.isdecimal():
            yield above
        above = f"{above}/{step}"


def is_within(inner: str, outer: str) -> bool:
    """Whether a place is another one, or inside it."""
    return inner == outer or inner.startswith(outer + "/")
