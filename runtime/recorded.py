"""The values of a run as its events tell them: what came into each task, and what out of it."""

from collections.abc import Mapping
from typing import Any

from graph.compile.bind import SKIPPED, gather
from graph.compile.plan import Plan
from runtime.events import (
    AnyEvent,
    InputsChanged,
    OutputsChanged,
    RunStarted,
    ScopeOpened,
    TaskAnswered,
    TaskAsked,
    TaskFinished,
    TaskReused,
)

Outputs = Mapping[str, Any]


class Recorded:
    """A fold: `take` the events of a run in order, then ask.

    `plan` is what the run runs, None when that can't be compiled here: then only what came out
    is known. `outputs` are by task, `inputs` and `plans` by scope ("" is the run itself).
    `gave` are the outputs that a task had before somebody changed them, `arguments` what
    somebody gave it instead of its own. `asked` are the questions to people, `answers` what was
    answered, by task and label.
    """

    def __init__(self, plan: Plan | None) -> None:
        self.outputs: dict[str, Outputs] = {}
        self.inputs: dict[str, Outputs] = {}
        self.gave: dict[str, Outputs] = {}
        self.arguments: dict[str, Mapping[str, Any]] = {}
        self.asked: dict[str, dict[str, dict[str, Any]]] = {}
        self.answers: dict[str, dict[str, TaskAnswered]] = {}
        self.plans: dict[str, Plan] = {} if plan is None else {"": plan}

    def take(self, event: AnyEvent) -> None:
        """Fold one event in. Raises KeyError for a scope that the plan doesn't have."""
        match event:
            case TaskFinished() | TaskReused():
                self.outputs[event.task] = event.outputs
                self.gave.pop(event.task, None)
            case OutputsChanged():
                self.gave.setdefault(event.task, self.outputs.get(event.task, {}))
                self.outputs[event.task] = event.outputs
            case InputsChanged():
                self.arguments[event.task] = event.values
            case TaskAsked() if not event.level:
                self.asked.setdefault(event.task, {})[event.label] = event.question
            case TaskAnswered():
                self.answers.setdefault(event.task, {})[event.label] = event
            case RunStarted():
                self.inputs[""] = event.inputs
            case ScopeOpened():
                self.inputs[event.scope] = event.inputs
                if self.plans:
                    plan, i = self.place_of(event.scope.rpartition("[")[0])
                    self.plans[event.scope] = plan.bodies[i][event.body]
            case _:
                pass

    def place_of(self, task: str) -> tuple[Plan, int]:
        """The plan that a task is in, and which of its tasks it is. Raises KeyError."""
        plan = self.plans[scope_of(task)]
        return plan, plan.index[task.rpartition("]/")[2]]

    def inputs_of(self, task: str) -> dict[str, Any]:
        """What came over the links into a task, converted as they say.

        Raises KeyError for no task of the run, BadInput when the task couldn't take it.
        """
        return self.gathered(scope_of(task), self.place_of(task)[1])

    def came_to(self, task: str) -> dict[str, Any]:
        """What came over the links into a task, as it came. Raises KeyError."""
        address = scope_of(task)
        plan, i = self.place_of(task)
        came = {source.parameter: self._value(address, source.slot) for source in plan.sources[i]}
        return {name: value for name, value in came.items() if value is not SKIPPED}

    def gathered(self, address: str, i: int) -> dict[str, Any]:
        """The inputs of task i of a scope (see `inputs_of`)."""
        plan = self.plans[address]
        values: list[Any] = [SKIPPED] * plan.slots
        for source in plan.sources[i]:
            values[source.slot] = self._value(address, source.slot)
        return gather(plan.sources[i], values)

    def inputs_around(self, address: str) -> dict[str, Any]:
        """The inputs of the flow that a scope runs, by name. Raises KeyError."""
        inputs = self.plans[address].inputs
        return {name: self._input(address, name, given.default) for name, given in inputs.items()}

    def outputs_in(self, address: str) -> dict[str, Outputs]:
        """What the blocks of a scope gave so far, by block; without those of its sub-flows."""
        prefix = f"{address}/" if address else ""
        ids = self.plans[address].ids if address in self.plans else ()
        found = ((id, self.outputs.get(prefix + id)) for id in ids if "/" not in id)
        return {id: outputs for id, outputs in found if outputs is not None}

    def _value(self, address: str, slot: int) -> Any:
        plan = self.plans[address]
        owner = plan.owner(slot)
        for name, given in plan.inputs.items():
            if given.task == owner:
                return self._input(address, name, given.default)
        port = plan.outputs[owner][slot - plan.first_slot[owner]]
        prefix = f"{address}/" if address else ""
        return self.outputs.get(prefix + plan.ids[owner], {}).get(port, SKIPPED)

    def _input(self, address: str, name: str, default: Any) -> Any:
        """An input of a scope: recorded with it, or shared by all rounds of its loop."""
        inputs = self.inputs[address]
        if name in inputs or not address:
            return inputs.get(name, default)
        task = address.rpartition("[")[0]
        return self.gathered(scope_of(task), self.place_of(task)[1]).get(name, default)


def scope_of(task: str) -> str:
    """The address of the scope a task is in: that of `each[3]/parse` is `each[3]`."""
    scope, bracket, _ = task.rpartition("]/")
    return scope + bracket[:1]
