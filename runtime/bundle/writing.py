"""A bundle as a file: a zip with a table of contents, in which every part has its digest."""

import hashlib
import io
import os
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from runtime.bundle.contents import (
    FORMAT,
    LARGEST_BUNDLE,
    LARGEST_UNPACKED,
    MANIFEST,
    TRACE,
    Bundle,
    Entry,
    Manifest,
    Member,
    NotBundled,
    Recording,
)
from runtime.bundle.trace import trace_of
from runtime.events import ENDINGS, VERSION, AnyEvent, RunStarted
from runtime.wire import packed

PART = 2048
"""Events in one file of a bundle."""

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same run gives the same bytes
_PLAIN_FILE = 0o100644 << 16


def written(bundle: Bundle, heddle: str = "") -> bytes:
    """The bundle as the bytes of one file. Raises NotBundled when it is too large."""
    files: dict[str, bytes] = {f"flows/{hash}.flow.json": text.encode()
                               for hash, text in bundle.flows.items()}  # fmt: skip
    entries = [_entry(n, recording, files) for n, recording in enumerate(bundle.recordings)]
    files[TRACE] = trace_of(bundle.recordings[-1].events)
    members = {name: Member(len(content), digest(content)) for name, content in files.items()}
    manifest = Manifest(FORMAT, VERSION, bundle.run, bundle.made, entries, members, heddle)
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
    return _zipped({MANIFEST: text, **files}, bundle.run)


def save(content: bytes, path: Path) -> None:
    """Write a bundle, whole or not at all. Raises OSError."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _entry(number: int, recording: Recording, files: dict[str, bytes]) -> Entry:
    """Put the events of a run among the files; gives its row in the table of contents."""
    began, last = recording.events[0], recording.events[-1]
    assert isinstance(began, RunStarted), "a run's first event says how it began"
    parts = []
    for part in _parts(recording.events):
        name = f"runs/{number}/{part[0].seq:08}.events"
        files[name] = packed(part)
        parts.append(name)
    state = str(type(last).__struct_config__.tag) if isinstance(last, ENDINGS) else "unfinished"
    return Entry(recording.run, began.flow, parts, began.name, state.removeprefix("run_"))


def _parts(events: Sequence[AnyEvent]) -> Iterator[Sequence[AnyEvent]]:
    for start in range(0, len(events), PART):
        yield events[start : start + PART]


def _zipped(files: dict[str, bytes], run: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _PLAIN_FILE
            archive.writestr(entry, content)
    content = made.getvalue()
    if len(content) > LARGEST_BUNDLE or sum(map(len, files.values())) > LARGEST_UNPACKED:
        raise NotBundled(
            f"Run {run} is too large for a bundle: {len(content) >> 20} MB, where "
            f"{LARGEST_BUNDLE >> 20} MB are the most.",
            cure="Let the flow keep large values in files.",
        )
    return content
