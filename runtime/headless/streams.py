"""The standard streams, made to forgive: odd characters, and readers who leave."""

import contextlib
import os
import sys
from io import TextIOWrapper


def write_anything() -> None:
    """A terminal that can't show a character gets a question mark, not an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def drop_output() -> None:
    """Keep Python from complaining, on its way out, that nobody reads what is left."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
