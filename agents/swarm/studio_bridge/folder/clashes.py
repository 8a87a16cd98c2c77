"""Tells of conflicts beside the file: Heddle's text, and both in one, which a person can read."""

import contextlib
from collections.abc import Collection

from agents.errors import AgentError
from agents.swarm.studio_bridge.folder.desk import Desk
from agents.swarm.studio_bridge.folder.disk import Disk, digest_of
from agents.swarm.studio_bridge.folder.shapes import Clash, Did, Differ
from agents.swarm.studio_bridge.folder.state import State
from agents.swarm.studio_bridge.texts import marked

THEIRS, BOTH = ".heddle", ".both"
"""How the names of files end that tell of a conflict.

Deleting the first says that the script's own file is what counts.
"""


class Clashes:
    """Those of one folder. Calls block, and raise AgentError."""

    def __init__(self, disk: Disk, desk: Desk, state: State) -> None:
        self._disk = disk
        self._desk = desk
        self._state = state

    def is_decided(self, differ: Differ) -> bool:
        """Whether somebody read of just this conflict, and says that the file counts."""
        known = self._state.clashes.get(differ.head.script)
        return (
            known is not None
            and known.version == differ.head.version
            and not self._disk.digest(differ.file + THEIRS)
        )

    def tell(self, differ: Differ, digest: str) -> list[Did]:
        """Have files beside the file, whose text has that digest, tell of a conflict."""
        head, known = differ.head, self._state.clashes.get(differ.head.script)
        theirs, mine = self._desk.text(head.script, head.version), self._disk.text(differ.file)
        if digest_of(mine) != digest:
            return []  # it is being written, and looked at again
        entry = self._state.entries.get(head.script)
        base = None if entry is None else self._desk.text(head.script, entry.version)
        texts = {
            differ.file + THEIRS: theirs,
            differ.file + BOTH: marked(base, theirs, mine, "file").text,
        }
        told = dict(known.told) if known is not None else {}
        for name, text in texts.items():
            there, wanted = self._disk.digest(name), digest_of(text)
            if there in ("", told.get(name)) and there != wanted:
                self._disk.write(name, text)
                told[name] = wanted
        self._state.clashes[head.script] = Clash(differ.file, head.version, told)
        is_new = known is None or known.version != head.version
        return [Did(differ.file, "conflict")] if is_new else []

    def end_all_but(self, scripts: Collection[str]) -> None:
        """All other conflicts are over; what was written into their files by others stays."""
        for script in [one for one in self._state.clashes if one not in scripts]:
            for name, digest in self._state.clashes.pop(script).told.items():
                with contextlib.suppress(AgentError):
                    if self._disk.digest(name) == digest:
                        self._disk.delete(name)
