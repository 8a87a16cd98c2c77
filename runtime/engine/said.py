"""What tasks say of themselves while they work: progress, items, spending, exchanges."""

from collections.abc import Mapping
from typing import Any

from graph.flow import Bound
from runtime.budgets import Spending
from runtime.engine.debugger import Debugger
from runtime.engine.live import Live
from runtime.engine.queue import Queue
from runtime.engine.recorder import Recorder
from runtime.events import Event, TaskProgressed, TaskSpent, TaskStreamed, TaskTraced
from runtime.failures import bounded, legible


class Said:
    """Records it or shows it, without secrets. What a run says that is over is heard by nobody."""

    def __init__(self, queue: Queue, debugger: Debugger, recorder: Recorder) -> None:
        self._queue = queue
        self._debugger = debugger
        self._recorder = recorder

    def progressed(self, live: Live, task: str, done: float, total: float, note: str) -> None:
        """How far a task is."""
        self._show(live, TaskProgressed, task, done, total, legible(live.cleaned(note)))

    def streamed(self, live: Live, task: str, items: list[Any]) -> None:
        """Items that came out of a task."""
        if told := live.hidden.streamed(task, items):
            self._show(live, TaskStreamed, task, told)

    def spent(self, live: Live, task: str, tokens: int, cost: float, model: str) -> None:
        """What a task used up; a budget may be exceeded by it."""
        if not live.run.ended:
            event = self._queue.tell(live.run, TaskSpent, task, tokens, cost, model)
            live.purse.spend(Spending(event.at, tokens, cost))
            used = Bound(live.run.tokens, live.run.cost)
            live.overspent = live.overspent or live.purse.exceeded(event.at, used, task)
            self._debugger.spent(live, task)

    def traced(self, live: Live, task: str, kind: str, detail: Mapping[str, Any]) -> None:
        """What passed between a task and the outside."""
        if not live.run.ended:
            told = bounded(live.cleaned(dict(detail)))
            self._queue.event(live.run, TaskTraced, task, kind, told)

    def _show(self, live: Live, kind: type[Event], *details: Any) -> None:
        """Tell whoever watches, and record nothing.

        It bears the number of the event before it: were it to take one of its own, the journal
        could not tell, by the next number being taken, that two write one run.
        """
        if not live.run.ended:
            self._recorder.live = True
            live.run.seq -= 1
            self._queue.event(live.run, kind, *details)
