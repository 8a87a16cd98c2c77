"""A run as a person follows it: how its blocks stand, what it waits for, and how it all ended."""

from typing import Any, Literal, assert_never

import msgspec

from runtime.events import (
    AnyEvent,
    BreakpointsSet,
    Failure,
    FaultInjected,
    FaultsSet,
    InputsChanged,
    OutputsChanged,
    ReplayDiverged,
    RunCancelled,
    RunCancelling,
    RunContinued,
    RunFailed,
    RunInterrupted,
    RunPaused,
    RunRecovered,
    RunRewound,
    RunStalled,
    RunStarted,
    RunSucceeded,
    ScopeClosed,
    ScopeOpened,
    TaskAnswered,
    TaskAsked,
    TaskDoubted,
    TaskFailed,
    TaskFinished,
    TaskHeld,
    TaskLogged,
    TaskProgressed,
    TaskReleased,
    TaskRetried,
    TaskReused,
    TaskSkipped,
    TaskSpent,
    TaskStarted,
    TaskStreamed,
    TaskTraced,
    WheelTaken,
    block_of,
)
from runtime.projections.block_view import BlockView, UnderWay, Way, stand_in

RunState = Literal[
    "running", "asking", "paused", "stalled", "interrupted", "succeeded", "failed", "cancelled"
]  # fmt: skip

_Steering = (
    TaskHeld | TaskReleased | WheelTaken | TaskSpent | TaskTraced | TaskLogged
    | FaultInjected | FaultsSet | BreakpointsSet | InputsChanged | OutputsChanged
    | TaskAsked | TaskAnswered
)  # fmt: skip


class Difference(msgspec.Struct, frozen=True):
    """Where a replay first gave something else than the run it repeats."""

    task: str
    port: str
    before: Any
    after: Any


