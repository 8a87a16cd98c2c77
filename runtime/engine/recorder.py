"""Group commit: events gathered in a wave, recorded together, then shown to whoever watches."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import NamedTuple

from runtime.clock import Clock, Timer
from runtime.engine.hub import Hub
from runtime.engine.surroundings import Limits
from runtime.events import LIVE_ONLY, AnyEvent
from runtime.journal.contract import Journal, JournalError


class Salvage(NamedTuple):
    """What is left of a wave that could not be recorded.

    `again` are events to try once more, in order; whatever else happened to the runs in `gone`
    never did.
    """

    again: Sequence[AnyEvent]
    gone: Collection[str]


Waiting = tuple[str, Callable[[], None]]
"""The run whose events somebody waits for, and whom to call."""

Lost = Callable[[Sequence[AnyEvent], JournalError], Salvage]
"""Told which events could not be recorded and why."""


class Recorder:
    """Holds the wave: the events that happened and aren't durable yet.

    Whoever records appends to `wave` directly; it is on the path of every task.
    """

    def __init__(
        self, journal: Journal, hub: Hub, clock: Clock, limits: Limits, lost: Lost
    ) -> None:
        self.wave: list[AnyEvent] = []
        self.live = False
        """Whether the wave may hold live-only events."""
        self._journal = journal
        self._hub = hub
        self._clock = clock
        self._limits = limits
        self._lost = lost
        self._then: list[Waiting] = []
        self._committing: asyncio.Task[None] | None = None
        self._flushing = False
        self._told_live = 0.0
        self.timer: Timer | None = None
        """Set while the wave is going to be recorded without anybody asking."""

    def once_durable(self, run: str, call: Callable[[], None]) -> None:
        """Call as soon as all that is in the wave now is durable, if the run's part ever is."""
        self._then.append((run, call))

    def settle(self, *, idle: bool) -> None:
        """Record the wave if somebody waits for it or it is large, or else a little later."""
        if not self.wave and not self._then:
            return
        if (self._then and idle) or len(self.wave) >= self._limits.wave:
            self.flush()
        elif self.timer is None:
            self.timer = self._clock.later(self._patience(), self.flush)

    def _patience(self) -> float:
        """How long the wave may wait for more; after a quiet time what is live is told at once."""
        linger = self._limits.linger
        if not self.live:
            return linger
        return min(linger, max(0.0, self._told_live + linger - self._clock.now()))

    def flush(self) -> None:
        """Record the wave now, or right after the commit that is under way."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if self._committing is not None or self._flushing:
            return
        # Whoever is told what became of the wave may make events, but nobody a second commit.
        self._flushing = True
        try:
            while (self.wave or self._then) and not self._record():
                pass
        finally:
            self._flushing = False
        self.settle(idle=False)

    async def drained(self) -> None:
        """Wait until everything is durable."""
        while self.wave or self._then or self._committing:
            self.flush()
            if self._committing:
                await asyncio.wait([self._committing])

    def _record(self) -> bool:
        """Record the wave; False when that failed, and what is left of it waits once more."""
        wave, then = self.wave, self._then
        self.wave, self._then = [], []
        durable: Sequence[AnyEvent] = wave
        if self.live:
            self.live = False
            self._told_live = self._clock.now()
            durable = [event for event in wave if not isinstance(event, LIVE_ONLY)]
        try:
            pending = self._journal.append(durable) if durable else None
        except Exception as error:  # noqa: BLE001  (see `_trouble`)
            self._take_back(durable, then, _trouble(error))
            return False
        if pending is None:
            self._committed(wave, then)
        else:
            self._committing = asyncio.ensure_future(self._commit(pending, wave, then))
        return True

    def _committed(self, wave: Sequence[AnyEvent], then: Sequence[Waiting]) -> None:
        self._hub.publish(wave)
        for _, call in then:
            call()

    async def _commit(
        self,
        pending: Awaitable[None],
        wave: Sequence[AnyEvent],
        then: Sequence[Waiting],
    ) -> None:
        try:
            await pending
        except Exception as error:  # noqa: BLE001  (see `_trouble`)
            self._take_back(wave, then, _trouble(error))
        else:
            self._committed(wave, then)
        finally:
            self._committing = None
        self.flush()

    def _take_back(
        self, wave: Sequence[AnyEvent], then: Sequence[Waiting], error: JournalError
    ) -> None:
        """Put what is left of a wave in front of what happened since then, in order.

        Of a run that is gone nothing more may be recorded, for it would follow a gap, and nobody
        who waited for that may be called.
        """
        since, self._then = self._then, []
        again, gone = self._lost(wave, error)
        self.wave = [*again, *(event for event in self.wave if event.run not in gone)]
        waiting = [(run, call) for run, call in (*then, *since) if run not in gone]
        self._then = [*waiting, *self._then]


def _trouble(error: Exception) -> JournalError:
    """What the runs are told. An error that no journal should raise must not leave them hanging."""
    if isinstance(error, JournalError):
        return error
    return JournalError(f"The journal failed: {type(error).__name__}: {error}.")
