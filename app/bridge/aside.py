"""Blocking work beside an event loop, on threads that no end of the program waits for."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


async def aside(work: Callable[[*Ts], T], *given: *Ts) -> T:
    """Like `asyncio.to_thread`, whose pool would be waited for when the interpreter ends."""
    promise: Future[T] = Future()
    promise.set_running_or_notify_cancel()

    def do() -> None:
        try:
            promise.set_result(work(*given))
        except BaseException as error:  # noqa: BLE001 - whoever waits for it is told
            promise.set_exception(error)

    threading.Thread(target=do, name=f"aside: {work.__name__}", daemon=True).start()
    return await asyncio.wrap_future(promise)
