"""Ends a server with the process that holds its standard input, however that one ended."""

import asyncio
import contextlib
import os
import threading
import time

PATIENCE = 15.0
"""Seconds that a server is given to end in good order when whoever started it is gone."""


def end_with_stdin(ending: asyncio.Event) -> None:
    """Set the event when the standard input ends. Who doesn't come to an end then, is ended."""
    loop = asyncio.get_running_loop()

    def read() -> None:
        _read_to_the_end()
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(ending.set)
        time.sleep(PATIENCE)
        os._exit(1)  # a block spins in the loop, and nobody is left to end the process

    threading.Thread(target=read, name="stdin", daemon=True).start()


def _read_to_the_end() -> None:
    """Without sys.stdin, whose lock a thread must not hold when the interpreter ends."""
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass  # there was none to begin with
