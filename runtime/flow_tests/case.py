"""A flow's tests as values: cases, matchers, recorded effects, properties."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET

FORMAT = 1
"""The version of tests files this Heddle writes. It reads all older ones, see `tests_file`."""

Unrecorded = Literal["refuse", "do"]
"""What becomes of a question that no recorded effect answers."""


class Matcher(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a value has to be. Exactly one of the ways is chosen.

    equals      this value; `ignoring` leaves paths out, like `rows[0].at` or `*.id`
    about       this value, numbers in it up to `within`
    matches     a text in which this pattern is found
    contains    a text with this in it, a list with this item, a record with these fields
    one_of      one of these values
    unordered   a list of these items, in any order
    type        a value of this type: text, number, integer, boolean, list, record, table, any
    schema      a value that this JSON Schema takes
    satisfies   a value for which this expression, which sees it as `value`, is true
    """

    equals: Any = UNSET
    about: Any = UNSET
    matches: str | msgspec.UnsetType = UNSET
    contains: Any = UNSET
    one_of: tuple[Any, ...] | msgspec.UnsetType = UNSET
    unordered: tuple[Any, ...] | msgspec.UnsetType = UNSET
    type: (
        Literal["any", "text", "number", "integer", "boolean", "list", "record", "table"]
        | msgspec.UnsetType
    ) = UNSET
    schema: dict[str, Any] | bool | msgspec.UnsetType = UNSET
    satisfies: str | msgspec.UnsetType = UNSET
    within: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    ignoring: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        chosen = [way for way in WAYS if getattr(self, way) is not UNSET]
        if len(chosen) != 1:
            said = f"{' and '.join(chosen)} are said" if chosen else "none of them is said"
            raise ValueError(f"a matcher says one of {', '.join(WAYS)}, and here {said}")

    @property
    def way(self) -> str:
        """Which way is chosen."""
        return next(way for way in WAYS if getattr(self, way) is not UNSET)

    @property
    def wanted(self) -> Any:
        """What the chosen way asks for."""
        return getattr(self, self.way)


WAYS = (
    "equals", "about", "matches", "contains", "one_of", "unordered", "type", "schema", "satisfies",
)  # fmt: skip


class Failing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a run is to fail: each that is said has to hold.

    `message` is a text or a part of one; `at` the block whose failure ends the run.
    """

    type: str = ""
    message: str = ""
    at: str = ""


class Refused(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A recorded effect that failed."""

    type: str
    message: str
    cure: str = ""
    retryable: bool = False


class Effect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One answer of the outside: who asked, what for, and what came of it.

    `task` is the address inside the run, `each[3]/fetch`; it answers the same question in other
    rounds too. Without `asked` it answers whatever the block asks. `ignoring` are paths in what
    is asked that may differ. Either `gives` or `fails` is said.
    """

    task: str
    kind: str = ""
    attempt: int = 1
    asked: dict[str, Any] | msgspec.UnsetType = UNSET
    ignoring: tuple[str, ...] = ()
    gives: dict[str, Any] | msgspec.UnsetType = UNSET
    fails: Refused | None = None

    def __post_init__(self) -> None:
        if (self.gives is UNSET) is (self.fails is None):
            raise ValueError("an effect says either what it gives or how it fails")


Expected = Mapping[str, Matcher]
"""Matchers by the name of an output."""


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One run to be had again: what goes in, and what has to come of it.

    expect      outputs of the flow, and what they have to be; none: that it succeeds
    fails       it has to fail like this instead
    blocks      outputs of single tasks, by address, and what they have to be
    holds       expressions over `inputs` and `outputs` that have to be true
    effects     what the outside answers
    unrecorded  a question nobody recorded is refused, or really put (`do`)
    skip        why it isn't run at present
    """

    inputs: dict[str, Any] = {}
    about: str = ""
    skip: str = ""
    expect: dict[str, Matcher] = {}
    fails: Failing | None = None
    blocks: dict[str, dict[str, Matcher]] = {}
    holds: tuple[str, ...] = ()
    unrecorded: Unrecorded = "refuse"
    effects: tuple[Effect, ...] = ()


class Properties(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What holds whatever goes in: looked for with inputs made up (`heddle test --property N`).

    inputs    JSON Schemas that narrow what is made up, by input
    holds     expressions over `inputs` and `outputs` that are true after every run
    may_fail  types of failures that are no surprise
    effects   what the outside answers; those of the cases answer too
    """

    inputs: dict[str, dict[str, Any]] = {}
    holds: tuple[str, ...] = ()
    may_fail: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()


class Suite(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All tests of one flow: cases by name, in their order, and what holds for any inputs."""

    cases: dict[str, Case] = {}
    properties: Properties | None = None

    def with_case(self, name: str, case: Case) -> "Suite":
        """The suite with that case: in the place of the one of that name, or at the end."""
        return msgspec.structs.replace(self, cases={**self.cases, name: case})

    def without(self, names: Sequence[str]) -> "Suite":
        """The suite without these cases."""
        left = {name: case for name, case in self.cases.items() if name not in names}
        return msgspec.structs.replace(self, cases=left)

    def with_again(self, cases: Mapping[str, Case], order: Sequence[str]) -> "Suite":
        """The suite with these cases, those that are named in the order of the names first."""
        all = {**self.cases, **cases}
        names = dict.fromkeys([*(name for name in order if name in all), *all])
        return msgspec.structs.replace(self, cases={name: all[name] for name in names})

    def renamed(self, old: str, new: str) -> "Suite":
        """The suite with a case called otherwise, in its place."""
        cases = {new if name == old else name: case for name, case in self.cases.items()}
        return msgspec.structs.replace(self, cases=cases)

    def free_name(self, wanted: str) -> str:
        """That name, or the first like it that no case has."""
        name, number = wanted, 2
        while name in self.cases:
            name, number = f"{wanted} {number}", number + 1
        return name
