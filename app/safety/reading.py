"""Flow files as the studio opens them: as much as can be read, and what is wrong with the rest."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from graph.catalog import Catalog
from graph.errors import FlowFileError, HeddleError, NewerFormat, Problem
from graph.file_format import is_file, read
from graph.flow import Flow
from graph.self_contained import self_contained
from runtime.flow_files import NOTHING, backups_of, digest_of, load, with_files


class Opened(NamedTuple):
    """A flow as read. `problems` is what of the file is left out, if anything."""

    flow: Flow
    digest: str
    problems: Sequence[Problem] = ()


def open_flow(path: Path, catalog: Catalog) -> Opened:
    """The flow in a file; without the files it refers to when one of them can't be had.

    Raises FlowFileError, NewerFormat.
    """
    try:
        loaded = load(path, catalog)
    except NewerFormat:
        raise
    except FlowFileError as error:
        flow, digest = read(path.read_bytes(), name=path.name), digest_of(path)
        return Opened(flow, digest, error.problems or (Problem("file", error.message, error.cure),))
    return Opened(loaded.flow, loaded.digest)


def from_template(path: Path, catalog: Catalog) -> Flow:
    """A new flow like that in the file, with all it refers to in it. Raises FlowFileError."""
    flow = self_contained(load(path, catalog).flow, catalog)
    name = flow.name or spoken(path)
    return msgspec.structs.replace(flow, name=name)


def spoken(path: Path) -> str:
    """The name of a file as a title: `get_a_page.flow.json` is "Get a page"."""
    stem = path.name.removesuffix(".json").removesuffix(".flow")
    words = stem.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def bare(flow: Flow) -> Flow:
    """The flow without those that are files of their own: what a file of it holds."""
    flows = {name: bare(inner) for name, inner in flow.flows.items() if not is_file(name)}
    return msgspec.structs.replace(flow, flows=flows) if flow.flows else flow


def with_its_files(flow: Flow, folder: Path, catalog: Catalog) -> Flow:
    """The bare flow with its files put in again; as it is when one of them can't be had."""
    try:
        return with_files(flow, folder, catalog)
    except HeddleError:
        return flow


def newest_backup(path: Path) -> Path | None:
    """The last kept version of a file that can be read as a flow."""
    for backup in backups_of(path):
        try:
            read(backup.read_bytes(), name=backup.name)
        except (FlowFileError, OSError):
            continue
        return backup
    return None


def digest_or_nothing(path: Path) -> str:
    """The digest of the file; NOTHING also when it can't be read."""
    try:
        return digest_of(path)
    except FlowFileError:
        return NOTHING
