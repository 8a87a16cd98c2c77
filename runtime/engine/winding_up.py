"""A run that is cancelled and undone first: nothing else begins, and Compensate has its turn."""

import asyncio
from typing import Protocol

from graph.compile.bind import SKIPPED
from graph.errors import BlockError
from graph.spec import BlockSpec
from runtime.engine import evolve
from runtime.engine.lane import look_closely
from runtime.engine.live import Live
from runtime.engine.queue import Queue
from runtime.engine.state import RUNNING, WAITING, Run, Scope
from runtime.engine.under_way import UnderWay
from runtime.events import Failure, InputsChanged, RunCancelling

COMPENSATE = "logic.compensate"
"""The kind of block that undoes, each step in a round labelled by it."""

WORKS_OUT = "data"
"""The category of blocks that ask for their surroundings, and never wait by them."""


class Cancelled(BlockError):
    """The run is cancelled."""


class Shell(Protocol):
    """What is asked of the runner whose runs are cancelled."""

    def leave_out(self, scope: Scope, i: int) -> None: ...


class WindingUp:
    """Sees to runs that are cancelled, of which `Run.cancelling` says why.

    What hasn't begun is left out, and what only looks or waits is stopped. What is changing
    something comes to its end, so that it is known whether it is to be undone. Blocks that merely
    work something out go on, as they bring to Compensate what was done.
    """

    def __init__(self, shell: Shell, queue: Queue, under_way: UnderWay) -> None:
        self._shell = shell
        self._queue = queue
        self._under_way = under_way

    def begin(self, live: Live, reason: str) -> None:
        """Cancel a run: from now on each of its tasks is looked at before it begins."""
        run = live.run
        self._queue.tell(run, RunCancelling, reason)
        look_closely(live)
        for scope, i in self._under_way.withdrawn(run, lambda at, _: not is_undoing(at)):
            self.call_off(scope, i)
        for scope in [scope for scope in run.scopes.values() if not is_undoing(scope)]:
            for i, task in list(live.under_way.get(scope, {}).items()):
                if i not in scope.plan.bodies and not _comes_to_its_end(scope.plan.specs[i]):
                    # One that hasn't had its first turn would end without a word.
                    asyncio.get_running_loop().call_soon(task.cancel)
            for i in _waiting_for_another_attempt(scope):
                self.call_off(scope, i)

    def instead(self, scope: Scope, i: int) -> int | None:
        """The task of a cancelled run to go on with in place of a ready one; None for none.

        As everywhere, `~i` stands for a task i to be left out.
        """
        if is_undoing(scope):
            return i
        if i < 0 and self._is_to_undo(scope, ~i):
            task = scope.prefix + scope.plan.ids[~i]
            failure = evolve.error_record(cancelled(scope.run, task))
            self._queue.tell(scope.run, InputsChanged, task, {"failure": failure})
            return ~i
        if i < 0 or (may_begin(scope, i) and scope.status[i] in (WAITING, RUNNING)):
            return i
        self.call_off(scope, i)
        return None

    @staticmethod
    def tries_again(scope: Scope, i: int) -> bool:
        """Whether a task that failed may be tried again: to undo, or to find out what it did."""
        return is_undoing(scope) or scope.prefix + scope.plan.ids[i] in scope.run.interrupted

    def call_off(self, scope: Scope, i: int) -> None:
        """Leave out a task that begins no more, or was stopped; one that is settled stays so."""
        if scope.status[i] in (WAITING, RUNNING) and not scope.closed and not scope.run.ended:
            self._shell.leave_out(scope, i)

    @staticmethod
    def _is_to_undo(scope: Scope, i: int) -> bool:
        """Whether a task undoes what was done before what was called off, and knows what that is.

        It lacks nothing but the failure that it answers: nothing failed but by being called off.
        """
        if scope.plan.specs[i].kind != COMPENSATE:
            return False
        known = (s for s in scope.plan.sources[i] if s.parameter != "failure")
        if any(scope.values[source.slot] is SKIPPED for source in known):
            return False
        return not scope.run.called_off.isdisjoint(_before(scope, i))


def has_to_undo(run: Run) -> bool:
    """Whether a run has a block, in what is under way, that may have to undo something."""
    return any(
        spec.kind == COMPENSATE and scope.status[i] in (WAITING, RUNNING)
        for scope in run.scopes.values()
        for i, spec in enumerate(scope.plan.specs)
    )


def is_undoing(scope: Scope) -> bool:
    """Whether a scope is what undoes something, or inside that."""
    while scope.parent is not None:
        task = scope.address.rpartition("[")[0].removeprefix(scope.parent.prefix)
        if scope.parent.plan.specs[scope.parent.plan.index[task]].kind == COMPENSATE:
            return True
        scope = scope.parent
    return False


def may_begin(scope: Scope, i: int) -> bool:
    """Whether a task may begin in a run that is cancelled, outside of what undoes.

    That is what undoes, what waits for nothing, and what was cut off as the runtime died: a
    loop, for what is inside, and an effect, to find out what became of it.
    """
    spec = scope.plan.specs[i]
    if spec.kind == COMPENSATE:
        return True
    if scope.prefix + scope.plan.ids[i] in scope.run.interrupted:
        return i in scope.plan.bodies or _comes_to_its_end(spec)
    waits = i in scope.plan.bodies or (spec.wants_context and spec.category != WORKS_OUT)
    return spec.agent == "pure" and spec.effect == "none" and not waits


def may_open(scope: Scope, i: int) -> bool:
    """Whether a task of a cancelled run may begin a round: to undo, or inside of what undoes."""
    return scope.plan.specs[i].kind == COMPENSATE or is_undoing(scope)


def cut_short(scope: Scope) -> Failure | None:
    """Why a round of a cancelled run isn't whole, whose tasks are all settled; None if it is."""
    run = scope.run
    if is_undoing(scope):
        return None
    if any(task.startswith(scope.prefix) for task in run.called_off):
        return cancelled(run, scope.address.rpartition("[")[0])
    return None


def cancelled(run: Run, task: str) -> Failure:
    """What a task is told of a run that is cancelled."""
    return Failure("Cancelled", run.cancelling or "The run was cancelled.", task=task)


def _comes_to_its_end(spec: BlockSpec) -> bool:
    return spec.effect == "write" and not spec.patient


def _waiting_for_another_attempt(scope: Scope) -> list[int]:
    attempts, ids = scope.run.attempts, scope.plan.ids
    return [
        i
        for i, status in enumerate(scope.status)
        if status == WAITING and not scope.waiting[i] and scope.prefix + ids[i] in attempts
    ]


def _before(scope: Scope, i: int) -> set[str]:
    """The tasks of the scope that something comes to this one from, however far."""
    found, left = set[int](), [i]
    while left:
        fresh = set(scope.plan.depends(left.pop())) - found
        found |= fresh
        left += fresh
    return {scope.prefix + scope.plan.ids[one] for one in found}
