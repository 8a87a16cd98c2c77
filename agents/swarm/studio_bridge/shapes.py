"""What the bridge keeps and tells: scripts, their versions, conflicts, and what Studio says."""

from typing import Literal

import msgspec

Kind = Literal["Script", "LocalScript", "ModuleScript"]
"""Roblox's classes of scripts."""

Side = Literal["heddle", "studio"]
"""Who wrote a version."""

Answer = Literal["same", "behind", "kept", "conflict", "refused"]
"""What came of an edit: nothing new; Studio has to take Heddle's; kept; both sides changed it.

What can't be kept is refused, and left as it is.
"""

Level = Literal["output", "info", "warning", "error"]
"""How Studio marks a message, the least grave first."""

ROBLOX = "roblox"
"""The kind of connections to Roblox's Open Cloud."""

LONGEST_SOURCE = 199_999
"""Characters of a script; Studio holds no more."""

MAIN = "main"
"""The project that is meant where none is named."""


class Placed(msgspec.Struct, frozen=True):
    """Where a script stands: names joined by `/`, in which `/` is %2F and % is %25."""

    path: str
    kind: Kind


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A version to be; `base` is the version it was made from, 0 for none."""

    placed: Placed
    source: str
    by: Side
    base: int = 0
    gone: bool = False
    note: str = ""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a script, never changed. `version` counts the versions of that script.

    `gone` says that the script was deleted; `source` is what it held last. `at` is seconds since
    the epoch.
    """

    script: str
    version: int
    path: str
    kind: Kind
    source: str
    by: Side
    at: float
    base: int = 0
    gone: bool = False
    note: str = ""

    @property
    def placed(self) -> Placed:
        return Placed(self.path, self.kind)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a script stands: its newest version, and the one that Studio is known to have.

    `studio` is 0 as long as Studio has none. In a conflict `theirs` is the version with Studio's
    text and `base` the one that both sides began from, 0 where that isn't known; else both are 0.
    """

    script: str
    head: Version
    studio: int = 0
    base: int = 0
    theirs: int = 0

    @property
    def in_conflict(self) -> bool:
        return self.theirs != 0


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """What Studio has of a script now. `script` is "" where it has no id yet.

    `base` is the version that it was before it was edited, 0 where that isn't known.
    """

    placed: Placed
    source: str
    script: str = ""
    base: int = 0
    gone: bool = False


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an edit: the script's id, and the version that Studio has now."""

    script: str
    version: int
    answer: Answer
    reason: str = ""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What Studio has to take: a script's newest version; `gone` says that it is to go."""

    script: str
    version: int
    path: list[str]
    kind: Kind
    source: str
    gone: bool


class ScriptInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A script without its text, whose `size` is in bytes.

    `confirmed` says that Studio has its newest version.
    """

    script: str
    path: str
    kind: Kind
    version: int
    by: Side
    at: float
    size: int
    studio_version: int
    confirmed: bool
    in_conflict: bool


class VersionInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A version without its text, whose `size` is in bytes. See Version."""

    version: int
    path: str
    kind: Kind
    by: Side
    at: float
    size: int
    base: int
    gone: bool
    note: str
    newest: bool


class Pushed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a script that was pushed: its newest version, and whether that is new."""

    script: str
    path: str
    version: int
    changed: bool
    in_conflict: bool = False
    gone: bool = False


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """A script that both sides changed: their texts, what they began from, and all in one.

    `base` is None where nobody knows what they began from. `marked` holds both sides where they
    differ, between markers; `clean` says that it has none, since they changed different lines.
    `folder` holds the same as files.
    """

    script: str
    path: str
    kind: Kind
    heddle: str
    studio: str
    base: str | None
    marked: str
    clean: bool
    heddle_version: int
    studio_version: int
    base_version: int
    folder: str = ""


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """Whether Studio has the newest versions. `waiting`, `conflicts` and `refused` are paths."""

    confirmed: bool
    connected: bool
    scripts: int
    waiting: list[str]
    conflicts: list[str]
    refused: dict[str, str]


class LogLine(msgspec.Struct, frozen=True, kw_only=True):
    """What was said in Studio. `number` grows by one with each; `at` is seconds since the epoch."""

    number: int
    level: Level
    text: str
    at: float
    source: str = ""
    project: str = MAIN


class Logs(msgspec.Struct, frozen=True, kw_only=True):
    """Messages, the oldest first. `last` is the number of the newest there is.

    `dropped` counts those that had to make room for newer ones since the start.
    """

    lines: list[LogLine]
    last: int
    dropped: int


class Paired(msgspec.Struct, frozen=True, kw_only=True):
    """A Studio that was let in."""

    key: str
    project: str
    place: str
    at: float


class StudioStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a project stands with its Studio. `seen` is when Studio last asked, 0 for never."""

    project: str
    connected: bool
    place: str = ""
    plugin: str = ""
    seen: float = 0.0
    scripts: int = 0
    waiting: int = 0
    conflicts: int = 0
    paired: list[Paired] = []


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """What is entered in the plugin once: good until `until`, seconds since the epoch."""

    code: str
    project: str
    until: float


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """An asset that was uploaded: scripts name it as `rbxassetid://ID`."""

    asset: str
    name: str
    kind: str
    creator: str
    digest: str
    at: float
