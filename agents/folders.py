"""Which paths a flow may touch: every path resolved, and inside a granted folder or refused."""

import os
from collections.abc import Iterable

import msgspec

from agents.contract import Grants
from agents.errors import NotGranted, Unavailable
from graph.errors import BadInput

RESOURCES = "heddle:"
"""Starts a path inside the resources that come with Heddle: readable by every flow."""


class Place(msgspec.Struct, frozen=True):
    """A path that may be touched: `parts` lead there from the granted folder `root`.

    Nothing in it was a link when it was resolved, so whoever walks the parts can insist that
    nothing is one (see `agents.disk`). `shown` is the path as the flow wrote it.
    """

    root: str
    parts: tuple[str, ...]
    shown: str

    @property
    def path(self) -> str:
        return os.path.join(self.root, *self.parts)


class Folders:
    """The granted folders. Relative paths start at `grants.folder`."""

    def __init__(self, grants: Grants) -> None:
        self._folder = os.path.realpath(grants.folder)
        self._resources = os.path.realpath(grants.resources) if grants.resources else ""
        self._writes = _resolved(grants.writes)
        self._reads = (*self._writes, *_resolved(grants.reads), *_some(self._resources))

    def readable(self, path: str) -> Place:
        """The place of a path that may be read. Raises NotGranted, and BadInput for no path."""
        _check(path)
        if path.startswith(RESOURCES):
            return self._resource(path)
        return self._inside(self._reads, _resolve(self._absolute(path)), path, "read")

    def writable(self, path: str, *, follow: bool = True) -> Place:
        """The place of a path that may be changed; `follow=False` means a link, not its target.

        Raises NotGranted, and BadInput for no path.
        """
        _check(path)
        if path.startswith(RESOURCES):
            raise NotGranted(
                f"{path} comes with Heddle and can only be read.",
                cure="Write to a folder of your own.",
            )
        absolute = self._absolute(path)
        resolved = _resolve(absolute) if follow else _link_itself(absolute)
        return self._inside(self._writes, resolved, path, "write")

    def may_write(self, place: Place) -> bool:
        """Whether what is at a readable place may be changed, too."""
        return any(_is_inside(place.path, root) for root in self._writes)

    def found(self, path: str) -> Place:
        """The place of an absolute path that was come across, not asked for. Raises NotGranted."""
        resolved = _resolve(path)
        return self._inside(self._reads, resolved, self.shown(resolved), "read")

    def shown(self, path: str) -> str:
        """A resolved path the way a flow would write it: short where it can be."""
        if self._resources and _is_inside(path, self._resources):
            return RESOURCES + _posix(os.path.relpath(path, self._resources))
        if _is_inside(path, self._folder):
            return _posix(os.path.relpath(path, self._folder))
        return _posix(path)

    def _absolute(self, path: str) -> str:
        home = path == "~" or path.startswith("~/")
        return os.path.join(self._folder, os.path.expanduser(path) if home else path)

    def _resource(self, path: str) -> Place:
        rest = path.removeprefix(RESOURCES).lstrip("/\\")
        if not self._resources:
            raise NotGranted(f"{path}: no resources come with this run.")
        resolved = _resolve(os.path.join(self._resources, rest))
        if not _is_inside(resolved, self._resources):
            raise NotGranted(f"{path} leads out of the resources that come with Heddle.")
        return _place(self._resources, resolved, path)

    def _inside(self, roots: Iterable[str], resolved: str, shown: str, verb: str) -> Place:
        for root in roots:
            if _is_inside(resolved, root):
                return _place(root, resolved, shown)
        elsewhere = "" if _same(resolved, self._absolute(shown)) else f" (which is {resolved})"
        folder = resolved if os.path.isdir(resolved) else os.path.dirname(resolved)
        raise NotGranted(
            f"The flow may not {verb} {shown}{elsewhere}.",
            cure=f"If it should, run it with --allow-{verb} {folder}",
        )


def _check(path: str) -> None:
    if not path.strip() or "\0" in path:
        raise BadInput("The path is empty." if not path.strip() else "A path can't hold NUL.")


def _some(path: str) -> tuple[str, ...]:
    return (path,) if path else ()


def _resolved(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(os.path.realpath(path) for path in paths))


def _link_itself(absolute: str) -> str:
    folder, name = os.path.split(os.path.normpath(absolute))
    return os.path.join(_resolve(folder), name)


def _resolve(path: str) -> str:
    """The path without links, `.` and `..`; what isn't there yet stays as it is."""
    try:
        return os.path.realpath(path)
    except OSError as error:  # a link went away between two looks at it
        raise Unavailable(f"{path} changed while it was looked up.") from error


def _is_inside(path: str, root: str) -> bool:
    path, root = os.path.normcase(path), os.path.normcase(root)
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def _same(one: str, other: str) -> bool:
    return os.path.normcase(one) == os.path.normcase(os.path.normpath(other))


def _place(root: str, resolved: str, shown: str) -> Place:
    """A granted file is a name in its folder, so that every place has a folder and a name."""
    if os.path.normcase(resolved) == os.path.normcase(root):
        root = os.path.dirname(resolved)
    rest = resolved[len(root) :].strip(os.sep)
    return Place(root, tuple(rest.split(os.sep)) if rest else (), shown)


def _posix(path: str) -> str:
    return path.replace(os.sep, "/")
