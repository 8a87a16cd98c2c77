"""Conflicts as files that a person can read: both sides, what they began from, and all in one."""

import shutil
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from msgspec.structs import replace

from agents.swarm.studio_bridge.paths import safe_file
from agents.swarm.studio_bridge.shapes import Conflict

LONGEST_NAME = 255
"""Bytes of a name that any disk can hold."""


class ConflictFiles:
    """A folder for each conflict of a project, there as long as it lasts. Calls block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, project: str, conflicts: Sequence[Conflict]) -> None:
        """Have files for these conflicts of a project and no others."""
        home = self._home(project)
        wanted = {self._place(project, one): one for one in conflicts}
        for there in home.iterdir() if home.is_dir() else ():
            if there not in wanted:
                shutil.rmtree(there, ignore_errors=True)
        for place, one in wanted.items():
            place.mkdir(parents=True, exist_ok=True)
            for name, text in _files(one):
                (place / name).write_text(text, encoding="utf-8", newline="")

    def located(self, project: str, conflict: Conflict) -> Conflict:
        """The conflict, and where its files are."""
        return replace(conflict, folder=str(self._place(project, conflict)))

    def _home(self, project: str) -> Path:
        """A folder that no other project has, on no disk."""
        name = safe_file(project.replace("/", "%2F"))
        if name == project.lower() and len(name.encode()) < LONGEST_NAME:
            return self._folder / name
        return self._folder / sha256(project.encode()).hexdigest()

    def _place(self, project: str, conflict: Conflict) -> Path:
        whole = safe_file(conflict.path.replace("/", ".")).encode()
        name = whole[-80:].decode(errors="ignore").lstrip(".")
        return self._home(project) / f"{name} {conflict.script[:8]}"


def _files(conflict: Conflict) -> Iterator[tuple[str, str]]:
    if conflict.base is not None:
        yield "before.luau", conflict.base
    yield "heddle.luau", conflict.heddle
    yield "studio.luau", conflict.studio
    yield "both.luau", conflict.marked
