"""What a replay takes from the run it repeats, and where it first differs."""

from collections.abc import Collection, Sequence
from typing import Any

from graph.compile.bind import gather
from graph.compile.plan import Plan
from graph.compile.unchanged import changed_tasks, only_inside
from runtime.engine.state import Scope
from runtime.events import AnyEvent
from runtime.recorded import Outputs, Recorded


class Recording:
    """The outputs of an earlier run by task, and which tasks are done again.

    `plan` is what the replay runs, `recorded` what the earlier run ran. `begin_at` is the place
    of a block, `orders/parse`, or `each/classify` for one in a loop's body. It, the blocks that
    aren't what they were, and all that follows from these are done again; without any of them,
    everything. What is done again still takes a recorded effect whose block and inputs are
    unchanged: the outside is not asked, or paid, twice. Raises KeyError when there is no block
    at `begin_at`.

    A run that went back is a recording of itself, `rewound`: changes made in what it left behind
    aren't made again. `earlier` is asked for what isn't in it.
    """

    def __init__(
        self,
        plan: Plan,
        recorded: Plan,
        events: Sequence[AnyEvent],
        begin_at: str,
        *,
        earlier: "Recording | None" = None,
        rewound: bool = False,
    ) -> None:
        self._recorded = Recorded(recorded)
        self._again = done_again(plan, recorded, begin_at)
        self._earlier = earlier
        self._rewound = rewound
        self._differs = False
        for event in events:
            self._recorded.take(event)

    def outputs_for(self, scope: Scope, i: int) -> dict[str, Any] | None:
        """The recorded outputs of a task, or None when it is to be done again."""
        task = scope.prefix + scope.plan.ids[i]
        outputs = self._recorded.outputs.get(task)
        if self._rewound:
            outputs = self._recorded.gave.get(task, outputs)
        if outputs is not None and (self._is_kept(task) or self._is_unchanged_effect(scope, i)):
            return dict(outputs)
        return self._earlier.outputs_for(scope, i) if self._earlier else None

    def changed_inputs(self, scope: Scope, i: int) -> dict[str, Any]:
        """The arguments that somebody gave a task of the earlier run, as they are given again."""
        if self._rewound:
            return self._earlier.changed_inputs(scope, i) if self._earlier else {}
        task = scope.prefix + scope.plan.ids[i]
        if task in scope.run.changed or task in scope.run.attempts:
            return {}
        return dict(self._recorded.arguments.get(task, {}))

    def forget(self, task: str) -> None:
        """Have a task done again whatever is recorded of it."""
        self._recorded.outputs.pop(task, None)
        if self._earlier:
            self._earlier.forget(task)

    def first_difference(self, task: str, outputs: Outputs) -> tuple[str, Any, Any] | None:
        """Port and values by which a task differs from the recording; only for the first one."""
        recorded = self._recorded.outputs.get(task)
        if self._differs or recorded is None or recorded == outputs:
            return None
        self._differs = True
        ports = [*recorded, *(port for port in outputs if port not in recorded)]
        port = next(port for port in ports if recorded.get(port) != outputs.get(port))
        return port, recorded.get(port), outputs.get(port)

    def _is_kept(self, task: str) -> bool:
        """Whether neither the task nor any loop around it is done again."""
        body = ""
        for step in _steps(task):
            again = self._again.get(body)
            if again is None:
                return False
            if step not in again:
                return True
            body = f"{body}/{step}" if body else step
        return False

    def _is_unchanged_effect(self, scope: Scope, i: int) -> bool:
        plan, recorded = scope.plan, self._recorded.plans.get(scope.address)
        spec = plan.specs[i]
        if recorded is None or (spec.effect == "none" and spec.agent == "pure"):
            return False
        task = scope.prefix + plan.ids[i]
        if scope.run.changed.get(task, {}) != self._recorded.arguments.get(task, {}):
            return False
        j = recorded.index.get(plan.ids[i])
        if j is None or recorded.specs[j].kind != spec.kind or i in plan.bodies:
            return False
        return (
            plan.fields[i] == recorded.fields[j]
            and plan.expressions.get(i) == recorded.expressions.get(j)
            and gather(plan.sources[i], scope.values) == self._recorded.gathered(scope.address, j)
        )


Again = dict[str, frozenset[str]]
"""What is done again, for each body: the place of its loop ("" for the flow) to task ids.

A body that isn't listed is done again whole, if its loop is.
"""


def done_again(plan: Plan, recorded: Plan, begin_at: str) -> Again:
    """What is done again: a block, the blocks that aren't as they were, and all that follows.

    Everything, when there is no such block. Raises KeyError when there is none at `begin_at`.
    """
    again: Again = {}
    if begin_at or changed_tasks(plan, recorded):
        _do_again(plan, recorded, begin_at, "", again)
    return again


def _do_again(plan: Plan, recorded: Plan, begin_at: str, body: str, again: Again) -> None:
    changed = set(changed_tasks(plan, recorded))
    inside = {id: "" for id in changed if only_inside(plan, recorded, id)}
    seeds = set(changed)
    if begin_at:
        id, deeper = _leads_to(plan, begin_at)
        seeds.update(_under(plan, id))
        if not deeper:
            inside.pop(id, None)
        elif id not in changed or id in inside:
            inside[id] = begin_at[len(id) + 1 :]
    again[body] = _with_followers(plan, seeds)
    for id, rest in inside.items():
        # A loop whose items may be others is done again whole.
        if id not in _with_followers(plan, seeds - {id}):
            before = recorded.bodies[recorded.index[id]]
            for name, inner in plan.bodies[plan.index[id]].items():
                if not rest or _holds(inner, rest):
                    place = f"{body}/{id}" if body else id
                    _do_again(inner, before[name], rest, place, again)


def _with_followers(plan: Plan, ids: Collection[str]) -> frozenset[str]:
    below = plan.downstream([plan.index[id] for id in ids])
    return frozenset(plan.ids[i] for i in below)


def _leads_to(plan: Plan, place: str) -> tuple[str, bool]:
    """The task a place begins with, and whether it goes on inside that."""
    if _under(plan, place):
        return place, False
    for i, bodies in plan.bodies.items():
        rest = place.removeprefix(plan.ids[i] + "/")
        if rest != place and any(_holds(inner, rest) for inner in bodies.values()):
            return plan.ids[i], True
    raise KeyError(place)


def _holds(plan: Plan, place: str) -> bool:
    try:
        _leads_to(plan, place)
    except KeyError:
        return False
    return True


def _under(plan: Plan, place: str) -> list[str]:
    """The task of that id, or all tasks of the sub-flow laid out there."""
    if place in plan.index:
        return [place]
    return [id for id in plan.ids if id.startswith(place + "/")]


def _steps(task: str) -> list[str]:
    """The tasks an address leads through, rounds left out: `a[3]/b/c` is a, then b/c."""
    steps: list[str] = []
    while "]/" in task:
        head, _, task = task.partition("]/")
        steps.append(head.rpartition("[")[0])
    return [*steps, task]
