"""The files of a folder: found, read, replaced whole; no link is followed, and none is touched."""

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from agents import disk
from agents.errors import AgentError, Rejected
from agents.folders import Place
from agents.swarm.studio_bridge.folder.names import is_script, placed_at
from agents.swarm.studio_bridge.folder.shapes import OnDisk
from agents.swarm.studio_bridge.paths import SERVICES, fitting
from agents.swarm.studio_bridge.shapes import LONGEST_SOURCE
from graph.errors import BadInput

MOST = 20_000
"""Files of a folder."""
LARGEST = 4 * LONGEST_SOURCE + 8
"""Bytes of one."""
FRESH = 2.0
"""Seconds for which a file is read again and again: its time may not tell of a second change."""

Signature = tuple[int, int, int]


class Disk:
    """The folder `root`, whose own path has no links. Calls block, and raise AgentError."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._seen = dict[str, tuple[Signature, OnDisk]]()

    def files(self) -> dict[str, OnDisk]:
        """All scripts in it, by file. What is the same as in the last look isn't read again.

        A link is there as a file that can't be read; one with / at its end leads to a folder.
        """
        seen = dict[str, tuple[Signature, OnDisk]]()
        fresh = set[str]()
        found = dict[str, OnDisk]()
        for entry, file in self._scripts():
            if (shown := _as_text(file)) != file:
                found[shown] = OnDisk(None, problem=f"{shown} has a name that is no UTF-8.")
            elif entry.is_symlink():
                found[file] = OnDisk(None, problem=f"{file} is a link, and links are left alone.")
            elif (status := _status(entry)) is not None:
                seen[file] = self._known(file, status) or (_signed(status), self._read(file))
                if abs(time.time() - status.st_mtime) < FRESH:
                    fresh.add(file)
        self._seen = {file: one for file, one in seen.items() if file not in fresh}
        return found | {file: one for file, (_, one) in seen.items()}

    def text(self, file: str) -> str:
        """What a file holds. Raises Rejected for what is no text."""
        try:
            content = disk.read(self._place(file), LARGEST)
            return content.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise Rejected(f"{file} is no text in UTF-8.", cure="Save it as UTF-8.") from error

    def digest(self, file: str) -> str:
        """That of what a file holds, "" where there is none."""
        try:
            return digest_of(self.text(file))
        except disk.Missing:
            return ""

    def write(self, file: str, text: str) -> None:
        """Have a file hold a text, all of it or none."""
        disk.write(self._place(file), text.encode())

    def rename(self, file: str, to: str) -> None:
        """Give a file another name in its own folder, on disks too for which both are one."""
        place, other = self._place(file), self._place(to)
        if place.parts[:-1] != other.parts[:-1]:
            raise Rejected(f"{to} is {file} on some disks, and can't be told apart there.")
        with disk.saying(place), disk.spot_of(place) as spot:
            os.rename(
                spot.prefix + place.parts[-1], spot.prefix + other.parts[-1],
                src_dir_fd=spot.folder, dst_dir_fd=spot.folder,
            )  # fmt: skip

    def delete(self, file: str) -> None:
        """Have a file be gone, and the folders that held nothing else, but for the services'."""
        place = self._place(file)
        disk.delete(place)
        for depth in range(len(place.parts) - 1, 1, -1):
            if not self._removed(Place(place.root, place.parts[:depth], file)):
                break

    def _removed(self, place: Place) -> bool:
        """Whether a folder was empty, and is gone."""
        try:
            with disk.spot_of(place) as spot:
                os.rmdir(spot.prefix + place.parts[-1], dir_fd=spot.folder)
        except OSError:
            return False
        return True

    def _scripts(self) -> Iterator[tuple[os.DirEntry[str], str]]:
        """What are scripts by their names, and links to folders. Raises Rejected."""
        folders, found = [""], 0
        while folders:
            folder = folders.pop()
            for entry in self._listed(folder):
                file = f"{folder}{entry.name}"
                if (not folder and entry.name not in SERVICES) or entry.name.startswith("."):
                    continue
                is_text = _as_text(entry.name) == entry.name
                if is_text and entry.is_dir(follow_symlinks=False):
                    folders.append(f"{file}/")
                elif is_script(file):
                    found += 1
                    yield entry, file
                elif entry.is_symlink() or entry.is_dir():
                    yield entry, f"{file}/"
            if found > MOST:
                raise Rejected(f"The folder holds more than {MOST:,} scripts.")

    def _listed(self, folder: str) -> list[os.DirEntry[str]]:
        """What is in a folder. One below that is gone by now is empty; else Rejected is raised."""
        try:
            with os.scandir(self._root / folder) as entries:
                return list(entries)
        except OSError as error:
            if folder and isinstance(error, FileNotFoundError):
                return []
            raise _unseen(self._root / folder, error) from error

    def _known(self, file: str, status: os.stat_result) -> tuple[Signature, OnDisk] | None:
        known = self._seen.get(file)
        return known if known is not None and known[0] == _signed(status) else None

    def _read(self, file: str) -> OnDisk:
        try:
            placed = placed_at(file)
            return OnDisk(digest_of(fitting(file, self.text(file))), placed)
        except (BadInput, AgentError) as error:
            return OnDisk(None, problem=str(error))

    def _place(self, file: str) -> Place:
        return Place(str(self._root), tuple(file.split("/")), file)


def _as_text(name: str) -> str:
    """A name as one that can be told and kept; on Linux a name may be any bytes."""
    return name.encode(errors="replace").decode()


def _signed(status: os.stat_result) -> Signature:
    return status.st_mtime_ns, status.st_size, status.st_ino


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    """None for what is gone by now. Raises Rejected."""
    try:
        return entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unseen(entry.path, error) from error


def _unseen(path: str | Path, error: OSError) -> Rejected:
    return Rejected(
        f"{path} can't be looked at: {(error.strerror or '').lower()}.",
        cure="Nothing was changed; it goes on once that can be done.",
    )


def digest_of(text: str) -> str:
    """The same for texts that differ in the ends of their lines only."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode(errors="surrogatepass")).hexdigest()
