"""Files inside granted folders: read bounded, replaced whole or not at all, no link ever followed.

A `Place` was resolved when it was checked. Between that and the opening somebody may put a link
in its way; so every step of the path is opened from the one before, and a link fails.
"""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO, Literal, NamedTuple, Self

from agents.errors import AgentError, NotGranted, Refused, Rejected, Unavailable
from agents.folders import Place

Mode = Literal["replace", "new"]
"""replace: whatever was there; new: nothing may be there yet."""

_STEPS = os.open in os.supports_dir_fd
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # a pipe without a writer would wait for ever
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0)


class Spot(NamedTuple):
    """Where a name is looked up: in the opened folder, or by its whole path on Windows."""

    folder: int | None
    prefix: str


@contextlib.contextmanager
def spot_of(place: Place, *, make: bool = False) -> Iterator[Spot]:
    """The folder a place is in, opened step by step; `make` makes the folders that are missing."""
    if make:
        os.makedirs(place.root, exist_ok=True)
    if not _STEPS:
        folder = os.path.dirname(place.path)
        if make:
            os.makedirs(folder, exist_ok=True)
        yield Spot(None, folder + os.sep)
        return
    current = os.open(place.root, _FOLDER)
    try:
        for part in place.parts[:-1]:
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, dir_fd=current)
            following = os.open(part, _FOLDER | _NO_LINK, dir_fd=current)
            os.close(current)
            current = following
        yield Spot(current, "")
    finally:
        os.close(current)


def read(place: Place, limit: int) -> bytes:
    """What the file holds. Raises Rejected when it isn't there or holds more than `limit` bytes."""
    with saying(place), spot_of(place) as spot:
        descriptor = _open(spot, _name(place), os.O_RDONLY)
        with os.fdopen(descriptor, "rb") as file:
            _only_files(os.fstat(descriptor), place)
            content = file.read(limit + 1)
    if len(content) > limit:
        raise Rejected(
            f"{place.shown} holds more than {limit:,} bytes.", cure="Raise `size_limit`."
        )
    return content


def append(place: Place, content: bytes) -> int:
    """Put the content at the end of the file, which is made when missing; gives its new size."""
    with saying(place), spot_of(place, make=True) as spot:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        descriptor = _open(spot, _name(place), flags)
        with os.fdopen(descriptor, "ab") as file:
            _only_files(os.fstat(descriptor), place)
            file.write(content)
            _to_disk(file)
            return os.fstat(descriptor).st_size


def status(place: Place) -> os.stat_result | None:
    """What is at the place, None when nothing is."""
    try:
        with saying(place), spot_of(place) as spot:
            return os.stat(spot.prefix + _name(place), dir_fd=spot.folder, follow_symlinks=False)
    except Missing:
        return None


def delete(place: Place) -> bool:
    """Delete the file (a link itself, not its target); gives whether there was one."""
    try:
        with saying(place), spot_of(place) as spot:
            os.unlink(spot.prefix + _name(place), dir_fd=spot.folder)
    except Missing:
        return False
    return True


class Draft:
    """A file in the making, beside the one it is to become: `with Draft(place) as draft`.

    Until `keep` nobody sees it; left without `keep` it is gone, and what was there stays.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._name = f".heddle-{secrets.token_hex(8)}.part"
        self._held = contextlib.ExitStack()
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        with saying(self._place), contextlib.ExitStack() as opening:
            self._spot = opening.enter_context(spot_of(self._place, make=True))
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            self._file = opening.enter_context(os.fdopen(self._opened(flags), "wb"))
            self._held = opening.pop_all()
        return self

    def write(self, content: bytes) -> None:
        """Add to the file. Raises AgentError when the disk says no."""
        assert self._file is not None
        with saying(self._place):
            self._file.write(content)

    def keep(self, mode: Mode = "replace") -> None:
        """Make it the file at the place. Raises Rejected for `new` when there is one already."""
        assert self._file is not None
        target = self._spot.prefix + _name(self._place)
        with saying(self._place):
            self._like_before(self._file.fileno())
            _to_disk(self._file)
            self._file.close()
            if mode == "new":  # claims the name, which fails for whoever is second
                os.close(_open(self._spot, _name(self._place), os.O_CREAT | os.O_EXCL))
            folder = self._spot.folder
            os.replace(self._spot.prefix + self._name, target, src_dir_fd=folder, dst_dir_fd=folder)
            self._name = ""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._held, contextlib.suppress(OSError):
            if self._file is not None:
                self._file.close()
            if self._name:
                os.unlink(self._spot.prefix + self._name, dir_fd=self._spot.folder)

    def _opened(self, flags: int) -> int:
        return _open(self._spot, self._name, flags)

    def _like_before(self, descriptor: int) -> None:
        before = status(self._place)
        if before is not None:
            _only_files(before, self._place)
            if hasattr(os, "fchmod"):
                os.fchmod(descriptor, stat.S_IMODE(before.st_mode))


def write(place: Place, content: bytes, mode: Mode = "replace") -> None:
    """Write a whole file at once. `new` is content with a file that holds just that already.

    An interrupted `new` may have got through: doing it again must not fail on its own work.
    """
    try:
        with Draft(place) as draft:
            draft.write(content)
            draft.keep(mode)
    except Taken:
        if read(place, len(content) + 1) != content:
            raise


class Missing(Rejected):
    """There is no such file."""


class Taken(Rejected):
    """There is such a file already."""


@contextlib.contextmanager
def saying(place: Place) -> Iterator[None]:
    """Say what the operating system says, as an AgentError about the place."""
    try:
        yield
    except OSError as error:
        raise failure(error, place.shown) from error


def failure(error: OSError, path: str) -> AgentError:
    """What an error of the operating system means for a path."""
    match error.errno:
        case errno.ENOENT:
            return Missing(f"There is no file {path}.")
        case errno.EEXIST:
            return Taken(f"{path} is there already.", cure="Use mode `replace`, or another name.")
        case errno.EISDIR:
            return Rejected(f"{path} is a folder.")
        case errno.ELOOP:
            return NotGranted(f"{path} leads through a link that was put there meanwhile.")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return Refused(f"The system does not let Heddle touch {path}: {error.strerror}.")
        case errno.ENOSPC | errno.EDQUOT | errno.EIO | errno.EMFILE | errno.ENFILE:
            return Unavailable(f"{path}: {error.strerror}.")
        case _:
            return Rejected(f"{path}: {error.strerror}.")


def _name(place: Place) -> str:
    if not place.parts:
        raise Rejected(f"{place.shown} is a folder.")
    return place.parts[-1]


def _open(spot: Spot, name: str, flags: int) -> int:
    return os.open(spot.prefix + name, flags | _NO_LINK | _NO_WAIT, 0o666, dir_fd=spot.folder)


def _only_files(found: os.stat_result, place: Place) -> None:
    """Pipes and devices may never end; folders hold no bytes."""
    if stat.S_ISDIR(found.st_mode):
        raise Rejected(f"{place.shown} is a folder.")
    if not stat.S_ISREG(found.st_mode):
        raise Rejected(f"{place.shown} is no ordinary file.")


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
