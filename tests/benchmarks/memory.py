"""How much Python allocated in between: at the peak, and what was kept."""

import gc
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Allocated:
    """Bytes allocated beyond what was there at the beginning: the most, and those at the end."""

    peak: int = 0
    kept: int = 0


@contextmanager
def allocated() -> Iterator[Allocated]:
    """Watch every allocation; slow, so nothing is timed in here."""
    gc.collect()
    watched = Allocated()
    tracemalloc.start()
    try:
        yield watched
        _, watched.peak = tracemalloc.get_traced_memory()
        gc.collect()
        watched.kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
