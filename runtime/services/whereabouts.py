"""Where the servers of this machine are, for its own user: so that a command finds its server."""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec


class Whereabouts(msgspec.Struct, frozen=True):
    """A server of this user: `owner` is who owns the runs it drives."""

    address: str
    token: str
    owner: str


@contextlib.contextmanager
def announced(folder: Path, server: Whereabouts) -> Iterator[None]:
    """Keep the server's whereabouts as long as it lasts, readable for this user alone."""
    path = _file(folder, server.owner)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.json.encode(server))
    except OSError:  # who wants to speak to it has to say where it is
        yield
        return
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def whereabouts(folder: Path, owner: str) -> Whereabouts | None:
    """The server that owns the runs of `owner`, None when none of this user does.

    It may be gone without having said so.
    """
    try:
        found = msgspec.json.decode(_file(folder, owner).read_bytes(), type=Whereabouts)
    except (OSError, msgspec.DecodeError):
        return None
    return found if found.owner == owner else None


def _file(folder: Path, owner: str) -> Path:
    return folder / "servers" / f"{re.sub(r'[^A-Za-z0-9.-]', '_', owner)}.json"
