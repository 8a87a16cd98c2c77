"""Waiting for what is about to happen, never for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 20.0
"""Seconds after which what was waited for counts as not happening."""
PAUSE = 0.03


class NeverHappened(AssertionError):
    """What was waited for did not come."""


def until(happened: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """Ask again and again until the answer is true; gives the answer."""
    deadline = time.monotonic() + patience
    while not (answer := happened()):
        if time.monotonic() > deadline:
            raise NeverHappened(f"Waited {patience:.0f} s, but {what} never happened.")
        time.sleep(PAUSE)
    return answer
