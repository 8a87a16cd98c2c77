"""What is to be done about a folder: decided from values, without I/O.

For each script there are three: what both had last, what the file holds, what Heddle has. Where
one side is what both had, the other counts; where neither is, nobody's text is written over.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

import msgspec

from agents.swarm.studio_bridge.folder.names import file_of, is_flat, placed_at
from agents.swarm.studio_bridge.folder.shapes import (
    Agree,
    Delete,
    Differ,
    Entry,
    Forget,
    Head,
    Offer,
    OnDisk,
    Remove,
    Step,
    Write,
)
from agents.swarm.studio_bridge.shapes import Placed
from graph.errors import BadInput


class Sides(msgspec.Struct, frozen=True):
    """What both had last and what Heddle has, by script; what the disk has, by file."""

    entries: Mapping[str, Entry]
    heads: Mapping[str, Head]
    disk: Mapping[str, OnDisk]
    absent: Collection[str] = ()
    """The files that weren't there in the look before, either."""


class Plan(msgspec.Struct, frozen=True):
    """What to do now; `waits` says that something has to be looked at once more before."""

    steps: list[Step]
    problems: list[str]
    waits: bool


def planned(sides: Sides) -> Plan:
    """What to do so that both sides have the same."""
    return _Planning(sides).plan()


class _Planning:
    def __init__(self, sides: Sides) -> None:
        self._sides = sides
        self._steps = list[Step]()
        self._problems = [one.problem for one in sides.disk.values() if one.problem]
        self._waits = False
        self._links = tuple(file for file in sides.disk if file.endswith("/"))
        self._at = dict[str, list[Head]]()
        for head in sides.heads.values():
            if not head.gone:
                self._at.setdefault(head.placed.path, []).append(head)
        self._holding = {above for path in self._at for above in _above(path)}
        self._names = {file.casefold() for file in sides.disk}
        known = {entry.file for entry in sides.entries.values()}
        self._new = {
            file: one for file, one in sides.disk.items() if file not in known and one.placed
        }

    def plan(self) -> Plan:
        for script, entry in self._sides.entries.items():
            self._known(script, entry)
        self._new_files()
        self._new_scripts()
        return Plan(self._steps, self._problems, self._waits)

    # Scripts that both had.

    def _known(self, script: str, entry: Entry) -> None:
        head = self._sides.heads.get(script)
        file = self._where(entry)
        found = self._sides.disk.get(file)
        if entry.file.startswith(self._links) or (found is not None and found.digest is None):
            return
        is_settled = entry.file in self._sides.absent if found is None else found.settled
        if not is_settled:
            self._waits = True
        elif head is None or head.gone:
            self._gone(script, head, entry, file, found)
        elif found is None:
            self._deleted(head, entry)
        else:
            self._both(head, entry, file, found)

    def _where(self, entry: Entry) -> str:
        """The file of a script, be it another one than before; that need not be there."""
        if entry.file in self._sides.disk:
            return entry.file
        was = _placed(entry.file)
        alike = [file for file, one in self._new.items() if one.digest == entry.digest]
        named = [file for file, one in self._new.items() if one.placed and was and
                 one.placed.path == was.path]  # fmt: skip
        for found in (named, alike):
            if len(found) == 1:
                del self._new[found[0]]
                return found[0]
        return entry.file

    def _gone(
        self, script: str, head: Head | None, entry: Entry, file: str, found: OnDisk | None
    ) -> None:
        """Heddle has it no longer: what was written since stays."""
        if found is None or found.placed is None:
            self._steps.append(Forget(script))
        elif head is not None and found.digest in (entry.digest, head.digest):
            self._steps.append(Delete(head, file))
        else:
            self._steps.append(Offer(file, found.placed, head))

    def _deleted(self, head: Head, entry: Entry) -> None:
        """The file is gone: so is the script, unless Heddle has a newer text."""
        if head.digest == entry.digest and head.placed == _placed(entry.file):
            self._steps.append(Remove(head))
        else:
            self._write(head)

    def _both(self, head: Head, entry: Entry, file: str, found: OnDisk) -> None:
        was = _placed(entry.file)
        here = found.placed
        assert here is not None, "it could be read"
        elsewhere = head.placed != was
        target = head.placed if elsewhere else here
        if head.digest not in (found.digest, entry.digest) and found.digest != entry.digest:
            self._steps.append(Differ(head, file, target))
        elif found.digest not in (entry.digest, head.digest):
            self._steps.append(Offer(file, target, head))
        elif target != head.placed:
            self._steps.append(Offer(file, target, head, moves_only=True))
        elif here != head.placed or self._is_to_be_init(head, file):
            self._write(head, file)
        elif head.digest != found.digest:
            self._steps.append(Write(head, file, file))
        elif entry != Entry(file, head.version, head.digest):
            self._steps.append(Agree(head, file))

    def _is_to_be_init(self, head: Head, file: str) -> bool:
        return head.placed.path in self._holding and is_flat(file)

    # What only one side had.

    def _new_files(self) -> None:
        paths = Counter(one.placed.path for one in self._new.values() if one.placed)
        for file, one in self._new.items():
            assert one.placed is not None, "others are not among the new"
            if not one.settled:
                self._waits = True
                continue
            there = self._at.get(one.placed.path, [])
            if paths[one.placed.path] > 1 or len(there) > 1:
                self._problems.append(f"{file} stands for a script that another one stands for.")
            elif not there:
                self._steps.append(Offer(file, one.placed))
            elif there[0].script in self._sides.entries:
                if self._is_taken(there[0], file):
                    self._problems.append(f"{file} stands for a script that has a file.")
            else:
                agrees = there[0].digest == one.digest
                self._steps.append(
                    Agree(there[0], file) if agrees else Differ(there[0], file, one.placed)
                )

    def _is_taken(self, head: Head, file: str) -> bool:
        """Whether the file of a script is another one, and there."""
        other = self._sides.entries[head.script].file
        return other != file and other in self._sides.disk

    def _new_scripts(self) -> None:
        handled = {one.placed.path for one in self._new.values() if one.placed}
        for script, head in self._sides.heads.items():
            if script in self._sides.entries or head.gone or head.placed.path in handled:
                continue
            if len(self._at[head.placed.path]) > 1:
                self._problems.append(
                    f"Studio has several scripts at {head.placed.path}: rename all but one there."
                )
            else:
                self._write(head)

    def _write(self, head: Head, before: str = "") -> None:
        """Have the file of a script in its place, unless another one has that name."""
        file = file_of(head.placed, holds_others=head.placed.path in self._holding)
        if file.casefold() in self._names - {before.casefold()}:
            self._problems.append(
                f"{head.placed.path} has no file: {file} is another script's on some disks."
            )
            return
        if file.startswith(self._links):
            return
        self._names.add(file.casefold())
        self._steps.append(Write(head, file, before))


def _above(path: str) -> Iterator[str]:
    """What a path leads through."""
    while path := path.rpartition("/")[0]:
        yield path


def _placed(file: str) -> Placed | None:
    try:
        return placed_at(file)
    except BadInput:
        return None
