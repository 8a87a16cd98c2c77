"""Channels: what happens of one topic, numbered, and remembered for those who come back."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

from graph.errors import HeddleError
from runtime.services.websocket.messages import Missed, Subscribe, Told
from runtime.services.websocket.outbox import Outbox, Queue

KEPT = 1_000
"""Messages that are remembered of a topic."""

PAUSE = 1.0
"""Seconds before a topic that can't be listened to is tried again."""

Source = Callable[[], AsyncIterator[Any]]

log = logging.getLogger("heddle.server")


class Channel:
    """One topic of this process; it is listened to from its first subscription on.

    Each message of a `stand` tells all there is, so whoever comes is told the last one.
    """

    def __init__(self, epoch: str, source: Source, *, stand: bool = False) -> None:
        self.epoch = epoch
        self._stand = stand
        self._source = source
        self._kept = deque[tuple[int, Any]](maxlen=KEPT)
        self._seq = 0
        self._hearing = dict[Queue, Outbox]()
        self._pump: asyncio.Task[None] | None = None

    def join(self, wish: Subscribe, queue: Queue, outbox: Outbox) -> None:
        """Tell somebody of it from now on, and first of what they have missed."""
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._run())
        if wish.after is not None:
            self._catch_up(wish, queue, outbox)
        elif self._stand and self._kept:
            seq, data = self._kept[-1]
            outbox.offer(queue, Told(queue.id, data, seq))
        self._hearing[queue] = outbox

    def leave(self, queue: Queue) -> None:
        """Tell somebody no more."""
        self._hearing.pop(queue, None)

    def close(self) -> None:
        """Listen no more."""
        if self._pump is not None:
            self._pump.cancel()

    def _catch_up(self, wish: Subscribe, queue: Queue, outbox: Outbox) -> None:
        after = wish.after or 0
        if wish.epoch != self.epoch or after > self._seq:
            outbox.say(Missed(wish.id, None))
            return
        first = self._kept[0][0] if self._kept else self._seq + 1
        if after + 1 < first:
            outbox.say(Missed(wish.id, first - after - 1))
        for seq, data in self._kept:
            if seq > after:
                outbox.offer(queue, Told(queue.id, data, seq))

    async def _run(self) -> None:
        while True:
            try:
                async for data in self._source():
                    self._tell(data)
            except HeddleError as error:  # the journal may be away for a while
                log.warning("A topic can't be listened to just now: %s", error)
            except Exception as error:
                log.error("What a topic is heard from failed.", exc_info=error)
            self._lose()
            await asyncio.sleep(PAUSE)

    def _lose(self) -> None:
        """Say that nobody knows what happened meanwhile."""
        self._seq += 1
        self._kept.clear()
        for queue, outbox in self._hearing.items():
            outbox.say(Missed(queue.id, None))

    def _tell(self, data: Any) -> None:
        self._seq += 1
        self._kept.append((self._seq, data))
        for queue, outbox in self._hearing.items():
            outbox.offer(queue, Told(queue.id, data, self._seq))
