"""What components are, how they are changed, and what became of a change."""

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from graph.errors import BadInput


class Operation(msgspec.Struct, frozen=True, omit_defaults=True, rename={"source": "from"}):
    """One operation of a JSON Patch (RFC 6902)."""

    op: Literal["add", "remove", "replace", "move", "copy", "test"]
    path: str
    source: str | UnsetType = UNSET
    value: Any = UNSET


class Patch(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What changes a state: a JSON Patch, or a merge patch (RFC 7396); one of the two."""

    patch: tuple[Operation, ...] | UnsetType = UNSET
    merge: Any = UNSET


class Mutation(Patch, frozen=True, omit_defaults=True, kw_only=True):
    """A wish to change a component. Sent again with its `id`, it is done once.

    `base` is the version that its writer saw, None for whatever it is by now; `over` are the ids
    of mutations of their own that they saw on top of it, since they can't have been told yet what
    came of them. With `strict` it is declined where somebody else changed since what it changes
    or looks at.
    """

    id: str
    base: int | None = None
    over: tuple[str, ...] = ()
    strict: bool = False


def mutation_of(patch: Patch, name: str, base: int | None) -> Mutation:
    """A patch as a mutation of that id; one with a base is strict."""
    return Mutation(
        id=name, base=base, strict=base is not None, patch=patch.patch, merge=patch.merge
    )


def whole(value: Any) -> Patch:
    """What makes a component that value."""
    return Patch(patch=(Operation("replace", "", value=value),))


class Touched(msgspec.Struct, frozen=True):
    """The places that a change wrote, as JSON pointers, and the lists whose members it moved."""

    written: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()


class Missed(msgspec.Struct, frozen=True):
    """What a mutation touched that came after the version which somebody saw."""

    id: str
    touched: Touched


class Change(Patch, frozen=True, omit_defaults=True, kw_only=True):
    """How a component became a `version`: by the mutation of that id."""

    version: int
    id: str


class Stored(msgspec.Struct, frozen=True):
    """A component as it is kept. `value` is JSON, `at` seconds since 1970; version 0: nothing."""

    version: int = 0
    value: str = "null"
    at: float = 0.0


class Component(msgspec.Struct, frozen=True):
    """A component as it is told; version 0 is one that nobody has set yet."""

    component: str
    version: int
    value: Any
    at: float = 0.0


class Applied(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of a mutation: it made that version, and is kept; before now if `is_repeated`."""

    component: str
    id: str
    version: int
    is_repeated: bool = False


class Listed(msgspec.Struct, frozen=True):
    """A component in a list: how many `subscribers` look at it here, `size` in characters."""

    component: str
    version: int
    subscribers: int
    size: int
    at: float


class Listing(msgspec.Struct, frozen=True):
    """Components by name, and how many there are in all."""

    components: list[Listed]
    total: int


Code = Literal["ahead", "outdated", "moved", "conflict", "misfit", "reused", "too_large"]


class Declined(BadInput):
    """A mutation that can't be done: its writer takes it back."""

    def __init__(self, code: Code, message: str, cure: str = "") -> None:
        super().__init__(message, cure=cure)
        self.code = code
