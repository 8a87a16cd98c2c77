"""One draft on disk: how a flow was when it was written down, and every edit since."""

# A file is a heading, then records, each with its length and a checksum before it. What a killed
# process or a full disk left half written at the end is cut off; all before it counts.

import struct
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO, Union

import msgspec

from app.document import Level, Step
from app.safety.syncing import Syncer
from graph.edits import AddFlow, Edit, Inside, Many
from graph.file_format import is_file
from graph.flow import End, Flow
from graph.spec import Needs

HEADING = b"heddle draft 1\n"
SUFFIX = ".draft"
_FRAME = struct.Struct("<II")  # length and checksum
_LEAST_TAIL = 256 * 1024
_MOST_RECORDS = 400  # each is an edit of the whole flow when it is done again
STEPS_KEPT = 300


class Place(msgspec.Struct, frozen=True, omit_defaults=True, tag="place"):
    """What of the flow was in view, and what was selected."""

    level: Level = ()
    blocks_into: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    links: tuple[End, ...] = ()
    frames: tuple[str, ...] = ()
    looks_at: tuple[float, float] = (0.0, 0.0)
    zoom: float = 0.0


class Held(msgspec.Struct, frozen=True, omit_defaults=True, tag="held"):
    """All there is to say of an open flow. `saved` is None when no file holds it.

    Flows that are files of their own are in it by name only. `path` is "" before the flow is
    saved anywhere; `digest` is that of the file as it was known.
    """

    flow: Flow
    saved: Flow | None = None
    steps: tuple[Step, ...] = ()
    position: int = 0
    path: str = ""
    digest: str = ""
    scratch: str = ""
    trusted: bool = False
    allowed: Needs = Needs()
    place: Place = Place()


class Did(msgspec.Struct, frozen=True, omit_defaults=True, tag="did"):
    """An edit, at its outermost."""

    edit: Edit
    level: Level = ()
    label: str = ""
    merge: str = ""
    joined: bool = False


class Undid(msgspec.Struct, frozen=True, tag="undid"):
    """The last step was taken back."""


class Redid(msgspec.Struct, frozen=True, tag="redid"):
    """A step that was taken back was done again."""


class Stored(msgspec.Struct, frozen=True, omit_defaults=True, tag="stored"):
    """The flow came into a file: as it is, or as it was a moment ago."""

    path: str
    digest: str
    flow: Flow | None = None


class Loose(msgspec.Struct, frozen=True, tag="loose"):
    """No file holds the flow any more."""


class Trusted(msgspec.Struct, frozen=True, omit_defaults=True, tag="trusted"):
    """A person lets the flow run or not any more, and what it may touch beyond what it says."""

    yes: bool
    allowed: Needs = Needs()


Record = Union[Held, Did, Undid, Redid, Stored, Loose, Trusted, Place]  # noqa: UP007 - as msgspec takes it

_ENCODER = msgspec.msgpack.Encoder()


@cache
def _decoder() -> "msgspec.msgpack.Decoder[Record]":
    """Made when there is a draft to read: taking every edit apart costs a start 20 ms."""
    return msgspec.msgpack.Decoder(Record)


