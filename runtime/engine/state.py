"""The state of a run: counters, slots and statuses, and nothing that acts."""

from collections.abc import Mapping
from typing import Any

from graph.compile.bind import SKIPPED
from graph.compile.plan import Plan
from runtime.breakpoints import Breakpoint, Fault
from runtime.events import Failure, RunStarted, TaskAnswered, TaskAsked, TaskHeld

WAITING, RUNNING, DONE, LEFT_OUT, FAILED = range(5)


class Scope:
    """One round of a plan: the run itself, or one round of a body inside it.

    `waiting[i]` counts the links into task i that aren't settled, `values` holds outputs by
    slot (SKIPPED until there is one), `left` counts the tasks that aren't settled. `modes` are
    the plan's, or all slow while the scope is paused, replayed, or closed. A scope is `simple`
    as long as nothing was skipped, nothing races, and it wasn't rebuilt from a journal.
    """

    __slots__ = (
        "address", "closed", "left", "modes", "parent", "plan", "prefix", "preset", "run",
        "simple", "status", "values", "waiting",
    )  # fmt: skip

    def __init__(self, run: "Run", plan: Plan, address: str, parent: "Scope | None") -> None:
        self.run = run
        self.plan = plan
        self.address = address
        self.prefix = f"{address}/" if address else ""
        self.parent = parent
        self.waiting = list(plan.waits)
        self.status = bytearray(len(plan))
        self.values: list[Any] = [SKIPPED] * plan.slots
        self.left = len(plan)
        self.modes = plan.modes
        self.simple = not plan.races
        self.preset = False
        self.closed = False

    @property
    def depth(self) -> int:
        """How many scopes are around this one."""
        return 0 if self.parent is None else self.parent.depth + 1

    def results(self) -> dict[str, Any]:
        """The outputs of the flow that got a value."""
        values = self.values
        return {
            name: values[slot]
            for name, slot in self.plan.results.items()
            if values[slot] is not SKIPPED
        }

    def inputs(self) -> dict[str, Any]:
        """The inputs of the flow, by name."""
        first, given = self.plan.first_slot, self.plan.inputs.items()
        return {name: self.values[first[port.task]] for name, port in given}

    def outputs(self, i: int) -> dict[str, Any]:
        """The outputs of a task that got a value."""
        first = self.plan.first_slot[i]
        named = zip(self.plan.outputs[i], self.values[first:], strict=False)
        return {name: value for name, value in named if value is not SKIPPED}


Closed = Mapping[str, Any] | Failure
"""How a scope ended: with outputs, or with a failure."""


class Run:
    """One execution: its scopes by address, and what is known of tasks under way.

    `attempts` holds (attempt, first start) of started tasks that aren't settled, `closed` how
    the rounds of such tasks ended, `rounds` the addresses of their scopes. `interrupted` are
    tasks that were under way when an earlier runtime died, `doubted` those of them about which
    somebody has to say what became of them. `asked` are the questions to people that are open,
    by task and label, `answered` those of tasks under way that aren't any more.

    Of a run that is debugged: `held` are the tasks that wait for a person, `changed` the
    arguments given by one to tasks that aren't settled, `original` the outputs that the outputs
    given by one replaced, `tokens` and `cost` what was spent.

    Of a run that is cancelled, and undone first: `cancelling` says why, `called_off` names the
    tasks that failed or were left out since.
    """

    __slots__ = (
        "answered", "asked", "attempts", "began", "breakpoints", "called_off", "cancelling",
        "changed", "closed", "cost",
        "doubted", "ended", "faults", "held", "id", "interrupted", "original", "paused", "root",
        "rounds", "scopes", "seq", "tokens", "wheel",
    )  # fmt: skip

    def __init__(self, began: RunStarted, plan: Plan) -> None:
        self.id = began.run
        self.began = began
        self.seq = began.seq
        self.root = Scope(self, plan, "", None)
        self.scopes: dict[str, Scope] = {"": self.root}
        self.closed: dict[str, Closed] = {}
        self.rounds: dict[str, list[str]] = {}
        self.attempts: dict[str, tuple[int, float]] = {}
        self.doubted: set[str] = set()
        self.interrupted: set[str] = set()
        self.asked: dict[tuple[str, str], TaskAsked] = {}
        self.answered: dict[tuple[str, str], TaskAnswered] = {}
        self.paused = False
        self.ended = False
        self.cancelling: str | None = None
        self.called_off: set[str] = set()
        self.held: dict[str, TaskHeld] = {}
        self.changed: dict[str, dict[str, Any]] = {}
        self.original: dict[str, dict[str, Any]] = {}
        self.breakpoints: list[Breakpoint] = []
        self.faults: list[Fault] = []
        self.tokens = 0
        self.cost = 0.0
        self.wheel = ""

    def locate(self, task: str) -> tuple[Scope, int]:
        """Where the task of an address is. Raises KeyError when the run has no such task."""
        scope, bracket, id = task.rpartition("]/")
        found = self.scopes[scope + bracket[:1]]
        return found, found.plan.index[id]

    def inside(self, scope: Scope) -> list[Scope]:
        """A scope and all scopes in it."""
        return [s for s in self.scopes.values() if s is scope or s.address.startswith(scope.prefix)]