class RunView(msgspec.Struct):
    """A run so far: `reduce(RunView.after, effective(events), RunView())`.

    `after` changes the view in place and gives it back, at a cost that doesn't grow with the
    run. Blocks stand in the order in which they came up. Times are seconds since the epoch.
    Going back can't be taken in: a view to which a RunRewound comes is begun anew.
    """

    run: str = ""
    flow: str = ""
    name: str = ""
    state: RunState = "running"
    inputs: dict[str, Any] = {}
    outputs: dict[str, Any] = {}
    began: float = 0.0
    ended: float | None = None
    seen: float = 0.0
    """When the last event happened."""
    events: int = 0
    replays: str = ""
    begins_at: str = ""
    owner: str = ""
    recovered: int = 0
    failure: Failure | None = None
    reason: str = ""
    """Why it was cancelled, or stopped early by a block."""
    cancelling: bool = False
    """Whether it was cancelled, and is undone first."""
    waits_for: list[str] = []
    difference: Difference | None = None
    blocks: dict[str, BlockView] = {}
    under_way: dict[str, UnderWay] = {}
    held: dict[str, TaskHeld] = {}
    """The tasks that wait for a person, the one held last at the end."""
    asked: dict[str, TaskAsked] = {}
    """What tasks ask people, by task."""
    tokens: int = 0
    cost: float = 0.0
    wheel: str = ""
    """Who steers the run, "" for nobody in particular."""
    halted: bool = False
    """Whether it was paused and hasn't been continued, whoever drives it meanwhile."""

    @property
    def over(self) -> bool:
        """Whether it has ended for good."""
        return self.ended is not None

    @property
    def took(self) -> float:
        """Seconds from its beginning to its last event."""
        return max(0.0, self.seen - self.began)

    @property
    def only_asks(self) -> bool:
        """Whether nothing is under way but questions to people, and the loops they stand in."""
        if not self.asked or self.over or self.halted or self.held:
            return False
        return all(
            way.state == "asking" or any(asked.startswith(f"{task}[") for asked in self.asked)
            for task, way in self.under_way.items()
        )

    def after(self, event: AnyEvent) -> "RunView":
        """The view with one more event taken in."""
        self.events += 1
        self.seen = event.at
        match event:
            case TaskFinished():
                self._settle(event.task, event.at, event.started).finished += 1
            case TaskStarted():
                self._start(event)
            case ScopeOpened():
                self._block(event.scope.rpartition("[")[0]).rounds += 1
            case ScopeClosed():
                self._close(event)
            case TaskStreamed():
                self._block(event.task).streamed += len(event.items)
            case TaskProgressed():
                block = self._block(event.task)
                block.done, block.total, block.note = event.done, event.total, event.note
            case TaskReused():
                self._settle(event.task, event.at).reused += 1
            case TaskSkipped():
                self._settle(event.task, event.at).skipped += 1
            case TaskRetried() | TaskFailed() | TaskDoubted():
                self._trouble(event)
            case ReplayDiverged():
                self.difference = Difference(event.task, event.port, event.before, event.after)
            case (
                TaskHeld() | TaskReleased() | WheelTaken() | TaskSpent() | TaskTraced()
                | TaskLogged() | FaultInjected() | FaultsSet() | BreakpointsSet()
                | InputsChanged() | OutputsChanged() | TaskAsked() | TaskAnswered()
            ):  # fmt: skip
                self._steer(event)
            case _:
                self._turn(event)
        return self

    def _steer(self, event: _Steering) -> None:
        """A person who debugs did something, or it is something to look at, or to pay."""
        match event:
            case TaskHeld():
                self.held.pop(event.task, None)
                self.held[event.task] = event
            case TaskReleased():
                self.held.pop(event.task, None)
            case TaskAsked() | TaskAnswered():
                self._ask(event)
            case WheelTaken():
                self.wheel = event.client
            case TaskSpent():
                self._pay(event)
            case TaskTraced(kind="model"):
                block = self._block(event.task)
                block.stand_in = stand_in(block.stand_in, event.detail)
            case _:
                pass  # nothing that shows in how the blocks stand

    def _ask(self, event: TaskAsked | TaskAnswered) -> None:
        match event:
            case TaskAsked():
                self.asked[event.task] = event
                self._move(event.task, "asking", event.at)
            case TaskAnswered():
                self._unask(event.task)
                self._move(event.task, "running", event.at)
        self._goes_on()

    def _unask(self, task: str) -> None:
        """A task waits for no answer any more."""
        if self.asked.pop(task, None) is not None:
            self._goes_on()

    def _pay(self, event: TaskSpent) -> None:
        block = self._block(event.task)
        block.tokens += event.tokens
        block.cost += event.cost
        self.tokens += event.tokens
        self.cost += event.cost

    def _turn(
        self,
        event: RunStarted
        | RunRecovered
        | RunPaused
        | RunContinued
        | RunStalled
        | RunInterrupted
        | RunSucceeded
        | RunFailed
        | RunCancelling
        | RunCancelled
        | RunRewound,
    ) -> None:
        """Something happened to the run as a whole."""
        match event:
            case RunStarted():
                self.run, self.flow, self.name = event.run, event.flow, event.name
                self.inputs, self.owner, self.began = event.inputs, event.owner, event.at
                self.replays, self.begins_at = event.replays, event.begins_at
            case RunRecovered():
                self._leave("", None)
                self.waits_for = []
                self.owner, self.recovered = event.owner, self.recovered + 1
                self.wheel = ""
                self.state, self.failure = "paused" if self.halted else self._going, None
            case RunPaused() | RunRewound():
                self.state, self.halted = "paused", True
            case RunContinued():
                self.state, self.halted = self._going, False
                self.held.clear()
            case RunStalled():
                self.state = "asking" if self.asked else "stalled"
                self.waits_for = event.waits_for
            case RunInterrupted():
                self.state, self.failure = "interrupted", event.failure
                self._leave("", None)
            case RunSucceeded():
                self.outputs, self.reason = event.outputs, event.stopped
                self._end("succeeded", event.at)
            case RunFailed():
                self.failure = event.failure
                self._end("failed", event.at)
            case RunCancelling():
                self.reason, self.cancelling = event.reason, True
                self._goes_on()
            case RunCancelled():
                self.reason = event.reason
                self._end("cancelled", event.at)
            case _:
                assert_never(event)

    def _start(self, event: TaskStarted) -> None:
        self._goes_on()
        way = self.under_way.get(event.task)
        if way is None:
            block = self._block(event.task)
            way = self.under_way[event.task] = UnderWay(block, event.at)
            block.running += 1
        else:
            way.move("running")
        if event.task in self.asked:  # it did so before its runtime ended
            way.move("asking")
        if way.block.began is None:
            way.block.began = event.at

    def _trouble(self, event: TaskRetried | TaskFailed | TaskDoubted) -> None:
        match event:
            case TaskRetried():
                self._move(event.task, "retrying", event.at)
                block = self._block(event.task)
                block.retries += 1
                block.failure = event.failure
            case TaskFailed():
                block = self._settle(event.task, event.at)
                block.failed += 1
                block.caught += event.outcome != "stop"
                block.failure = event.failure
            case TaskDoubted():
                self._move(event.task, "doubted", event.at)
            case _:
                assert_never(event)

    def _close(self, event: ScopeClosed) -> None:
        block = self._block(event.scope.rpartition("[")[0])
        block.rounds_done += 1
        if event.failure is not None:
            block.rounds_failed += 1
            self._leave(f"{event.scope}/", event.at)

    def _block(self, task: str) -> BlockView:
        name = block_of(task) if "[" in task else task
        block = self.blocks.get(name)
        if block is None:
            block = self.blocks[name] = BlockView(name)
        return block

    def _settle(self, task: str, at: float, began: float | None = None) -> BlockView:
        """A task is over; gives its block."""
        self.asked.pop(task, None)
        self._goes_on()
        way = self.under_way.pop(task, None)
        if way is None:
            block = self._block(task)
            began = at if began is None else began
        else:
            block = way.block
            way.count(-1)
            began = way.began
        took = max(0.0, at - began)
        block.took += took
        block.longest = max(block.longest, took)
        if block.began is None or began < block.began:
            block.began = began
        block.ended = at
        return block

    def _move(self, task: str, state: Way, at: float) -> None:
        """A task under way waits, for another attempt or for somebody's word or answer.

        One done on the spot is heard of only now: it never said that it had begun.
        """
        way = self.under_way.get(task)
        if way is None:
            block = self._block(task)
            block.began = at if block.began is None else block.began
            way = self.under_way[task] = UnderWay(block, at)
            block.running += 1
        way.move(state)

    def _goes_on(self) -> None:
        if self.state in ("running", "asking", "stalled"):
            self.state, self.waits_for = self._going, []

    @property
    def _going(self) -> RunState:
        """The state of a run that goes on."""
        return "asking" if self.asked else "running"

    def _leave(self, prefix: str, at: float | None) -> None:
        """The tasks under way there won't go on; cancelled for good when it is said when."""
        for task in [task for task in self.under_way if task.startswith(prefix)]:
            if at is None:
                self.under_way.pop(task).count(-1)
            else:
                self._settle(task, at).cancelled += 1

    def _end(self, state: RunState, at: float) -> None:
        self._leave("", at)
        self.held.clear()
        self.asked.clear()
        self.state, self.ended, self.waits_for = state, at, []
