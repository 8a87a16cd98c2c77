"""A thread for calls that wait for a disk, which does one after the other."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Clerk:
    """Handing it something costs a third of what a pool does, which counts for each event."""

    def __init__(self) -> None:
        self._asked = queue.SimpleQueue[tuple[Callable[[], Any], asyncio.Future[Any]] | None]()
        self._thread = threading.Thread(target=self._work, name="events", daemon=True)

    def begin(self) -> None:
        """Start."""
        self._thread.start()

    def do(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        """Have it do something; gives what comes of it, or raises what it raised."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._asked.put((work, done))
        return done

    async def close(self) -> None:
        """Let it finish what it was asked for."""
        self._asked.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            work, done = asked
            result, error = None, None
            try:
                result = work()
            except Exception as raised:  # noqa: BLE001 - whoever asked is told
                error = raised
            with contextlib.suppress(RuntimeError):  # nobody waits where the loop is closed
                done.get_loop().call_soon_threadsafe(_settle, done, result, error)


def _settle(done: "asyncio.Future[Any]", result: Any, error: Exception | None) -> None:
    if done.done():  # whoever asked has gone
        return
    if error is not None:
        done.set_exception(error)
    else:
        done.set_result(result)
