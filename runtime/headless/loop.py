"""An event loop for one command, which lets go of everything when the command is interrupted."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


class Interrupted(Exception):
    """Somebody asked the process to end. What was under way has been left in good order."""


def waited(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives. Raises Interrupted at Ctrl-C and SIGTERM, once it has let go.

    A second Ctrl-C doesn't wait for that.
    """
    with asyncio.Runner(loop_factory=_quick_loop()) as runner:
        task = runner.get_loop().create_task(work)
        with _terminated(lambda: runner.get_loop().call_soon_threadsafe(task.cancel)):
            try:
                return runner.run(_result(task))
            except (KeyboardInterrupt, asyncio.CancelledError):
                raise Interrupted from None


async def _result(task: "asyncio.Task[T]") -> T:
    return await task  # when this is cancelled, so is the task


def _quick_loop() -> Any:
    """What makes loops: uvloop's where it exists."""
    with contextlib.suppress(ImportError):
        import uvloop  # noqa: PLC0415 - not on Windows

        return uvloop.new_event_loop
    return None


@contextlib.contextmanager
def _terminated(end: Callable[[], object]) -> Iterator[None]:
    """Call at SIGTERM. Ctrl-C is asyncio's own business."""
    try:
        before = signal.signal(signal.SIGTERM, lambda *_: end())
    except ValueError:  # not the main thread: nobody signals this one
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
