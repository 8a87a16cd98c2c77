"""Flow files on disk: loaded with the files they refer to, saved so that nothing is lost.

HeddleError
├── FlowFileError           a file is missing, unreadable, no flow, or part of itself
└── NotSaved                the file could not be written; what was there is untouched
    └── ChangedMeanwhile    somebody else wrote it since it was loaded
"""

import contextlib
import difflib
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from graph.catalog import Catalog
from graph.errors import FlowFileError, HeddleError, Problem
from graph.file_format import FILE_SUFFIX, is_file, read, write
from graph.file_format.problems import refusal
from graph.file_format.syntax import LIMIT
from graph.flow import Flow

NOTHING = ""
"""The digest of a file that doesn't exist."""

BACKUPS = 5
_DEEPEST = 32
_FOLDER = Path(".heddle")  # beside the flow; git is told to look away


class NotSaved(HeddleError):
    """The file could not be written; what was there is untouched."""


class ChangedMeanwhile(NotSaved):
    """The file is not the one that was loaded: somebody else wrote or removed it."""


class FlowFile(msgspec.Struct, frozen=True):
    """A flow as loaded.

    `digest` is the hash of the file's content, to be handed to `save`; `files` are all files
    the flow came from, absolute, its own first: watch them to see a change.
    """

    path: Path
    flow: Flow
    digest: str
    files: tuple[Path, ...]


def load(path: str | Path, catalog: Catalog) -> FlowFile:
    """The flow in a file, with the flows it refers to put in under the names it uses.

    `catalog` says which fields name flows. Paths are relative to the file they stand in. Raises
    FlowFileError, NewerFormat.
    """
    path = Path(path)
    content = _content(path, str(path))
    own = _real(path)
    loader = _Loader(catalog, own.parent)
    flow = loader.resolved(read(content, name=str(path)), own.parent, (own,))
    loader.raise_if_any(str(path))
    return FlowFile(path, flow, _digest(content), (own, *loader.loaded))


def with_files(flow: Flow, folder: str | Path, catalog: Catalog, *, name: str = "The flow") -> Flow:
    """The flow with the files it refers to, for one that came from elsewhere than a file.

    Paths start at `folder`. Raises FlowFileError, in which `name` stands for the flow.
    """
    base = _real(folder)
    loader = _Loader(catalog, base)
    resolved = loader.resolved(flow, base, ())
    loader.raise_if_any(name)
    return resolved


def digest_of(path: str | Path) -> str:
    """The digest of what the file holds now, NOTHING when there is none. Raises FlowFileError."""
    content = _present(_real(path))
    return NOTHING if content is None else _digest(content)


def save(path: str | Path, flow: Flow, *, replacing: str = NOTHING, backups: int = BACKUPS) -> str:
    """Write the flow, whole or not at all, and give the file's new digest.

    `replacing` is the digest of what may be replaced: from `load`, from the last `save`, or
    `digest_of` after a person has agreed to overwrite. The last `backups` versions are kept in
    `.heddle/backups` beside the file. Raises ChangedMeanwhile, NotSaved, and FlowFileError for
    a flow that no file can hold.
    """
    content = write(flow, name=str(path)).encode()
    target = _real(path)  # the file itself, should the path be a link to it
    try:
        if _present(target) == content:
            return _digest(content)
        _refuse_other(target, replacing)
        with _written_beside(target, content) as fresh:
            _refuse_other(target, replacing)
            if replacing != NOTHING:
                _back_up(target, backups)
            fresh.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise NotSaved(f"{path} can't be saved: {_reason(error)}.", cure=_cure(error)) from error
    return _digest(content)


def backups_of(path: str | Path) -> tuple[Path, ...]:
    """The kept versions of a flow file, newest first."""
    target = _real(path)
    numbered = (_backup(target, number) for number in range(1, 1000))
    return tuple(_while_existing(numbered))


def _real(path: str | Path) -> Path:
    """The absolute path without links in it; unlike Path.resolve it takes a ring of links."""
    return Path(os.path.realpath(path))


# Loading


class _Reference(NamedTuple):
    """A field that names a flow file. `within` are the embedded flows around its block."""

    within: str
    block: str
    field: str
    name: str

    def __str__(self) -> str:
        return f"block {f'{self.within}/{self.block}'.lstrip('/')!r}"


