"""Files that nobody but their owner may read, written as a whole or not at all."""

import contextlib
import glob
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from runtime.locking import lock
from runtime.secrets.keep import Exposed

_HAS_MODES = os.name == "posix"
"""Elsewhere a user's own folder is closed to others by the system."""


def read_private(path: Path, *, may_be_read: bool = False) -> bytes | None:
    """What is in the file, None when there is none.

    Raises Exposed when others may read it; with `may_be_read` only when they may write it.
    """
    try:
        with path.open("rb") as file:
            _refuse_exposed(path, os.fstat(file.fileno()), may_be_read)
            return file.read()
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise Exposed(
            f"{path} belongs to somebody else.", cure=f"Make it yours: chown $USER {path}"
        ) from error


def write_private(path: Path, content: bytes, *, previous: Path | None = None) -> None:
    """Put the content in the place of what was there, which is kept as `previous`.

    Whoever writes has the file alone, see `locked`: what a writer that was killed left behind
    holds secrets too, and is taken away.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for name in (path, previous) if previous is not None else (path,):
        for left in path.parent.glob(f".{glob.escape(name.name)}.*.tmp"):
            left.unlink(missing_ok=True)
    fresh = _beside(path)
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if previous is not None and path.exists():
            _keep(path, previous)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    _sync(path.parent)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Have what the lock file stands for to oneself, among all threads and processes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0) as file:
        lock(file, wait=True)
        yield


def _refuse_exposed(path: Path, state: os.stat_result, may_be_read: bool) -> None:
    open_to_others = stat.S_IWGRP | stat.S_IWOTH if may_be_read else stat.S_IRWXG | stat.S_IRWXO
    if _HAS_MODES and state.st_mode & open_to_others:
        verb = "change" if may_be_read else "read"
        raise Exposed(
            f"Others may {verb} {path}, so it isn't used.",
            cure=f"Close it: chmod 600 {path}. If others had access, replace what is in it.",
        )


def _keep(path: Path, previous: Path) -> None:
    """Give the present content a second name, by which it outlives its replacement."""
    older = _beside(previous)
    try:
        older.hardlink_to(path)
    except OSError:  # not every file system has second names
        with open(os.open(older, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(path.read_bytes())
    older.replace(previous)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")


def _sync(folder: Path) -> None:
    """Make the new name durable; Windows does so by itself."""
    if _HAS_MODES:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
