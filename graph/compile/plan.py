"""The plan: a flow as flat columns, ready to be run."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from graph.compile.order import longest_to
from graph.flow import Budget, Settings
from graph.spec import BlockSpec, Effect
from graph.values import ValueType

Values = list[Any]
"""The values of one scope, by slot."""

Call = Callable[[Values], Any]
"""A block's function bound to the slots it reads."""

Unpack = Literal["one", "tuple", "route", "record", "none"]
"""How a result becomes outputs: it is the only one, a tuple of all, a Route, or by name."""


class Source(NamedTuple):
    """Where a parameter's value comes from: a slot, and the conversion on the way.

    `expects` is the type to look for in every value that comes; None where it can't be another.
    """

    parameter: str
    slot: int
    convert: str
    expects: ValueType | None = None


class Input(msgspec.Struct, frozen=True):
    """An input of the flow: the task that stands for it, and what it takes."""

    task: int
    type: ValueType
    required: bool
    default: Any = None
    description: str = ""


class Task(msgspec.Struct, frozen=True):
    """One task of a plan, as told to people: dependencies by id, `share` of the critical path.

    `share` is the part (0 to 1) of the longest path's weight that this task is, 0 off the path.
    """

    id: str
    kind: str
    agent: str
    effect: Effect
    depends: tuple[str, ...]
    share: float
    code: str


class Plan(msgspec.Struct, frozen=True, eq=False):
    """A compiled flow. Column i of each list is task i; tasks stand in a possible order.

    hash         content hash of the flow
    description  what the flow says it is for
    ids          address inside the scope, `orders/parse`
    calls        the function bound to its slots; None for what isn't run on the spot
    dependents   tasks that a link leads to, one entry a link
    waits        how many links lead in
    first_slot   where the outputs begin; they follow each other in order of `outputs`
    sources      the links in, for tasks that are not run on the spot
    fields       what the fields are set to, without expressions and the like
    expressions  fields worked out at run time: name to Python
    secrets      fields filled in at the last moment: name to the secret's name
    bodies       the flows a task runs: name in the field to plan
    presets      tasks that are inputs: settled when the scope opens
    """

    hash: str
    description: str
    ids: tuple[str, ...]
    specs: tuple[BlockSpec, ...]
    settings: tuple[Settings, ...]
    calls: tuple[Call | None, ...]
    dependents: tuple[tuple[int, ...], ...]
    waits: Sequence[int]
    first_slot: Sequence[int]
    slots: int
    outputs: tuple[tuple[str, ...], ...]
    unpack: tuple[Unpack, ...]
    sources: tuple[tuple[Source, ...], ...]
    fields: tuple[Mapping[str, Any], ...]
    expressions: Mapping[int, Mapping[str, str]]
    secrets: Mapping[int, Mapping[str, str]]
    bodies: Mapping[int, Mapping[str, "Plan"]]
    inputs: Mapping[str, Input]
    results: Mapping[str, int]
    """Outputs of the flow: name to slot."""
    budget: Budget
    modes: bytes
    """0: run on the spot with one output; 1: everything else. See `runtime.engine`."""
    _index: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def index(self) -> Mapping[str, int]:
        """The number of a task by its id; worked out when first asked for."""
        if len(self._index) != len(self.ids):
            self._index.update(zip(self.ids, range(len(self.ids)), strict=True))
        return self._index

    def depends(self, task: int) -> tuple[int, ...]:
        """The tasks a task waits for."""
        return tuple(dict.fromkeys(self.owner(source.slot) for source in self.sources[task]))

    def owner(self, slot: int) -> int:
        """The task whose output a slot holds."""
        return bisect_right(self.first_slot, slot) - 1

    @property
    def races(self) -> bool:
        """Whether any task goes on with the first value that comes."""
        return any(spec.join == "first" for spec in self.specs)

    def critical(self) -> Mapping[int, float]:
        """The tasks of the heaviest path, each with its share of the path's weight."""
        weights = [spec.weight for spec in self.specs]
        before = [self.depends(i) for i in range(len(self))]
        total = longest_to(range(len(self)), before, weights)
        if not total:
            return {}
        i = max(range(len(total)), key=total.__getitem__)
        whole, path = total[i] or 1.0, {}
        while True:
            path[i] = weights[i] / whole
            if not before[i]:
                return path
            i = max(before[i], key=total.__getitem__)

    def downstream(self, start: Sequence[int]) -> set[int]:
        """The given tasks and all that follow from them."""
        found, todo = set(start), list(start)
        while todo:
            for target in self.dependents[todo.pop()]:
                if target not in found:
                    found.add(target)
                    todo.append(target)
        return found
