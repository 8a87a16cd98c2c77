"""The breakpoints of each flow, kept with the person's own things and not in the flow's file."""

import contextlib
import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path

import msgspec

from runtime.breakpoints import Breakpoint


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands in one file: the flow, for people, and its breakpoints."""

    flow: str
    breakpoints: tuple[Breakpoint, ...] = ()


_DECODER = msgspec.json.Decoder(Kept)


def key_of(path: Path | None, scratch: Path | None) -> str:
    """What those of a flow are kept under: its file, or the folder it has until then."""
    place = path or scratch
    return str(place.resolve()) if place else ""


class BreakpointStore:
    """One small file for each flow that has any."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, key: str) -> list[Breakpoint]:
        """The breakpoints of a flow. A file that can't be read is put aside."""
        file = self._file(key)
        try:
            return list(_DECODER.decode(file.read_bytes()).breakpoints)
        except msgspec.DecodeError:
            with contextlib.suppress(OSError):
                file.replace(file.with_suffix(".unreadable"))
        except OSError:
            pass
        return []

    def write(self, key: str, points: Sequence[Breakpoint]) -> None:
        """Keep these for a flow, whole or not at all. Raises OSError."""
        file = self._file(key)
        if not points:
            file.unlink(missing_ok=True)
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{secrets.token_hex(4)}.tmp")
        fresh.write_bytes(msgspec.json.encode(Kept(key, tuple(points))))
        fresh.replace(file)

    def _file(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.json"
