"""The end of the program: no thread of the interpreters may be on its way into Python then."""

import sys
import threading
import time
from pathlib import Path

PAUSE = 0.01
"""Seconds between two looks; a thread that waits for Python stirs every 5 ms meanwhile."""

LONGEST = 2.0
"""Seconds after which the program ends all the same."""

_TASKS = Path("/proc/self/task")
_NAME = "tokio-rt-worker"

Doings = dict[str, tuple[str, ...]]


def let_threads_leave(longest: float = LONGEST) -> None:
    """Come back once the threads that bring the interpreters' answers are at rest.

    Such a thread hands an answer over in Python, and as that wakes the main thread, the program
    may be over before the thread has left again. Whoever finds Python gone on the way back is
    ended in the middle of Rust code, which aborts the process: exit code 134 after all went well.
    Sleeping lets go of Python, so each has its turn; at rest is who did nothing for a pause.
    """
    if not _TASKS.is_dir():
        time.sleep(5 * PAUSE)  # nobody tells what the threads do: let them do it
    until = time.monotonic() + longest
    before: Doings = {}
    while time.monotonic() < until:
        now = _doings()
        if now is not None and now == before:
            return
        before = now or before
        time.sleep(PAUSE)


def _doings() -> Doings | None:
    """How often each of the threads went to sleep so far; None when one is at work."""
    known = {thread.ident for thread in threading.enumerate()}
    if sys._current_frames().keys() - known:
        return None
    slept: Doings = {}
    for task in _TASKS.iterdir() if _TASKS.is_dir() else ():
        try:
            status = (task / "status").read_text().splitlines()
        except OSError:
            continue  # it has just ended
        if status[0].endswith(_NAME):
            if not any(line.startswith("State:\tS") for line in status):
                return None
            slept[task.name] = tuple(line for line in status if "ctxt_switches" in line)
    return slept
