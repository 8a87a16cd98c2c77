"""Running services as small files in the home of one machine: their age is the sign of life."""

import contextlib
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from runtime.ownership import is_gone
from runtime.services.registry.shapes import GONE, Process, Seen


class FileBoard:
    """One file for each process, readable for this user alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "services"
        self._noted: Process | None = None

    async def note(self, process: Process) -> None:
        path = self._file(process.owner)
        if process == self._noted:
            with contextlib.suppress(FileNotFoundError):  # somebody tidied up: it is written anew
                os.utime(path)
                return
        _write(path, msgspec.json.encode(process))
        self._noted = process

    async def seen(self) -> Sequence[Seen]:
        return [seen for path in sorted(self._folder.glob("*.json")) if (seen := self._seen(path))]

    async def leave(self, owner: str) -> None:
        self._file(owner).unlink(missing_ok=True)

    def close(self) -> None:
        pass

    def _seen(self, path: Path) -> Seen | None:
        try:
            ago = time.time() - path.stat().st_mtime
            process = msgspec.json.decode(path.read_bytes(), type=Process)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError:  # nothing that we wrote
            return None
        if ago > GONE or is_gone(process.owner):
            path.unlink(missing_ok=True)
            return None
        return Seen(process, ago)

    def _file(self, owner: str) -> Path:
        return self._folder / f"{re.sub(r'[^A-Za-z0-9.-]', '_', owner)}.json"


def _write(path: Path, content: bytes) -> None:
    """Write a file, so that whoever reads it finds it whole."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    fresh.replace(path)
