"""What is to be sent to one client: bounded for each subscription, so that a slow one loses."""

import asyncio
from collections import deque

from runtime.services.websocket.messages import FromServer, Missed, Told

ROOM = 1_000
"""Messages that wait for a client, of each subscription."""


class Queue:
    """The messages of one subscription on their way."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.waiting = 0
        self.missed = 0
        self.room = asyncio.Event()
        self.room.set()


class Outbox:
    """Messages in the order they go out."""

    def __init__(self) -> None:
        self._messages = deque[tuple[Queue | None, FromServer]]()
        self.answers = 0
        """Messages that wait and belong to no subscription."""
        self._woken = asyncio.Event()

    def say(self, message: FromServer) -> None:
        """Send what is an answer: these are as many as the client's own messages."""
        self._put(None, message)

    def offer(self, queue: Queue, message: Told) -> None:
        """Send something that happened, or count it as missed where too much waits already."""
        if queue.waiting >= ROOM or (queue.missed and queue.waiting > ROOM // 2):
            queue.missed += 1
            return
        if queue.missed:
            self._put(None, Missed(queue.id, queue.missed))
            queue.missed = 0
        self._count(queue, message)

    async def hand(self, queue: Queue, message: FromServer) -> None:
        """Send once there is room: for what can be read again and so needn't be missed."""
        await queue.room.wait()
        self._count(queue, message)

    def settle(self, queue: Queue) -> None:
        """Say what was missed of a queue that has got room again."""
        if queue.missed and queue.waiting <= ROOM // 2:
            self._put(None, Missed(queue.id, queue.missed))
            queue.missed = 0

    def drop(self, queue: Queue) -> None:
        """Forget what waits of a subscription that is over."""
        self._messages = deque(one for one in self._messages if one[0] is not queue)
        queue.waiting = 0
        queue.room.set()

    async def next(self) -> FromServer:
        """The next message to go out."""
        while not self._messages:
            self._woken.clear()
            await self._woken.wait()
        queue, message = self._messages.popleft()
        if queue is None:
            self.answers -= 1
        else:
            queue.waiting -= 1
            if queue.waiting <= ROOM // 2:
                queue.room.set()
            self.settle(queue)
        return message

    def _count(self, queue: Queue, message: FromServer) -> None:
        queue.waiting += 1
        if queue.waiting >= ROOM:
            queue.room.clear()
        self._put(queue, message)

    def _put(self, queue: Queue | None, message: FromServer) -> None:
        self._messages.append((queue, message))
        self.answers += queue is None
        self._woken.set()
