"""Two runs beside each other: their values, timing and ends, and where they first part."""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Any, Literal

import msgspec

from graph.compile.plan import Plan
from graph.compile.unchanged import same_task
from graph.errors import HeddleError
from runtime.events import (
    AnyEvent,
    Failure,
    OutputsChanged,
    TaskFailed,
    TaskFinished,
    TaskReused,
    TaskSkipped,
    block_of,
)
from runtime.history import effective
from runtime.projections.block_view import BlockView
from runtime.projections.run_view import RunView
from runtime.recorded import Outputs, Recorded, scope_of

Cause = Literal["inputs", "flow", "person", "itself", "upstream"]
"""Why two runs part at a task: the runs were given other inputs, the block was changed, a person
changed its values, it gave something else for the same inputs, or (where that can't be told)
something before it did."""


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What became of one task: what it gave, or why it failed; neither when it was skipped."""

    outputs: Outputs | None
    failure: Failure | None = None


class Parting(msgspec.Struct, frozen=True):
    """Where two runs first part. `task` is "" when they were given other inputs.

    `port` is the output, or the input of the run, that differs first; "" when it is how the task
    ended.
    """

    task: str
    port: str
    before: Any
    after: Any
    cause: Cause


class BlockPair(msgspec.Struct, frozen=True):
    """A block in both runs; None where it didn't come up.

    `differing` counts the tasks that gave something else or ended otherwise, `first` is the
    first of them.
    """

    block: str
    before: BlockView | None
    after: BlockView | None
    differing: int = 0
    first: str = ""

    @property
    def longer(self) -> float:
        """By how many seconds its tasks took longer than before, in sum."""
        return _took(self.after) - _took(self.before)


class Comparison(msgspec.Struct, frozen=True):
    """Two runs, block by block. `inputs` and `outputs` are those of the runs that differ."""

    before: RunView
    after: RunView
    blocks: tuple[BlockPair, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    parting: Parting | None
    outcomes: Mapping[str, tuple[Outcome | None, Outcome | None]]
    """By task, for those that differ."""

    @property
    def same(self) -> bool:
        """Whether both gave the same, whatever time it took."""
        return self.parting is None and not self.outputs


def compare(
    before: Sequence[AnyEvent],
    after: Sequence[AnyEvent],
    plans: tuple[Plan, Plan] | None = None,
) -> Comparison:
    """How a run differs from an earlier one.

    Where they part is the first task, in the order things happened, that was given the same and
    gave something else. That takes their `plans`; without them it is the first that gave
    something else.
    """
    before, after = effective(before), effective(after)
    old, new = _outcomes(before), _outcomes(after)
    differing = {
        task: (old.get(task), new.get(task))
        for task in dict.fromkeys((*new, *old))
        if not _alike(old.get(task), new.get(task))
    }
    views = (reduce(RunView.after, before, RunView()), reduce(RunView.after, after, RunView()))
    inputs = _unequal(views[0].inputs, views[1].inputs)
    return Comparison(
        *views,
        blocks=tuple(_pairs(*views, differing)),
        inputs=inputs,
        outputs=_unequal(views[0].outputs, views[1].outputs),
        parting=_parting(views, inputs, differing, _Given.of(before, after, plans)),
        outcomes=differing,
    )


Differing = Mapping[str, tuple[Outcome | None, Outcome | None]]


def _outcomes(events: Sequence[AnyEvent]) -> dict[str, Outcome]:
    """What became of each task, in the order in which they were settled."""
    found: dict[str, Outcome] = {}
    for event in events:
        match event:
            case TaskFinished() | TaskReused() | OutputsChanged():
                found[event.task] = Outcome(event.outputs)
            case TaskFailed():
                found[event.task] = Outcome(None, event.failure)
            case TaskSkipped():
                found[event.task] = Outcome(None)
            case _:
                pass
    return found


def _alike(before: Outcome | None, after: Outcome | None) -> bool:
    if before is None or after is None:
        return before is after
    if before.failure is not None and after.failure is not None:
        return before.failure.type == after.failure.type and (
            before.failure.message == after.failure.message
        )
    return before.failure is after.failure and same_value(before.outputs, after.outputs)


_encode = msgspec.msgpack.Encoder(enc_hook=repr).encode


def same_value(one: Any, other: Any) -> bool:
    """Whether two values are the same: unlike Python, yes is not 1, and no number is itself."""
    if one is other:
        return True
    try:
        return _encode(one) == _encode(other) or (one == other and _sorted(one) == _sorted(other))
    except (TypeError, ValueError, OverflowError, RecursionError):
        return bool(one == other)


def _sorted(value: Any) -> bytes:
    """The value as bytes, whatever order its records have."""
    return msgspec.json.encode(value, enc_hook=repr, order="sorted")


def _unequal(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    names = dict.fromkeys((*after, *before))
    return tuple(
        name
        for name in names
        if name not in before or name not in after or not same_value(before[name], after[name])
    )


def _pairs(before: RunView, after: RunView, differing: Differing) -> Iterator[BlockPair]:
    tasks: dict[str, list[str]] = {}
    for task in differing:
        tasks.setdefault(block_of(task), []).append(task)
    for block in dict.fromkeys((*after.blocks, *before.blocks)):
        found = tasks.get(block, ())
        yield BlockPair(
            block,
            before.blocks.get(block),
            after.blocks.get(block),
            len(found),
            found[0] if found else "",
        )


def _took(view: BlockView | None) -> float:
    return view.took if view else 0.0


# Where they part.


class _Given:
    """What the tasks of both runs were given; told only where both plans are known."""

    def __init__(self, before: Recorded, after: Recorded) -> None:
        self._before, self._after = before, after

    @classmethod
    def of(
        cls,
        before: Sequence[AnyEvent],
        after: Sequence[AnyEvent],
        plans: tuple[Plan, Plan] | None,
    ) -> "_Given | None":
        if plans is None:
            return None
        try:
            return cls(_recorded(plans[0], before), _recorded(plans[1], after))
        except KeyError:  # events of some other flow
            return None

    def same(self, task: str) -> bool:
        """Whether a task was given the same in both runs."""
        try:
            return same_value(*(self._of(run, task) for run in (self._before, self._after)))
        except (KeyError, HeddleError):
            return False

    def by_hand(self, task: str) -> bool:
        """Whether a person gave a task other values than it had, in one of the runs."""
        return any(task in run.gave or task in run.arguments for run in (self._before, self._after))

    @staticmethod
    def _of(run: Recorded, task: str) -> tuple[Outputs, Outputs]:
        """What came over the links, and what else its expressions see."""
        plan, i = run.place_of(task)
        around = run.inputs_around(scope_of(task)) if i in plan.expressions else {}
        return run.inputs_of(task), around

    def changed(self, task: str) -> bool:
        """Whether the block of a task isn't what it was, or has come or gone."""
        try:
            plan, _ = self._after.place_of(task)
            earlier, _ = self._before.place_of(task)
        except KeyError:
            return task in self
        return not same_task(plan, earlier, task.rpartition("]/")[2])

    def __contains__(self, task: str) -> bool:
        """Whether the scope of a task is in both runs."""
        scope = scope_of(task)
        return scope in self._before.plans and scope in self._after.plans


