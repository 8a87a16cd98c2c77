"""Packs of templates: one zip file to hand on, and trusted in nothing when it comes in."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from graph.catalog import Catalog
from graph.errors import FlowFileError, HeddleError
from graph.file_format import FILE_SUFFIX, is_file, read, write
from graph.flow import Flow
from graph.self_contained import self_contained
from runtime.flow_files import load
from runtime.library.about import (
    ABOUT_SUFFIX,
    PACK_SUFFIX,
    About,
    BadAbout,
    read_about,
    write_about,
)
from runtime.library.shelf import Shelf, Template

LARGEST_PACK = 16 << 20
"""Bytes that a pack may have as it comes."""
LARGEST_UNPACKED = 64 << 20
LARGEST_MEMBER = 8 << 20
MOST = 500
"""Templates in a pack."""

_MEMBER = re.compile(r"[a-z0-9_]{1,80}(\.flow\.json|\.template\.json)", re.ASCII)
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same templates give the same bytes
_PLAIN_FILE = 0o100644 << 16


class BadPack(HeddleError):
    """A pack can't be taken in, and nothing of it was."""


class Packed(NamedTuple):
    """A template as a pack holds it."""

    name: str
    flow: Flow
    about: About


class TakenIn(NamedTuple):
    """What came of a pack: the templates that are new here, and how many were here already."""

    new: Sequence[Template]
    known: int


