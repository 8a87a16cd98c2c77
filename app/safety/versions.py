"""Versions of a flow: those a person has named, and the backups that saving leaves."""

import contextlib
import hashlib
import time
from pathlib import Path
from typing import NamedTuple

import msgspec

from app.safety.reading import bare
from graph.errors import FlowFileError
from graph.file_format import read, write
from graph.flow import Flow
from runtime.flow_files import backups_of

SUFFIX = ".json"


class Kept(msgspec.Struct, frozen=True):
    """A named version as it is on disk: `flow` is the text of its file, `of` whose it is."""

    name: str
    at: float
    of: str
    flow: str


class Version(NamedTuple):
    """One version of a flow. Backups have no name. `at` is in seconds since the epoch."""

    name: str
    at: float
    path: Path

    @property
    def is_named(self) -> bool:
        return self.path.suffix == SUFFIX


_DECODER = msgspec.json.Decoder(Kept)


class Versions:
    """The named versions of every flow, in Heddle's own folder, each a file of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, flow: Path) -> list[Version]:
        """All versions of the flow of a file (or of a folder, before it has one), newest first."""
        found = [*self._named(flow), *_backups(flow)]
        return sorted(found, key=lambda version: version.at, reverse=True)

    def keep(self, flow: Path, name: str, value: Flow) -> Version:
        """Name how the flow is now. Raises OSError, and FlowFileError for what no file can hold."""
        folder = self._folder_of(flow)
        folder.mkdir(parents=True, exist_ok=True)
        at = time.time()
        kept = Kept(name, at, str(flow), write(bare(value)))
        path = folder / f"{time.time_ns()}{SUFFIX}"
        path.write_bytes(msgspec.json.encode(kept))
        return Version(name, at, path)

    def read(self, version: Version) -> Flow:
        """The flow as it was. Raises FlowFileError."""
        try:
            content = version.path.read_bytes()
            text = _DECODER.decode(content).flow.encode() if version.is_named else content
        except (OSError, msgspec.DecodeError) as error:
            raise FlowFileError(f"This version can't be read: {error}.") from error
        return read(text, name=version.name or "The backup")

    def remove(self, version: Version) -> None:
        """Delete a named version. Raises OSError."""
        version.path.unlink(missing_ok=True)

    def move(self, before: Path, after: Path) -> None:
        """The flow has come into another file: its versions go with it."""
        old, new = self._folder_of(before), self._folder_of(after)
        if old.is_dir():
            new.mkdir(parents=True, exist_ok=True)
            for path in old.iterdir():
                path.replace(new / path.name)
            with contextlib.suppress(OSError):
                old.rmdir()

    def _named(self, flow: Path) -> list[Version]:
        found = []
        for path in self._folder_of(flow).glob(f"*{SUFFIX}"):
            with contextlib.suppress(OSError, msgspec.DecodeError):
                kept = _DECODER.decode(path.read_bytes())
                found.append(Version(kept.name, kept.at, path))
        return found

    def _folder_of(self, flow: Path) -> Path:
        return self._folder / hashlib.sha256(str(flow).encode()).hexdigest()[:24]


def _backups(flow: Path) -> list[Version]:
    found = []
    for path in backups_of(flow):
        with contextlib.suppress(OSError):
            found.append(Version("", path.stat().st_mtime, path))
    return found
