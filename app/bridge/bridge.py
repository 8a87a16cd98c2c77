"""The studio's only way to the runtime: wishes go in, events come out once a frame."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.bridge.line import Line, State, tried
from app.bridge.process import Place
from graph.errors import HeddleError
from runtime.commands import Answer, AnyCommand
from runtime.events import AnyEvent
from runtime.settings import Settings

if TYPE_CHECKING:
    from agents.manager.status import Happening
    from runtime.planning import Asked
    from runtime.remote_agents import RemoteAgents
    from runtime.remote_connections import RemoteConnections
    from runtime.remote_journal import RemoteJournal, RemoteMetrics

T = TypeVar("T")
H = TypeVar("H")
FRAME = 16
"""Milliseconds between two deliveries of events."""

BUDGET = 0.004
"""Seconds of a frame that whoever listens may take in events; the rest waits for the next."""

FEWEST, MOST = 200, 20_000
"""Events in one delivery at the most, whatever the budget says."""


class Bridge(QObject):
    """Lives with the window; what it says to the runtime, it says from a thread of its own."""

    state_changed = Signal(str)
    happened = Signal(object)
    """A list of events, of all runs, in order; once a frame at the most."""
    agents_happened = Signal(object)
    """What happened to an agent, or to the breaker of one of its guards."""
    missed = Signal()
    """Some events did not come through: who needs them reads the journal."""
    troubled = Signal(HeddleError)
    """A HeddleError that nobody who asked wanted to hear of."""
    _arrived = Signal()
    _to_call = Signal(object)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state: State = "starting"
        self.trouble = ""
        """Why it is lost."""
        self.address = ""
        """Of a runtime elsewhere, "" for the studio's own."""
        self._elsewhere: Place | None = None
        self._line = Line(settings, self._on_line_state, self._on_events, self._on_agents)
        self._inbox: deque[list[AnyEvent]] = deque()
        self._waiting = 0
        self._portion = 2000
        self._delivered = 0.0
        self._frame = QTimer(self, singleShot=True)
        self._frame.setTimerType(Qt.TimerType.PreciseTimer)
        self._frame.timeout.connect(self._deliver)
        self._arrived.connect(self._expect, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(self._line.leave)  # whoever forgot to close it leaves no runtime
        self._to_call.connect(self._call, Qt.ConnectionType.QueuedConnection)

    # Whom it speaks to.

    def start(self) -> None:
        """Start the studio's own runtime, unless something was begun already."""
        if not self._line.is_begun:
            self.restart()

    def restart(self) -> None:
        """Begin anew with a runtime of the studio's own."""
        self._begin(None)

    def again(self) -> None:
        """Turn anew to the runtime that was lost: our own is started, another one called."""
        self._begin(self._elsewhere)

    def connect_to(self, place: Place) -> None:
        """Speak to a runtime elsewhere from now on; the studio's own ends."""
        self._begin(place)

    def try_out(
        self, place: Place, then: Callable[[], object], failed: Callable[[HeddleError], object]
    ) -> None:
        """See whether a runtime answers there and lets us in."""
        self._answer(self._line.submit(tried(place)), lambda _: then(), failed)

    def close(self) -> None:
        """End the runtime if it is the studio's own, and the thread."""
        self._frame.stop()
        self._line.close()

    def leave(self) -> None:
        """The same without waiting for it: the window closes, and is not to stand still."""
        self._frame.stop()
        self._line.leave()

    @property
    def log_file(self) -> str:
        """Where the studio's own runtime writes what goes wrong with it."""
        return str(self._line.process.log_file)

    @property
    def place(self) -> Place | None:
        """Where the runtime is that is spoken to; None while there is none."""
        return self._line.place

    @property
    def pid(self) -> int:
        """The process of the studio's own runtime, 0 while there is none."""
        return self._line.process.pid

    def _begin(self, place: Place | None) -> None:
        self._elsewhere = place
        self.address = place.address if place else ""
        self._become("starting", "")
        self._line.begin(place)

    # Wishes and questions.

    async def obey(self, command: AnyCommand) -> Answer:
        """Have a command done, as soon as there is a runtime. Raises HeddleError."""
        self.start()
        return await asyncio.wrap_future(self._line.obey(command))

    def ask(
        self,
        command: AnyCommand,
        then: Callable[[Answer], object] | None = None,
        failed: Callable[[HeddleError], object] | None = None,
    ) -> None:
        """The same for who has no coroutine: `then` or `failed` is called once it is known."""
        self.start()
        self._answer(self._line.obey(command), then, failed)

    def look(
        self,
        read: Callable[["RemoteJournal"], Awaitable[T]],
        then: Callable[[T], object],
        failed: Callable[[HeddleError], object] | None = None,
    ) -> None:
        """Read in the journal of the runtime: `bridge.look(lambda j: j.runs(), show)`."""
        self.start()
        self._answer(self._line.look(read), then, failed)

    def measure(
        self,
        read: Callable[["RemoteMetrics"], Awaitable[T]],
        then: Callable[[T], object],
        failed: Callable[[HeddleError], object] | None = None,
    ) -> None:
        """Read the metrics of the runtime: `bridge.measure(lambda m: m.overview(), show)`."""
        self.start()
        self._answer(self._line.measure(read), then, failed)

    def agents(
        self,
        ask: Callable[["RemoteAgents"], Awaitable[T]],
        then: Callable[[T], object],
        failed: Callable[[HeddleError], object] | None = None,
    ) -> None:
        """Ask of agents, or have something done: `bridge.agents(lambda a: a.status(), show)`."""
        self.start()
        self._answer(self._line.agents(ask), then, failed)

    def connections(
        self,
        ask: Callable[["RemoteConnections"], Awaitable[T]],
        then: Callable[[T], object],
        failed: Callable[[HeddleError], object] | None = None,
    ) -> None:
        """Ask of connections, or keep one: `bridge.connections(lambda c: c.overview(), show)`."""
        self.start()
        self._answer(self._line.connections(ask), then, failed)

    def work(
        self,
        do: Callable[["Asked", Callable[[H], object]], Awaitable[T]],
        then: Callable[[T], object],
        failed: Callable[[HeddleError], object],
        heard: Callable[[H], object],
    ) -> Callable[[], object]:
        """Have something done that takes several commands, and is told of on the way.

        What it gives ends it: nobody hears of it any more.
        """
        self.start()

        def tell(news: H) -> None:
            self._in_gui(lambda: None if future.done() else heard(news))

        future = self._line.work(lambda runtime: do(runtime, tell))
        self._answer(future, then, failed)
        return future.cancel

    def new_run(self) -> str:
        """An id for a run, known before the run begins."""
        from runtime.ownership import new_id  # noqa: PLC0415 - heavy, and not before the first run

        return new_id()

    def _answer(
        self,
        future: "Future[T]",
        then: Callable[[T], object] | None,
        failed: Callable[[HeddleError], object] | None,
    ) -> None:
        def tell() -> None:
            if future.cancelled():
                return
            error = future.exception()
            if isinstance(error, HeddleError):
                (failed or self.troubled.emit)(error)
            elif error is not None:
                raise error
            elif then:
                then(future.result())

        future.add_done_callback(lambda _: self._in_gui(tell))

    def _call(self, call: Any) -> None:
        if not self._line.is_closed:
            call()

    def _in_gui(self, call: Callable[[], object]) -> None:
        if not self._line.is_closed:
            self._to_call.emit(call)

    # What comes from the line, in its thread.

    def _on_line_state(self, state: State, trouble: str) -> None:
        self._in_gui(lambda: self._become(state, trouble))

    def _on_events(self, events: list[AnyEvent] | None) -> None:
        if events is None:
            self._in_gui(self.missed.emit)
            return
        self._inbox.append(events)
        if len(self._inbox) == 1 and not self._line.is_closed:
            self._arrived.emit()

    def _on_agents(self, happening: "Happening") -> None:
        self._in_gui(lambda: self.agents_happened.emit(happening))

    # What is told, in the thread of the window.

    def _become(self, state: State, trouble: str) -> None:
        if (state, trouble) != (self.state, self.trouble):
            self.state, self.trouble = state, trouble
            self.state_changed.emit(state)

    def _expect(self) -> None:
        if not self._frame.isActive():
            since = (time.perf_counter() - self._delivered) * 1000
            self._frame.start(max(0, int(FRAME - since)))  # at once after a quiet time

    def _deliver(self) -> None:
        """Hand on as many events as fit into the budget of a frame."""
        events: list[AnyEvent] = []
        while self._inbox and len(events) < self._portion:
            events.extend(self._inbox.popleft())
        if not events:
            return
        if len(events) > self._portion:
            self._inbox.appendleft(events[self._portion :])
            del events[self._portion :]
        self._delivered = time.perf_counter()
        began = time.thread_time()  # other programs' share of the processor isn't ours
        self.happened.emit(events)
        self._adapt(len(events), time.thread_time() - began)
        if self._inbox:
            self._frame.start(FRAME)

    def _adapt(self, count: int, took: float) -> None:
        """Take more or fewer events next time, by what these have cost."""
        if took > BUDGET or count >= self._portion:
            fitting = int(count * BUDGET / max(took, 1e-6))
            self._portion = max(FEWEST, min(MOST, fitting, self._portion * 2))
