"""What is logged while a server runs, for whoever sits at its terminal or keeps its output."""

import contextlib
import logging
import sys
from collections.abc import Iterator

LOGGERS = logging.getLogger("heddle")
"""Above all of Heddle's own."""


@contextlib.contextmanager
def logged() -> Iterator[None]:
    """Write what is logged to the standard error, unless somebody else sees to it already."""
    if LOGGERS.hasHandlers():
        yield
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s  %(message)s", "%Y-%m-%d %H:%M:%S"))
    level = LOGGERS.level
    LOGGERS.addHandler(handler)
    LOGGERS.setLevel(logging.INFO)
    try:
        yield
    finally:
        LOGGERS.removeHandler(handler)
        LOGGERS.setLevel(level)
