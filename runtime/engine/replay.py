"""What a replay takes from the run it repeats, and where it first differs."""

from collections.abc import Mapping, Sequence
from typing import Any

from graph.compile.bind import gather
from graph.compile.plan import Plan
from runtime.engine.again import DoneAgain
from runtime.engine.state import Scope
from runtime.events import AnyEvent, TaskAnswered, block_of
from runtime.recorded import Outputs, Recorded


class Recording:
    """The outputs of an earlier run by task, and which tasks are done again.

    `plan` is what the replay runs, `recorded` what the earlier run ran. `begin_at` is the place
    of a block, `orders/parse`, or `each/classify` for one in a loop's body, or a round of a loop,
    `each[3]`, or a task in it. It, the blocks that aren't what they were, and all that follows
    from these are done again; without any of them, everything. What is done again still takes a
    recorded effect whose block and inputs are unchanged: the outside is not asked, or paid,
    twice. Raises KeyError when there is no block at `begin_at`, or no such round was recorded.

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
        self._earlier = earlier
        self._rewound = rewound
        self._begins_at = begin_at
        self._differs = False
        for event in events:
            self._recorded.take(event)
        scopes = [scope for scope in self._recorded.inputs if scope]
        self._again = DoneAgain(plan, recorded, begin_at, scopes)

    def outputs_for(self, scope: Scope, i: int) -> dict[str, Any] | None:
        """The recorded outputs of a task, or None when it is to be done again."""
        task = scope.prefix + scope.plan.ids[i]
        outputs = self._recorded.outputs.get(task)
        if self._rewound:
            outputs = self._recorded.gave.get(task, outputs)
        if outputs is not None and (self._again.keeps(task) or self._is_unchanged_effect(scope, i)):
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

    def answer_to(
        self, scope: Scope, i: int, label: str, question: Mapping[str, Any]
    ) -> TaskAnswered | None:
        """What was answered to a question of a task, unless it is to be asked anew.

        That it is where the replay begins, when somebody went back, and when it is another.
        """
        task = scope.prefix + scope.plan.ids[i]
        asked = self._recorded.asked.get(task, {}).get(label)
        if asked == question and not self._asks_anew(task):
            return self._recorded.answers.get(task, {}).get(label)
        return self._earlier.answer_to(scope, i, label, question) if self._earlier else None

    def _asks_anew(self, task: str) -> bool:
        return self._rewound or self._begins_at in (task, block_of(task))

    def first_difference(self, task: str, outputs: Outputs) -> tuple[str, Any, Any] | None:
        """Port and values by which a task differs from the recording; only for the first one."""
        recorded = self._recorded.outputs.get(task)
        if self._differs or recorded is None or recorded == outputs:
            return None
        self._differs = True
        ports = [*recorded, *(port for port in outputs if port not in recorded)]
        port = next(port for port in ports if recorded.get(port) != outputs.get(port))
        return port, recorded.get(port), outputs.get(port)

    def _is_unchanged_effect(self, scope: Scope, i: int) -> bool:
        plan, recorded = scope.plan, self._recorded.plans.get(scope.address)
        spec = plan.specs[i]
        if recorded is None or (spec.effect == "none" and spec.agent == "pure"):
            return False
        task = scope.prefix + plan.ids[i]
        if task in self._recorded.asked and self._asks_anew(task):
            return False
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