def _recorded(plan: Plan, events: Sequence[AnyEvent]) -> Recorded:
    recorded = Recorded(plan)
    for event in events:
        recorded.take(event)
    return recorded


def _parting(
    views: tuple[RunView, RunView],
    inputs: Sequence[str],
    differing: Differing,
    given: _Given | None,
) -> Parting | None:
    for task in differing:
        cause = _cause(task, None not in differing[task], given)
        if cause is not None:
            return _parted(task, *differing[task], cause)
    if inputs:
        name = inputs[0]
        before, after = (view.inputs.get(name) for view in views)
        return Parting("", name, before, after, "inputs")
    for task in differing:  # all was handed on, from where can't be told
        return _parted(task, *differing[task], "upstream")
    return None


def _cause(task: str, in_both: bool, given: _Given | None) -> Cause | None:
    """Why runs part at a task; None where it only hands on what others gave."""
    if given is None:
        return None
    if given.changed(task):
        return "flow"
    if given.by_hand(task):
        return "person"
    return "itself" if in_both and given.same(task) else None


def _parted(task: str, before: Outcome | None, after: Outcome | None, cause: Cause) -> Parting:
    old, new = (side.outputs if side else None for side in (before, after))
    ports = _unequal(old, new) if old is not None and new is not None else ()
    if not ports or old is None or new is None:
        return Parting(task, "", _told(before), _told(after), cause)
    return Parting(task, ports[0], old.get(ports[0]), new.get(ports[0]), cause)


def _told(side: Outcome | None) -> Any:
    """How a task ended, as a value to show."""
    if side is None:
        return None
    return str(side.failure) if side.failure else dict(side.outputs or {})
