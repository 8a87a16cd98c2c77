"""Deeds kept in a file while their tables are away, each on a line."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from runtime.access.deeds import Deed
from runtime.secrets.private import locked

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Deed).decode


class Spool:
    """One file of a home, whoever writes to it; nobody but its user can read it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = file.with_name(f"{file.name}.lock")

    def add(self, deeds: Sequence[Deed]) -> None:
        """Keep deeds; they are durable on return."""
        # The line before may have been cut off.
        lines = b"\n" + b"".join(_encode(deed) + b"\n" for deed in deeds)
        with locked(self._lock):
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            with open(os.open(self._file, flags, 0o600), "ab") as file:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())

    @contextlib.contextmanager
    def emptied(self) -> Iterator[Sequence[Deed]]:
        """The deeds that are kept; they are gone once whoever takes them is done with no error.

        A process that is killed meanwhile leaves them to be taken once more: their requests say
        that they are the same.
        """
        if not self._file.exists():
            yield ()
            return
        with locked(self._lock):
            yield tuple(self._deeds())
            self._file.unlink(missing_ok=True)

    def _deeds(self) -> Iterator[Deed]:
        for line in self._file.read_bytes().splitlines() if self._file.exists() else ():
            with contextlib.suppress(msgspec.DecodeError):  # what was cut off in the middle
                yield _decode(line)
