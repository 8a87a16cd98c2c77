"""Ends a statement from outside: when its time is up, or when nobody waits for it any more."""

import contextlib
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg

INSTRUCTIONS = 20_000
"""Of SQLite's machine between two looks at the clock: well below a millisecond."""

LAST_WORD_SECONDS = 2.0
"""How long the server may take to end a statement when asked, before the line is cut."""


class Stop:
    """The end of one piece of work, set by a time limit in seconds or by `now`."""

    def __init__(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds
        self._asked = False
        self._connection: Any = None
        self._lock = threading.Lock()

    @property
    def left(self) -> float:
        """Seconds until the time is up; at least a millisecond."""
        return max(0.001, self._deadline - time.monotonic())

    @property
    def expired(self) -> bool:
        return self._asked or time.monotonic() >= self._deadline

    def check(self) -> None:
        """Between statements, and before what was done is kept. Raises TimeoutError."""
        if self.expired:
            raise TimeoutError

    @contextlib.contextmanager
    def watching(self, connection: Any) -> Iterator[None]:
        """Let what runs on the driver's connection in this block be ended."""
        if isinstance(connection, sqlite3.Connection):
            connection.set_progress_handler(lambda: self.expired, INSTRUCTIONS)
        with self._lock:
            self._connection = connection
        try:
            yield
        finally:
            with self._lock:
                self._connection = None

    def now(self) -> None:
        """End it. Blocks until the server was told; safe to call from any thread."""
        self._asked = True
        with self._lock:
            if isinstance(self._connection, sqlite3.Connection):
                self._connection.interrupt()
            elif isinstance(self._connection, psycopg.Connection):
                _cancel(self._connection)


def _cancel(connection: "psycopg.Connection[Any]") -> None:
    """Ask the server to end the statement; when it doesn't hear, cut the line."""
    try:
        connection.cancel_safe(timeout=LAST_WORD_SECONDS)
    except psycopg.Error:
        with contextlib.suppress(OSError), socket.socket(fileno=_copy(connection)) as line:
            line.shutdown(socket.SHUT_RDWR)


def _copy(connection: "psycopg.Connection[Any]") -> int:
    return socket.dup(connection.fileno())