class Journal:
    """Where one open flow is written down. Each record is with the system before `add` returns.

    Files are numbered; a new one begins with a Held, and only once that is safely on the disk
    does the one before it go.
    """

    def __init__(self, folder: Path, id: str, syncer: Syncer) -> None:
        self.folder, self.id = folder, id
        self._syncer = syncer
        self._number = max(map(_number, _files(folder, id)), default=0)
        self._file: BinaryIO | None = None
        self._first = self._size = self._records = 0

    @property
    def is_long(self) -> bool:
        """Whether it is time to `begin` anew: what was added outweighs what it is added to."""
        too_large = self._size > 2 * self._first + _LEAST_TAIL
        return self._file is None or too_large or self._records >= _MOST_RECORDS

    def begin(self, held: Held) -> None:
        """Write down all there is in a new file. Raises OSError."""
        before = list(_files(self.folder, self.id))
        self._let_go()
        self._number += 1
        path = self.folder / f"{self.id}.{self._number}{SUFFIX}"
        with path.open("xb") as fresh:
            written = fresh.write(HEADING + _framed(held))
        self._file = path.open("ab")
        self._first, self._size, self._records = written, written, 0
        self._syncer.soon(path, then_remove=before)

    def add(self, record: Record) -> None:
        """Write down what happened. Raises OSError; `begin` anew then."""
        if self._file is None:
            raise OSError("the draft has not begun")
        try:
            self._size += self._file.write(_framed(record))
            self._file.flush()
            self._records += 1
        except OSError:
            self._let_go()
            raise
        self._syncer.soon(Path(self._file.name))

    def close(self) -> None:
        """Write no more; what is there stays."""
        self._let_go()

    def discard(self) -> None:
        """The draft isn't wanted any more."""
        self._let_go()
        for path in _files(self.folder, self.id):
            path.unlink(missing_ok=True)

    def _let_go(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError:
                return  # a full disk: what could not be written was told of when it was added


def records_of(folder: Path, id: str) -> list[Record]:
    """What was written down of a draft, from the last time it began; [] when nothing can be read.

    A file whose beginning never reached the disk counts as not there.
    """
    for path in sorted(_files(folder, id), key=_number, reverse=True):
        found = list(_records(path))
        if found and isinstance(found[0], Held):
            return found
    return []


def drafts_in(folder: Path) -> set[str]:
    """The ids of the drafts in a folder."""
    return {path.name.partition(".")[0] for path in folder.glob(f"*{SUFFIX}")}


def _files(folder: Path, id: str) -> Iterable[Path]:
    return folder.glob(f"{id}.*{SUFFIX}")


def _number(path: Path) -> int:
    number = path.name.split(".")[1]
    return int(number) if number.isdecimal() else 0


def _framed(record: Record) -> bytes:
    content = _ENCODER.encode(_slim(record))
    return _FRAME.pack(len(content), zlib.crc32(content)) + content


def _records(path: Path) -> Iterator[Record]:
    """The records up to the first that is broken."""
    try:
        content = path.read_bytes()
    except OSError:
        return
    if not content.startswith(HEADING):
        return
    at = len(HEADING)
    while at + _FRAME.size <= len(content):
        length, checksum = _FRAME.unpack_from(content, at)
        at += _FRAME.size
        body = content[at : at + length]
        if len(body) < length or zlib.crc32(body) != checksum:
            return
        try:
            yield _decoder().decode(body)
        except (msgspec.DecodeError, RecursionError):  # written by another Heddle
            return
        at += length


# Flows that are files of their own may refer to each other in a lattice, and are on disk anyway.


def _slim(record: Record) -> Record:
    match record:
        case Held():
            steps = tuple(
                step._replace(done=_slim_edit(step.done), undone=_slim_edit(step.undone))
                for step in record.steps
            )
            saved = record.saved and slim(record.saved)
            return msgspec.structs.replace(record, flow=slim(record.flow), saved=saved, steps=steps)
        case Did():
            return msgspec.structs.replace(record, edit=_slim_edit(record.edit))
        case Stored() if record.flow:
            return msgspec.structs.replace(record, flow=slim(record.flow))
        case _:
            return record


def slim(flow: Flow) -> Flow:
    """The flow with nothing in those that are files of their own."""
    if not flow.flows:
        return flow
    flows = {name: Flow() if is_file(name) else slim(inner) for name, inner in flow.flows.items()}
    return msgspec.structs.replace(flow, flows=flows)


def _slim_edit(edit: Edit) -> Edit:
    match edit:
        case Many():
            return Many(tuple(map(_slim_edit, edit.edits)))
        case Inside():
            return Inside(edit.name, _slim_edit(edit.inner))
        case AddFlow():
            return AddFlow(edit.name, Flow() if is_file(edit.name) else slim(edit.flow))
        case _:
            return edit
