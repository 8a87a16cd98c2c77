"""Group commit: events gathered in a wave, recorded together, then shown to whoever watches."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from runtime.clock import Clock, Timer
from runtime.engine.hub import Hub
from runtime.engine.surroundings import Limits
from runtime.events import LIVE_ONLY, AnyEvent
from runtime.journal.contract import Journal, JournalError

Lost = Callable[[Sequence[AnyEvent], JournalError], Sequence[AnyEvent]]
"""Told which events could not be recorded and why; gives those to try again."""


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
        self._then: list[Callable[[], None]] = []
        self._committing: asyncio.Task[None] | None = None
        self.timer: Timer | None = None
        """Set while the wave is going to be recorded without anybody asking."""

    def once_durable(self, call: Callable[[], None]) -> None:
        """Call as soon as all that is in the wave now is durable."""
        self._then.append(call)

    def settle(self, *, idle: bool) -> None:
        """Record the wave if somebody waits for it or it is large, or else a little later."""
        if not self.wave and not self._then:
            return
        if (self._then and idle) or len(self.wave) >= self._limits.wave:
            self.flush()
        elif self.timer is None:
            self.timer = self._clock.later(self._limits.linger, self.flush)

    def flush(self) -> None:
        """Record the wave now, or right after the commit that is under way."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if self._committing is not None or not (self.wave or self._then):
            return
        wave, then = self.wave, self._then
        self.wave, self._then = [], []
        durable: Sequence[AnyEvent] = wave
        if self.live:
            self.live = False
            durable = [event for event in wave if not isinstance(event, LIVE_ONLY)]
        try:
            pending = self._journal.append(durable) if durable else None
        except JournalError as error:
            self._try_rest(durable, error, then)
            return
        if pending is None:
            self._committed(wave, then)
        else:
            self._committing = asyncio.ensure_future(self._commit(pending, wave, then))

    async def drained(self) -> None:
        """Wait until everything is durable."""
        while self.wave or self._then or self._committing:
            self.flush()
            if self._committing:
                await asyncio.wait([self._committing])

    def _try_rest(
        self, wave: Sequence[AnyEvent], error: JournalError, then: list[Callable[[], None]]
    ) -> None:
        rest = self._lost(wave, error)
        if rest:
            # Whatever happened to the others since then comes after it, in order.
            gone = {event.run for event in wave} - {event.run for event in rest}
            later = [event for event in self.wave if event.run not in gone]
            self.wave, self._then = [*rest, *later], [*then, *self._then]
            self.flush()

    def _committed(self, wave: Sequence[AnyEvent], then: Sequence[Callable[[], None]]) -> None:
        self._hub.publish(wave)
        for call in then:
            call()

    async def _commit(
        self,
        pending: Awaitable[None],
        wave: Sequence[AnyEvent],
        then: list[Callable[[], None]],
    ) -> None:
        try:
            await pending
        except JournalError as error:
            self._committing = None
            self._try_rest(wave, error, then)
        else:
            self._committing = None
            self._committed(wave, then)
        if self.wave or self._then:
            self.flush()