def pack(templates: Sequence[Template], catalog: Catalog) -> bytes:
    """The templates as the bytes of one file. Raises FlowFileError for one that can't be read."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for template in sorted(templates, key=lambda one: one.name):
            flow = self_contained(load(template.path, catalog).flow, catalog)
            about = msgspec.structs.replace(template.about, origin="")
            _put(archive, f"{template.name}{FILE_SUFFIX}", write(flow).encode())
            _put(archive, f"{template.name}{ABOUT_SUFFIX}", write_about(about))
    return made.getvalue()


def take_in(path: Path, shelf: Shelf, catalog: Catalog) -> TakenIn:
    """Put the templates of a pack into the person's own: all of them, or none.

    None takes the place of one that is here. Raises BadPack, NotSaved, NotKept.
    """
    packed = unpack(path, catalog)
    here = {_said(template, catalog) for template in shelf.templates()}
    origin = path.name.removesuffix(".zip").removesuffix(".templates")[:120]
    new = list[Template]()
    try:
        for one in packed:
            if write(one.flow) not in here:
                about = msgspec.structs.replace(one.about, origin=origin)
                new.append(shelf.add(_named(one), about))
    except HeddleError:
        for template in new:
            shelf.take_out(template)
        raise
    return TakenIn(new, len(packed) - len(new))


def unpack(path: Path, catalog: Catalog) -> list[Packed]:
    """The templates in a pack. Raises BadPack, which says what is wrong with it."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_PACK + 1)
    except OSError as error:
        raise BadPack(f"{path.name} can't be read: {error.strerror}.") from error
    if len(content) > LARGEST_PACK:
        raise BadPack(f"{path.name} is larger than {LARGEST_PACK >> 20} MB, too large for a pack.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = dict(_members(archive, path.name))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError) as error:
        raise BadPack(
            f"{path.name} is no pack of templates: it isn't a whole zip file.",
            cure=f"Packs end in {PACK_SUFFIX}; Heddle makes them under “Export templates”.",
        ) from error
    return [_template(name, files, path.name, catalog) for name in _names(files, path.name)]


# Reading, with suspicion.


def _members(archive: zipfile.ZipFile, pack: str) -> Iterator[tuple[str, bytes]]:
    """What the pack holds, each name once and plain. Raises BadPack."""
    entries = archive.infolist()
    if len(entries) > 2 * MOST:
        raise BadPack(f"{pack} holds more than {MOST} templates.")
    seen, room = set[str](), LARGEST_UNPACKED
    for entry in entries:
        _refuse_odd(entry, pack)
        if entry.filename in seen:
            raise BadPack(f"{pack} holds {entry.filename} twice.")
        seen.add(entry.filename)
        with archive.open(entry) as file:  # what it says of its size is not to be believed
            content = file.read(min(LARGEST_MEMBER, room) + 1)
        if len(content) > LARGEST_MEMBER:
            what = f"{entry.filename} in {pack} is larger than {LARGEST_MEMBER >> 20} MB."
            raise BadPack(f"{what} That is too large for a template.")
        if len(content) > room:
            raise BadPack(f"{pack} holds more than {LARGEST_UNPACKED >> 20} MB.")
        room -= len(content)
        yield entry.filename, content


def _refuse_odd(entry: zipfile.ZipInfo, pack: str) -> None:
    """Raises BadPack for a member that is anything but a plain file with a plain name."""
    name, mode = entry.orig_filename, entry.external_attr >> 16
    if ".." in name or name.startswith(("/", "\\")) or ":" in name:
        raise BadPack(f"{pack} wants to write outside the library: {name!r}.",
                      cure="Don't trust where it came from.")  # fmt: skip
    if stat.S_ISLNK(mode):
        raise BadPack(f"{name!r} in {pack} is a link to another file.",
                      cure="Don't trust where it came from.")  # fmt: skip
    if not _MEMBER.fullmatch(name):
        raise BadPack(f"{pack} holds {name!r}, which is no part of a template.",
                      cure=f"It holds files like my_flow{FILE_SUFFIX}, nothing else.")  # fmt: skip
    if entry.flag_bits & 1:
        raise BadPack(f"{pack} is locked with a password.", cure="Ask for one without.")


def _names(files: dict[str, bytes], pack: str) -> list[str]:
    names = [f.removesuffix(FILE_SUFFIX) for f in files if f.endswith(FILE_SUFFIX)]
    if not names:
        raise BadPack(f"{pack} holds no templates.")
    for file in files:
        if file.endswith(ABOUT_SUFFIX) and file.removesuffix(ABOUT_SUFFIX) not in names:
            raise BadPack(f"{file} in {pack} describes a template that isn't there.")
    return sorted(names)


def _template(name: str, files: dict[str, bytes], pack: str, catalog: Catalog) -> Packed:
    place = f"{name}{FILE_SUFFIX} in {pack}"
    about = files.get(f"{name}{ABOUT_SUFFIX}")
    try:
        flow = read(files[f"{name}{FILE_SUFFIX}"], name=place)
        said = read_about(about, f"{name}{ABOUT_SUFFIX} in {pack}") if about else About()
    except (FlowFileError, BadAbout) as error:
        raise BadPack(error.message, cure=error.cure) from error
    if outside := next(_outside(flow, catalog), None):
        raise BadPack(f"{place} uses {outside!r}, a file of its own, which a template can't.")
    return Packed(name, flow, said)


def _outside(flow: Flow, catalog: Catalog) -> Iterator[str]:
    """The files that a flow refers to, at any depth."""
    for block in flow.blocks.values():
        spec = catalog.get(block.kind)
        yield from filter(is_file, spec.flows_named(block.fields) if spec else ())
    for inner in flow.flows.values():
        yield from _outside(inner, catalog)


# Writing.


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _LONG_AGO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = _PLAIN_FILE
    archive.writestr(entry, content)


def _named(packed: Packed) -> Flow:
    """The flow with the name that its file gives it, if it has none."""
    spoken = packed.name.replace("_", " ").capitalize()
    return packed.flow if packed.flow.name else msgspec.structs.replace(packed.flow, name=spoken)


def _said(template: Template, catalog: Catalog) -> str:
    """A template as a pack would hold it; nothing for one that can't be read."""
    try:
        return write(self_contained(load(template.path, catalog).flow, catalog))
    except FlowFileError:
        return ""
