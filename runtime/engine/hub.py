"""Events on their way to whoever watches."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager

from runtime.events import LIVE_ONLY, AnyEvent


class Subscription:
    """Batches of events as they become durable: `async for batch in subscription`.

    `missed` counts the events dropped because nobody took them: live ones first, and beyond
    `room` all. Whoever missed some reads them from the journal.
    """

    def __init__(self, run: str = "", room: int = 1_000_000) -> None:
        self.run = run
        self.missed = 0
        self._room = room
        self._held = 0
        self._batches: deque[Sequence[AnyEvent]] = deque()
        self._woken = asyncio.Event()
        self._over = False

    def put(self, batch: Sequence[AnyEvent]) -> None:
        """Hand a batch over, without waiting."""
        events = [e for e in batch if e.run == self.run] if self.run else batch
        if not events:
            return
        if self._held > self._room // 2:
            events = [event for event in events if not isinstance(event, LIVE_ONLY)]
        if self._held + len(events) > self._room:
            self.missed += len(events)
            return
        self._held += len(events)
        self._batches.append(events)
        self._woken.set()

    def end(self) -> None:
        """No more will come; what is there is still given."""
        self._over = True
        self._woken.set()

    def __aiter__(self) -> AsyncIterator[Sequence[AnyEvent]]:
        return self

    async def __anext__(self) -> Sequence[AnyEvent]:
        while not self._batches:
            if self._over:
                raise StopAsyncIteration
            self._woken.clear()
            await self._woken.wait()
        batch = self._batches.popleft()
        self._held -= len(batch)
        return batch


class Hub:
    """Hands every batch to every subscription, as it is to be `told`."""

    def __init__(
        self, told: Callable[[Sequence[AnyEvent]], Sequence[AnyEvent]] | None = None
    ) -> None:
        self._subscriptions: set[Subscription] = set()
        self._told = told

    def publish(self, batch: Sequence[AnyEvent]) -> None:
        if self._told is not None:
            batch = self._told(batch)
        for subscription in self._subscriptions:
            subscription.put(batch)

    @contextmanager
    def subscribe(self, run: str = "") -> Iterator[Subscription]:
        """A subscription to the events of one run, or of all."""
        subscription = Subscription(run)
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    def end(self) -> None:
        """End all subscriptions."""
        for subscription in self._subscriptions:
            subscription.end()
