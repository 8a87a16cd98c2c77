"""Brings drafts from the system's memory to the disk, at most once a second, beside all else."""

import contextlib
import os
import threading
from collections.abc import Iterable
from pathlib import Path

PAUSE = 1.0


class Syncer:
    """A thread of its own: the studio never waits for a disk because of a draft."""

    def __init__(self, pause: float = PAUSE) -> None:
        self._pause = pause
        self._due: dict[Path, list[Path]] = {}
        self._change = threading.Condition()
        self._over = False
        self._thread: threading.Thread | None = None

    def soon(self, path: Path, then_remove: Iterable[Path] = ()) -> None:
        """Bring a file to the disk, and only then remove those it takes the place of."""
        with self._change:
            self._due.setdefault(path, []).extend(then_remove)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="drafts", daemon=True)
                self._thread.start()
            self._change.notify()

    def close(self) -> None:
        """Do what is due, and end."""
        with self._change:
            self._over = True
            self._change.notify()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while self._wait():
            with self._change:
                due, self._due = self._due, {}
            for path, replaced in due.items():
                if _synced(path):
                    for old in replaced:
                        old.unlink(missing_ok=True)

    def _wait(self) -> bool:
        """Wait for something to do, then for more of it; whether there is any."""
        with self._change:
            self._change.wait_for(lambda: self._due or self._over)
            if not self._over:
                self._change.wait_for(lambda: self._over, self._pause)
            return bool(self._due)


def _synced(path: Path) -> bool:
    with contextlib.suppress(OSError):  # gone already, or a disk that will say so when written to
        with path.open("r+b") as file:
            os.fsync(file.fileno())
        return True
    return False