class _Unusable(Exception):
    """A reference leads nowhere: why, as the end of a sentence about it, and the cure."""

    def __init__(self, reason: str, cure: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cure = cure


class _Loader:
    """One load: every file is read once, and all that is missing or circular is collected."""

    def __init__(self, catalog: Catalog, base: Path) -> None:
        self._catalog = catalog
        self._base = base
        self._problems: list[Problem] = []
        self._depths: dict[Path, int] = {}  # files on the longest way down from one, itself too
        self.loaded: dict[Path, Flow] = {}

    def raise_if_any(self, name: str) -> None:
        if self._problems:
            raise refusal(f"{name} can't be loaded", self._problems)

    def resolved(self, flow: Flow, folder: Path, trail: tuple[Path, ...], within: str = "") -> Flow:
        """The flow with files in place of references; `trail` are the files on the way to it."""
        flows = {
            name: self.resolved(inner, folder, trail, f"{within}/{name}".lstrip("/"))
            for name, inner in flow.flows.items()
        }
        for reference in self._references(flow, within):
            if reference.name not in flows:
                try:
                    flows[reference.name] = self._file(reference, folder, trail)
                except _Unusable as unusable:
                    self._problems.append(self._problem(reference, unusable, trail))
        return msgspec.structs.replace(flow, flows=flows) if flows else flow

    def _references(self, flow: Flow, within: str) -> Iterator[_Reference]:
        for block in flow.blocks.values():
            spec = self._catalog.get(block.kind)
            for parameter, name in spec.naming(block.fields) if spec else ():
                if is_file(name):
                    yield _Reference(within, block.id, parameter.name, name)

    def _file(self, reference: _Reference, folder: Path, trail: tuple[Path, ...]) -> Flow:
        """The flow in the file that is referred to. Raises _Unusable, FlowFileError."""
        name = reference.name
        if name.startswith("/") or any(mark in name for mark in "\\:\0"):
            cure = "Write it like lib/clean.flow.json."
            raise _Unusable(f"names {name!r}, which is no relative path", cure)
        path = _real(folder / name)
        if path in trail:
            ring = " → ".join(map(self._shown, (*trail[trail.index(path) :], path)))
            raise _Unusable(f"makes the flow a part of itself: {ring}", "Break the ring.")
        if len(trail) + self._depths.get(path, 1) > _DEEPEST:
            cure = "Put some of them together."
            raise _Unusable(f"leads more than {_DEEPEST} files deep", cure)
        if path not in self.loaded:
            self.loaded[path] = self._read(path, reference, trail)
        if trail:
            depth = 1 + self._depths.get(path, 1)
            self._depths[trail[-1]] = max(depth, self._depths.get(trail[-1], 1))
        return self.loaded[path]

    def _read(self, path: Path, reference: _Reference, trail: tuple[Path, ...]) -> Flow:
        user = f" of {self._shown(trail[-1])}" if trail else ""
        shown = f"{self._shown(path)} (used by {reference}{user})"
        content = _present(path, shown)
        if content is None:
            raise _Unusable(f"uses {reference.name!r}, which doesn't exist", _similar(path))
        return self.resolved(read(content, name=shown), path.parent, (*trail, path))

    def _problem(
        self, reference: _Reference, unusable: _Unusable, trail: tuple[Path, ...]
    ) -> Problem:
        if len(trail) > 1:  # the block is in another file
            message = f"{self._shown(trail[-1])}: {reference} {unusable.reason}."
            return Problem("file", message, unusable.cure)
        message = f"{reference} {unusable.reason}."
        within, block, field, _ = reference
        return Problem("file", message, unusable.cure, flow=within, block=block, field=field)

    def _shown(self, path: Path) -> str:
        return os.path.relpath(path, self._base).replace(os.sep, "/")


def _similar(path: Path) -> str:
    """The cure for a missing file: what is there instead."""
    # Compared without what all of them end in, or each would seem close.
    there = {file.name.removesuffix(FILE_SUFFIX) for file in path.parent.glob(f"*{FILE_SUFFIX}")}
    close = difflib.get_close_matches(path.name.removesuffix(FILE_SUFFIX), there, 1)
    return f"Did you mean {close[0]}{FILE_SUFFIX}?" if close else ""


def _content(path: Path, name: str) -> bytes:
    """The bytes of a file. Raises FlowFileError, in which `name` stands for it."""
    content = _present(path, name)
    if content is None:
        raise FlowFileError(f"There is no file {name}.", cure=_similar(path))
    return content


def _present(path: Path, name: str = "") -> bytes | None:
    """What the file holds, None when there is none. Raises FlowFileError when it can't be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            kind = "a folder" if path.is_dir() else "no ordinary file"
            raise FlowFileError(f"{name or path} is {kind}.", cure="Choose a .flow.json file.")
        with path.open("rb") as file:
            return file.read(LIMIT + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise FlowFileError(f"{name or path} can't be read: {_reason(error)}.") from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# Saving


def _refuse_other(target: Path, replacing: str) -> None:
    """Raises ChangedMeanwhile unless the file is the one that may be replaced."""
    content = _present(target)
    if (NOTHING if content is None else _digest(content)) == replacing:
        return
    if content is None:
        what, cure = "was removed since it was loaded", "Save it under this or another name."
    elif replacing == NOTHING:
        what, cure = "exists already", "Choose another name, or agree to replace it."
    else:
        what, cure = "was changed by somebody else since it was loaded", "Compare before replacing."
    raise ChangedMeanwhile(f"{target.name} {what}; it was not overwritten.", cure=cure)


@contextlib.contextmanager
def _written_beside(target: Path, content: bytes) -> Iterator[Path]:
    """A finished file beside the target, as readable as that one; gone afterwards if unused."""
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            if target.exists():
                fresh.chmod(stat.S_IMODE(target.stat().st_mode))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


def _backup(target: Path, number: int) -> Path:
    return target.parent / _FOLDER / "backups" / f"{target.name}.{number}"


def _back_up(target: Path, keep: int) -> None:
    """Make the present file the newest backup, at no cost: a second name for the same bytes."""
    if keep < 1:
        return
    newest = _backup(target, 1)
    newest.parent.mkdir(parents=True, exist_ok=True)
    ignore = newest.parent.parent / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")
    for number in range(keep, 0, -1):
        with contextlib.suppress(FileNotFoundError):
            _backup(target, number).replace(_backup(target, number + 1))
    _backup(target, keep + 1).unlink(missing_ok=True)
    try:
        newest.hardlink_to(target)
    except OSError:  # not every file system has second names
        newest.write_bytes(target.read_bytes())


def _while_existing(paths: Iterator[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.exists():
            return
        yield path


def _sync_folder(folder: Path) -> None:
    """Make the new name durable; Windows does so by itself."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _reason(error: Exception) -> str:
    """What the system says, as the end of a sentence."""
    text = getattr(error, "strerror", None) or str(error)
    return f"{text[:1].lower()}{text[1:]}"


def _cure(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "Make the folder first."
        case PermissionError():
            return "Choose a place you may write to."
        case _:
            return ""
