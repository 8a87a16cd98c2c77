"""A task at a point of its life where it may be held, and what can be said of it there."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from graph.compile.bind import SKIPPED, gather
from graph.errors import BadInput
from runtime.breakpoints import Phase
from runtime.engine.evolve import error_record
from runtime.engine.live import Live
from runtime.engine.state import Scope
from runtime.events import Failure


class Halt(NamedTuple):
    """A task at a point where it may be held. `go` lets it go on from there."""

    live: Live
    scope: Scope
    i: int
    phase: Phase
    go: Callable[[], None]
    outputs: Mapping[str, Any] = {}
    failure: Failure | None = None
    attempt: int = 1

    @property
    def task(self) -> str:
        return self.scope.prefix + self.scope.plan.ids[self.i]

    def names(self) -> dict[str, Any]:
        """What the expressions of a breakpoint see."""
        scope, i = self.scope, self.i
        plan = scope.plan
        secret = plan.secrets.get(i, {})
        fields = {name: value for name, value in plan.fields[i].items() if name not in secret}
        try:
            linked = gather(plan.sources[i], scope.values)
        except BadInput:
            linked = {}
        changed = scope.run.changed.get(self.task, {})
        inputs = {n: v for n, v in scope.inputs().items() if v is not SKIPPED}
        names = {"inputs": inputs, **fields, **linked, **changed}
        if self.phase == "after":
            names |= {"outputs": dict(self.outputs), **self.outputs}
        if self.failure is not None:
            names["error"] = error_record(self.failure)
        return names
