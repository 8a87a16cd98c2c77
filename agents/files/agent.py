"""Reads, writes, finds and deletes files, all of it off the loop."""

import asyncio
import datetime
import os
import stat
from typing import ClassVar, TypedDict

from agents import disk
from agents.contract import Grants, Health, Means
from agents.errors import Rejected
from agents.files.listing import matching
from agents.folders import Folders, Place
from agents.worker import Worker, capability


class FileEntry(TypedDict):
    """A file found: `path` as a block would take it, `size` in bytes."""

    path: str
    name: str
    size: int
    modified: datetime.datetime


class FilesAgent(Worker):
    """Works in the granted folders and nowhere else. Every method raises AgentError."""

    kind: ClassVar[str] = "files"
    title: ClassVar[str] = "Files"

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self._folders = Folders(grants)

    async def health(self, *, deep: bool = False) -> Health:
        """Deep: whether the granted folders are there."""
        granted = (*self.grants.reads, *self.grants.writes) if deep else ()
        missing = await asyncio.to_thread(_missing, granted)
        if missing:
            return Health("degraded", f"Not there: {', '.join(missing)}. Make it, or grant less.")
        return Health("ok")

    @capability("read")
    async def read(self, path: str, size_limit: int) -> bytes:
        """What a file holds, at most `size_limit` bytes."""
        place = self._folders.readable(path)
        return await asyncio.to_thread(disk.read, place, size_limit)

    @capability("write")
    async def write(self, path: str, content: bytes, mode: disk.Mode = "replace") -> str:
        """Write a whole file at once, and its folders where missing; gives its path."""
        place = self._folders.writable(path)
        await asyncio.to_thread(disk.write, place, content, mode)
        return self._folders.shown(place.path)

    @capability("write")
    async def append(self, path: str, content: bytes) -> int:
        """Put content at the end of a file, made when missing; gives its new size in bytes."""
        place = self._folders.writable(path)
        return await asyncio.to_thread(disk.append, place, content)

    @capability("read")
    async def exists(self, path: str) -> bool:
        """Whether there is a file or folder."""
        place = self._folders.readable(path)
        return await asyncio.to_thread(_is_there, place)

    @capability("write")
    async def delete(self, path: str) -> bool:
        """Delete a file (a link itself); gives whether there was one."""
        place = self._folders.writable(path, follow=False)
        return await asyncio.to_thread(disk.delete, place)

    @capability("read")
    async def find(self, pattern: str, *, newest_first: bool, file_limit: int) -> list[FileEntry]:
        """The files that match a pattern (see `agents.files.listing`), by path or age."""
        return await asyncio.to_thread(self._find, pattern, newest_first, file_limit)

    @capability("read")
    async def read_many(
        self, pattern: str, *, file_limit: int, size_limit: int
    ) -> list[tuple[FileEntry, bytes]]:
        """The files that match, with what they hold: at most `size_limit` bytes in all."""
        return await asyncio.to_thread(self._read_many, pattern, file_limit, size_limit)

    def _find(self, pattern: str, newest_first: bool, file_limit: int) -> list[FileEntry]:
        entries = [entry for _, entry in self._entries(pattern, file_limit)]
        if newest_first:
            entries.sort(key=lambda entry: entry["modified"], reverse=True)
        return entries

    def _read_many(
        self, pattern: str, file_limit: int, size_limit: int
    ) -> list[tuple[FileEntry, bytes]]:
        left, read = size_limit, list[tuple[FileEntry, bytes]]()
        for place, entry in self._entries(pattern, file_limit):
            content = disk.read(place, size_limit)
            left -= len(content)
            if left < 0:
                raise Rejected(
                    f"The files that match {pattern} hold more than {size_limit:,} bytes.",
                    cure="Raise `size_limit`.",
                )
            read.append((entry, content))
        return read

    def _entries(self, pattern: str, file_limit: int) -> list[tuple[Place, FileEntry]]:
        """Places and entries; a file that went away meanwhile is not among them."""
        places = matching(self._folders, pattern, file_limit)
        found = ((place, disk.status(place)) for place in places)
        return [
            (place, self._entry(place, status))
            for place, status in found
            if status is not None and stat.S_ISREG(status.st_mode)
        ]

    def _entry(self, place: Place, status: os.stat_result) -> FileEntry:
        return FileEntry(
            path=self._folders.shown(place.path),
            name=place.parts[-1],
            size=status.st_size,
            modified=datetime.datetime.fromtimestamp(status.st_mtime, datetime.UTC),
        )


def _missing(paths: tuple[str, ...]) -> list[str]:
    return [path for path in paths if not os.path.exists(path)]


def _is_there(place: Place) -> bool:
    try:
        return not place.parts or disk.status(place) is not None
    except Rejected:  # a path through what is no folder, or one too long, leads nowhere
        return False
