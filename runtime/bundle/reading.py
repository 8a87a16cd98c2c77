"""A bundle read with suspicion: it may come from anybody, and says of itself what it likes."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from graph.errors import FlowFileError, HeddleError
from graph.file_format import flow_hash, read
from runtime.bundle.contents import (
    BUNDLE_SUFFIX,
    FORMAT,
    LARGEST_BUNDLE,
    LARGEST_UNPACKED,
    MANIFEST,
    MOST_MEMBERS,
    MOST_RUNS,
    TRACE,
    BadBundle,
    Bundle,
    Entry,
    Manifest,
    Recording,
)
from runtime.bundle.writing import digest
from runtime.events import ENDINGS, LIVE_ONLY, AnyEvent, RunStarted
from runtime.journal.contract import JournalError
from runtime.journal.segments import reader

_MEMBER = re.compile(r"flows/[0-9a-f]{64}\.flow\.json|runs/\d{1,2}/\d{8,9}\.events", re.ASCII)
_MANIFEST = msgspec.json.Decoder(Manifest)
_WHY = "Ask whoever sent it to export the run again."


def content_of(path: Path) -> bytes:
    """The bytes of a file that may be a bundle. Raises BadBundle."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BUNDLE + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadBundle(f"{path.name} can't be read: {reason}.") from error
    if len(content) > LARGEST_BUNDLE:
        raise _too_large()
    return content


def unpacked(content: bytes) -> Bundle:
    """What a bundle holds. Raises BadBundle, which says what is wrong with it."""
    if len(content) > LARGEST_BUNDLE:
        raise _too_large()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = dict(_members(archive))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError) as error:
        raise BadBundle(
            "That is no run bundle, or not the whole of one.",
            cure=f"Bundles end in {BUNDLE_SUFFIX}; Heddle makes them under “Export run”. {_WHY}",
        ) from error
    return _bundle(files)


def _too_large() -> BadBundle:
    return BadBundle(f"It is larger than {LARGEST_BUNDLE >> 20} MB, too large for a run bundle.")


# The zip.


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """The files in it, each once, however large they claim to be."""
    entries = archive.infolist()
    if len(entries) > MOST_MEMBERS:
        raise BadBundle(f"The bundle holds more than {MOST_MEMBERS:,} files.")
    seen, room = set[str](), LARGEST_UNPACKED
    for entry in entries:
        name = entry.orig_filename
        if name not in (MANIFEST, TRACE) and not _MEMBER.fullmatch(name):
            raise BadBundle(f"The bundle holds {name!r}, which is no part of one.",
                            cure="Don't trust where it came from.")  # fmt: skip
        if name in seen:
            raise BadBundle(f"The bundle holds {name} twice.")
        if entry.flag_bits & 1:
            raise BadBundle("The bundle is locked with a password.", cure="Ask for one without.")
        seen.add(name)
        with archive.open(entry) as file:  # what it says of its size is not to be believed
            content = file.read(room + 1)
        if len(content) > room:
            raise BadBundle(
                f"The bundle unpacks to more than {LARGEST_UNPACKED >> 20} MB.",
                cure="Don't trust where it came from.",
            )
        room -= len(content)
        yield name, content


# What is in it.


def _bundle(files: Mapping[str, bytes]) -> Bundle:
    manifest = _manifest(files)
    if not 1 <= len(manifest.runs) <= MOST_RUNS or manifest.runs[-1].run != manifest.run:
        raise _damaged("its table of contents names no run, or too many")
    if len({entry.run for entry in manifest.runs}) < len(manifest.runs):
        raise _damaged("its table of contents names a run twice")
    _check_digests(manifest, files)
    hashes = dict.fromkeys(entry.flow for entry in manifest.runs)
    flows = {hash: _flow(hash, files) for hash in hashes}
    recordings = tuple(_recording(entry, manifest.events, files) for entry in manifest.runs)
    return Bundle(manifest.run, manifest.made, recordings, flows, digest(files[MANIFEST]))


def _manifest(files: Mapping[str, bytes]) -> Manifest:
    try:
        manifest = _MANIFEST.decode(files[MANIFEST])
    except KeyError:
        raise _damaged("it has no table of contents") from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _damaged(f"its table of contents can't be read ({error})") from error
    if manifest.heddle_run > FORMAT:
        raise BadBundle(
            f"The bundle is of format {manifest.heddle_run}; this Heddle knows {FORMAT}.",
            cure="Update Heddle.",
        )
    return manifest


def _check_digests(manifest: Manifest, files: Mapping[str, bytes]) -> None:
    """Every part is there as it was written, and nothing else is."""
    for name, member in manifest.files.items():
        if name not in files:
            raise _damaged(f"{name} is missing")
        if digest(files[name]) != member.sha256:
            raise _damaged(f"{name} was changed since it was made")
    for name in files:
        if name != MANIFEST and name not in manifest.files:
            raise _damaged(f"{name} isn't in its table of contents")


def _flow(hash: str, files: Mapping[str, bytes]) -> str:
    try:
        text = files[f"flows/{hash}.flow.json"].decode()
        if flow_hash(read(text)) != hash:
            raise _damaged("a flow isn't the one that was run")
    except KeyError:
        raise _damaged("a flow is missing") from None
    except UnicodeError as error:
        raise _damaged("a flow is no text") from error
    except FlowFileError as error:
        raise BadBundle(f"A flow in the bundle can't be read: {error.message}",
                        cure=error.cure) from error  # fmt: skip
    return text


def _recording(entry: Entry, version: int, files: Mapping[str, bytes]) -> Recording:
    read_part = reader(_no_blob)
    events: list[AnyEvent] = []
    for part in entry.parts:
        try:
            events.extend(read_part(version, files[part]))
        except KeyError:
            raise _damaged(f"{part} is missing") from None
        except JournalError as error:
            raise _unreadable(entry.run, version, error) from error
    _check_order(entry, events)
    return Recording(entry.run, events)


def _check_order(entry: Entry, events: list[AnyEvent]) -> None:
    """The events tell of one run from its beginning, in order, and nothing after its end."""
    began = events[0] if events else None
    if not isinstance(began, RunStarted) or (began.run, began.flow) != (entry.run, entry.flow):
        raise _damaged(f"run {entry.run} has no beginning")
    for number, event in enumerate(events, start=1):
        if (event.run, event.seq) != (entry.run, number) or isinstance(event, LIVE_ONLY):
            raise _damaged(f"what happened in run {entry.run} is out of order")
        if number > 1 and isinstance(event, RunStarted):
            raise _damaged(f"run {entry.run} begins twice")
        if number < len(events) and isinstance(event, ENDINGS):
            raise _damaged(f"run {entry.run} goes on after its end")


def _no_blob(_: str) -> bytes:
    raise ValueError("it refers to a value that isn't in it")


def _unreadable(run: str, version: int, error: HeddleError) -> BadBundle:
    if "Update" in error.cure:
        return BadBundle(f"The bundle holds events of version {version}, which this Heddle "
                         "doesn't know.", cure=error.cure)  # fmt: skip
    return _damaged(f"what happened in run {run} can't be read")


def _damaged(what: str) -> BadBundle:
    return BadBundle(f"The bundle is damaged: {what}.", cure=_WHY)
