"""What tools a server offered when it was last asked, kept so that they are known without it."""

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

MOST = 500
"""Tools of one server that are kept."""

LONGEST = 2_000
"""Characters of a description that are kept."""

LONGEST_NAME = 256
"""Characters of a name; a tool whose name is longer, or empty, isn't kept."""

LARGEST = 64 * 1024
"""Bytes of a schema that are kept; a larger one is taken to allow anything."""

ALL = 2 * 1024 * 1024
"""Bytes of all schemas of one server that are kept; those that come later allow anything."""

SUFFIX = ".json"


class Tool(msgspec.Struct, frozen=True, omit_defaults=True):
    """One tool. `takes` and `gives` are JSON Schemas.

    That it `reads` and changes nothing is what a person agreed to, see `servers.reads_only`; that
    it `repeats` (to call it twice does no harm) is what its server claims.
    """

    name: str
    title: str = ""
    description: str = ""
    takes: Mapping[str, Any] = {}
    gives: Mapping[str, Any] | None = None
    reads: bool = False
    repeats: bool = False


class Snapshot(msgspec.Struct, frozen=True, omit_defaults=True):
    """The tools of one connection's server, which calls itself `server`."""

    connection: str
    server: str = ""
    tools: tuple[Tool, ...] = ()

    def tool(self, name: str) -> Tool | None:
        """The tool of that name, None when there is none."""
        return next((tool for tool in self.tools if tool.name == name), None)


def keep(folder: Path, snapshot: Snapshot) -> None:
    """Write the snapshot, unless it is what is there already."""
    path = path_of(folder, snapshot.connection)
    content = msgspec.json.format(msgspec.json.encode(snapshot), indent=1)
    with contextlib.suppress(OSError):
        if path.read_bytes() == content:
            return
    folder.mkdir(parents=True, exist_ok=True)
    number, draft = tempfile.mkstemp(dir=folder, suffix=".draft")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def forget(folder: Path, connection: str) -> None:
    """Forget the tools of a connection that is gone."""
    path_of(folder, connection).unlink(missing_ok=True)


def snapshots(folder: Path) -> list[Snapshot]:
    """All that are kept, by the name of their connection. One that can't be read is left out."""
    found = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        with contextlib.suppress(OSError, msgspec.DecodeError, msgspec.ValidationError):
            found.append(msgspec.json.decode(path.read_bytes(), type=Snapshot))
    return found


def path_of(folder: Path, connection: str) -> Path:
    """The file of a connection's tools."""
    return folder / f"{quote(connection, safe='')}{SUFFIX}"
