"""What a replay takes from the run it repeats, and where it first differs."""

from collections.abc import Mapping, Sequence
from typing import Any

from graph.compile.bind import SKIPPED, gather
from graph.compile.plan import Plan
from runtime.engine.state import Scope, scope_of
from runtime.events import AnyEvent, RunStarted, ScopeOpened, TaskFinished, TaskReused

Outputs = Mapping[str, Any]


class Recording:
    """The outputs of an earlier run by task, and which tasks are done again.

    `plan` is what the replay runs, `recorded` what the earlier run ran. `begin_at` is the place
    of a block, `orders/parse`, or `each/classify` for one in a loop's body; it and all that
    follows from it are done again, everything when it is "". What is done again still takes a
    recorded effect whose block and inputs are unchanged: the outside is not asked, or paid,
    twice. Raises KeyError when there is no block at `begin_at`.
    """

    def __init__(
        self, plan: Plan, recorded: Plan, events: Sequence[AnyEvent], begin_at: str
    ) -> None:
        self._outputs: dict[str, Outputs] = {}
        self._plans: dict[str, Plan] = {"": recorded}
        self._inputs: dict[str, Outputs] = {}
        self._again = done_again(plan, begin_at)
        self._differs = False
        for event in events:
            self._take(event)

    def _take(self, event: AnyEvent) -> None:
        match event:
            case TaskFinished() | TaskReused():
                self._outputs[event.task] = event.outputs
            case RunStarted():
                self._inputs[""] = event.inputs
            case ScopeOpened():
                task = event.scope.rpartition("[")[0]
                outer = self._plans[scope_of(task)]
                id = task.rpartition("]/")[2]
                self._plans[event.scope] = outer.bodies[outer.index[id]][event.body]
                self._inputs[event.scope] = event.inputs
            case _:
                pass

    def outputs_for(self, scope: Scope, i: int) -> dict[str, Any] | None:
        """The recorded outputs of a task, or None when it is to be done again."""
        task = scope.prefix + scope.plan.ids[i]
        outputs = self._outputs.get(task)
        if outputs is None:
            return None
        if self._is_kept(task) or self._is_unchanged_effect(scope, i):
            return dict(outputs)
        return None

    def first_difference(self, task: str, outputs: Outputs) -> tuple[str, Any, Any] | None:
        """Port and values by which a task differs from the recording; only for the first one."""
        recorded = self._outputs.get(task)
        if self._differs or recorded is None or recorded == outputs:
            return None
        self._differs = True
        ports = [*recorded, *(port for port in outputs if port not in recorded)]
        port = next(port for port in ports if recorded.get(port) != outputs.get(port))
        return port, recorded.get(port), outputs.get(port)

    def place_of(self, task: str) -> tuple[Plan, int]:
        """The plan that a task of the recorded run is in, and which of its tasks it is.

        Raises KeyError when the run has no such task.
        """
        plan = self._plans[scope_of(task)]
        return plan, plan.index[task.rpartition("]/")[2]]

    def inputs_of(self, task: str) -> dict[str, Any]:
        """What came over the links into a task of the recorded run. Raises KeyError."""
        return self._gathered(scope_of(task), self.place_of(task)[1])

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
        plan, recorded = scope.plan, self._plans.get(scope.address)
        spec = plan.specs[i]
        if recorded is None or (spec.effect == "none" and spec.agent == "pure"):
            return False
        j = recorded.index.get(plan.ids[i])
        if j is None or recorded.specs[j].kind != spec.kind or i in plan.bodies:
            return False
        return (
            plan.fields[i] == recorded.fields[j]
            and plan.expressions.get(i) == recorded.expressions.get(j)
            and gather(plan.sources[i], scope.values) == self._gathered(scope.address, j)
        )

    def _gathered(self, address: str, j: int) -> dict[str, Any]:
        """The inputs a task had in the earlier run."""
        plan = self._plans[address]
        slots = {source.slot: self._value(address, source.slot) for source in plan.sources[j]}
        values: list[Any] = [SKIPPED] * plan.slots
        for slot, value in slots.items():
            values[slot] = value
        return gather(plan.sources[j], values)

    def _value(self, address: str, slot: int) -> Any:
        plan = self._plans[address]
        owner = plan.owner(slot)
        for name, given in plan.inputs.items():
            if given.task == owner:
                return self._input(address, name, given.default)
        port = plan.outputs[owner][slot - plan.first_slot[owner]]
        prefix = f"{address}/" if address else ""
        return self._outputs.get(prefix + plan.ids[owner], {}).get(port, SKIPPED)

    def _input(self, address: str, name: str, default: Any) -> Any:
        """An input of a scope: recorded with it, or shared by all rounds of its loop."""
        inputs = self._inputs[address]
        if name in inputs or not address:
            return inputs.get(name, default)
        task = address.rpartition("[")[0]
        outer = scope_of(task)
        j = self._plans[outer].index[task.rpartition("]/")[2]]
        return self._gathered(outer, j).get(name, default)


def done_again(plan: Plan, begin_at: str) -> dict[str, frozenset[str]]:
    """What is done again, for each body on the way to a block: place of the loop to task ids.

    The flow itself stands at "". A body that isn't listed is done again whole, if its loop is.
    Raises KeyError when there is no such block.
    """
    again: dict[str, frozenset[str]] = {}
    body, rest = "", begin_at
    while rest:
        id, inner = _leads_to(plan, rest)
        below = plan.downstream([plan.index[name] for name in _under(plan, id)])
        again[body] = frozenset(plan.ids[i] for i in below)
        if inner is None:
            return again
        body, rest = f"{body}/{id}" if body else id, rest[len(id) + 1 :]
        plan = inner
    return again


def _leads_to(plan: Plan, place: str) -> tuple[str, Plan | None]:
    """The task a place begins with, and the body it goes on in, if it does."""
    if _under(plan, place):
        return place, None
    for i, bodies in plan.bodies.items():
        if place.startswith(plan.ids[i] + "/"):
            rest = place[len(plan.ids[i]) + 1 :]
            for inner in bodies.values():
                if _under(inner, rest) or _goes_on(inner, rest):
                    return plan.ids[i], inner
    raise KeyError(place)


def _goes_on(plan: Plan, place: str) -> bool:
    return any(place.startswith(plan.ids[i] + "/") for i in plan.bodies)


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
