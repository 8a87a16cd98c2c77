"""What the two sides of a folder have, and what is done about it."""

from typing import Literal

import msgspec

from agents.swarm.studio_bridge.shapes import Placed


class Entry(msgspec.Struct, frozen=True):
    """What a script and its file had in common last: the version, and the digest of its text."""

    file: str
    version: int
    digest: str


class Clash(msgspec.Struct, frozen=True):
    """A conflict that is told of beside a file: which version of Heddle's is meant.

    `told` are the digests of the files that tell of it.
    """

    file: str
    version: int
    told: dict[str, str]


class Head(msgspec.Struct, frozen=True):
    """The newest version of a script in Heddle."""

    script: str
    version: int
    placed: Placed
    digest: str
    gone: bool = False


class OnDisk(msgspec.Struct, frozen=True):
    """A file as it is found. `digest` is None, and `problem` says why, for what can't be read.

    `settled` says that it was the same when it was looked at before.
    """

    digest: str | None
    placed: Placed | None = None
    problem: str = ""
    settled: bool = True


class Write(msgspec.Struct, frozen=True):
    """The file is to have Heddle's text, in the place of what is in the file `before` now."""

    head: Head
    file: str
    before: str = ""


class Delete(msgspec.Struct, frozen=True):
    """The file is to go, as its script is gone."""

    head: Head
    file: str


class Offer(msgspec.Struct, frozen=True):
    """Heddle is to have what is in the file; or only where that stands, with its own text."""

    file: str
    placed: Placed
    head: Head | None = None
    moves_only: bool = False


class Remove(msgspec.Struct, frozen=True):
    """The script is to go, as its file is gone."""

    head: Head


class Agree(msgspec.Struct, frozen=True):
    """Both have the same: nothing to do but to remember it."""

    head: Head
    file: str


class Differ(msgspec.Struct, frozen=True):
    """Both have changed the text: it is told of beside the file, which belongs to `placed`."""

    head: Head
    file: str
    placed: Placed


class Forget(msgspec.Struct, frozen=True):
    """Neither has the script any longer."""

    script: str


Step = Write | Delete | Offer | Remove | Agree | Differ | Forget


class Did(msgspec.Struct, frozen=True):
    """Something that was done with a file or its script."""

    file: str
    what: Literal["written", "deleted", "taken", "removed", "conflict"]


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What came of looking at a folder. `again` says that it has to be looked at once more.

    `problems` says of files and scripts why they are left alone, `conflicts` names files.
    """

    again: bool
    scripts: int
    did: list[Did]
    conflicts: list[str]
    problems: list[str]
