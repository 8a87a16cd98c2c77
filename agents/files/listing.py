"""Files that match a pattern, found without leaving the granted folders."""

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase

from agents.disk import failure
from agents.errors import NotGranted, Rejected
from agents.folders import RESOURCES, Folders, Place
from graph.errors import BadInput

_WILD = frozenset("*?[")


def matching(folders: Folders, pattern: str, limit: int) -> list[Place]:
    """The places of the files that match, by path.

    `*` and `?` stay within a name, `**` goes through folders of any depth; a folder means what
    is in it. Hidden files must be asked for by a dot. A link that leads out of what is granted
    is left out. Raises NotGranted, and Rejected for more than `limit` files.
    """
    base, parts = _split(pattern)
    start = folders.readable(base or ".")
    if not parts and os.path.isdir(start.path):
        parts = ["*"]
    found = dict[str, Place]()
    for path in _walk(start.path, parts) if parts else _one(start.path):
        place = _granted(folders, path)
        if place is not None:
            found[place.path] = place
        if len(found) > limit:
            raise Rejected(
                f"More than {limit:,} files match {pattern}.", cure="Raise `file_limit`."
            )
    return [found[path] for path in sorted(found)]


def _split(pattern: str) -> tuple[str, list[str]]:
    """The folder before the first wildcard, and the parts from there on."""
    scheme = RESOURCES if pattern.startswith(RESOURCES) else ""
    parts = pattern.removeprefix(scheme).replace(os.sep, "/").split("/")
    first = next((n for n, part in enumerate(parts) if _WILD & set(part)), len(parts))
    if ".." in parts[first:]:
        raise BadInput(f"{pattern}: `..` can't stand behind a wildcard.")
    base = "/" if parts[:first] == [""] else "/".join(parts[:first])
    return scheme + base, _without_repeats(parts[first:])


def _without_repeats(parts: list[str]) -> list[str]:
    """`**/**` says nothing that `**` doesn't, and takes long to say it."""
    kept = [part for part in parts if part]
    return [p for n, p in enumerate(kept) if not (p == "**" and n and kept[n - 1] == "**")]


def _one(path: str) -> Iterator[str]:
    if os.path.isfile(path):
        yield path


def _walk(folder: str, parts: list[str]) -> Iterator[str]:
    head, *rest = parts
    if head == "**":
        yield from _walk(folder, rest or ["*"])
        for entry in _entries(folder):
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                yield from _walk(entry.path, parts)
        return
    for entry in _entries(folder):
        if not _fits(entry.name, head):
            continue
        if rest:
            if entry.is_dir():
                yield from _walk(entry.path, rest)
        elif entry.is_file():
            yield entry.path


def _fits(name: str, part: str) -> bool:
    hidden = name.startswith(".") and not part.startswith(".")
    return not hidden and fnmatchcase(name, part)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """What is in a folder; nothing for one that is gone or closed to us, as `ls` would go on."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
    except OSError as error:
        raise failure(error, folder) from error


def _granted(folders: Folders, path: str) -> Place | None:
    try:
        return folders.found(path)
    except NotGranted:
        return None
