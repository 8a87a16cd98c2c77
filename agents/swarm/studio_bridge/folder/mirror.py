"""Keeps a folder and the scripts of a project alike: looks at both, and does what is planned."""

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from agents.errors import AgentError
from agents.swarm.studio_bridge.folder.clashes import Clashes
from agents.swarm.studio_bridge.folder.desk import Desk, Wish
from agents.swarm.studio_bridge.folder.disk import Disk, digest_of
from agents.swarm.studio_bridge.folder.plan import Plan, Sides, planned
from agents.swarm.studio_bridge.folder.shapes import (
    Agree,
    Delete,
    Did,
    Differ,
    Entry,
    Forget,
    Head,
    Look,
    Offer,
    OnDisk,
    Remove,
    Step,
    Write,
)
from agents.swarm.studio_bridge.folder.state import Kept, State
from agents.swarm.studio_bridge.shapes import Pushed

FEW = 5
"""Files that may be gone at once, be they most of those there are."""


class Mirror:
    """One folder and one project. Look at it again and again: `look` blocks, and does the rest.

    Each text that is written over or deleted is a version in Heddle. What changes on the disk
    counts once it was the same in two looks, so that no half of a file is taken.
    """

    def __init__(self, disk: Disk, desk: Desk, kept: Kept) -> None:
        self._disk = disk
        self._desk = desk
        self._kept = kept
        self._state: State | None = None
        self._last: dict[str, str | None] | None = None
        self._heads = dict[str, Head]()
        self._recorded = -1
        self._quiet: tuple[Mapping[str, OnDisk], Look] | None = None
        self._turn = threading.Lock()

    def look(self, *, deletes: bool) -> Look:
        """Have both sides alike as far as that can be. Raises AgentError, BadInput.

        Most of the files gone at once count as scripts to be removed only if that `deletes`.
        """
        with self._turn:
            state = self._state = self._state or self._kept.read()
            recorded, files = self._desk.recorded(), self._disk.files()
            if self._quiet is not None and (recorded, files) == (self._recorded, self._quiet[0]):
                return self._quiet[1]
            sides = self._sides(state, recorded, files)
            plan = planned(sides)
            held = [] if deletes else _too_many(plan, state)
            steps = [one for one in plan.steps if not (held and isinstance(one, Remove))]
            work = _Work(self._disk, self._desk, state, sides)
            work.do(steps, settles=not plan.waits)
            self._last = {file: one.digest for file, one in sides.disk.items()} | work.written
            self._kept.save(state)
            look = Look(
                again=plan.waits or work.again or bool(work.did),
                scripts=len(state.entries),
                did=work.did,
                conflicts=sorted(one.file for one in state.clashes.values()),
                problems=sorted({*plan.problems, *held, *work.problems}),
            )
            is_quiet = not (look.again or look.problems or look.conflicts)
            self._quiet = (files, look) if is_quiet else None
            return look

    def _sides(self, state: State, recorded: int, files: Mapping[str, OnDisk]) -> Sides:
        if recorded != self._recorded:
            self._heads = self._desk.heads(state.entries)
            self._recorded = recorded
        last = self._last or {}
        agreed = {one.file: one.digest for one in state.entries.values()}
        marked = {
            file: msgspec.structs.replace(
                one, settled=one.digest in (None, last.get(file, ""), agreed.get(file))
            )
            for file, one in files.items()
        }
        absent = frozenset(agreed) - files.keys() - last.keys()
        return Sides(state.entries, self._heads, marked, () if self._last is None else absent)


class _Work:
    """The steps of one look, carried out."""

    def __init__(self, disk: Disk, desk: Desk, state: State, sides: Sides) -> None:
        self._disk = disk
        self._desk = desk
        self._state = state
        self._before = sides.disk
        self._clashes = Clashes(disk, desk, state)
        self.did = list[Did]()
        self.problems = list[str]()
        self.written = dict[str, str | None]()
        self.again = False

    def do(self, steps: Sequence[Step], *, settles: bool) -> None:
        """All of it; `settles` says that conflicts which aren't among it are over."""
        differ = [one for one in steps if isinstance(one, Differ)]
        decided = [one for one in differ if self._clashes.is_decided(one)]
        offers = [one for one in steps if isinstance(one, Offer)]
        offers += [Offer(one.file, one.placed, one.head) for one in decided]
        for step in steps:
            with self._telling():
                self._one(step)
        self._offer(offers, [one for one in steps if isinstance(one, Remove)])
        for one in (one for one in differ if one not in decided):
            with self._telling():
                self.did += self._clashes.tell(one, self._before[one.file].digest or "")
        if settles:
            self._clashes.end_all_but({one.head.script for one in differ if one not in decided})

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        """One file that can't be written doesn't hold up the others."""
        try:
            yield
        except AgentError as error:
            self.problems.append(str(error))

    def _one(self, step: Step) -> None:
        match step:
            case Write(head, file, before):
                self._write(head, file, before)
            case Delete(head, file):
                self._delete(head, file)
            case Agree(head, file):
                self._agree(head, file)
            case Forget(script):
                self._state.entries.pop(script, None)
            case _:
                pass

    def _agree(self, head: Head, file: str) -> None:
        self._state.entries[head.script] = Entry(file, head.version, head.digest)

    def _write(self, head: Head, file: str, before: str) -> None:
        is_same = before.casefold() == file.casefold()
        if not (self._is_as_seen(before or file) and (is_same or self._is_free(head, file))):
            self.again = True
            return
        if before != file and is_same:
            self._disk.rename(before, file)
        if self._disk.digest(file) != head.digest:
            self._disk.write(file, self._desk.text(head.script, head.version))
        if before and not is_same and self._is_as_seen(before):
            self._disk.delete(before)
        self.written[file] = head.digest
        self._agree(head, file)
        self.did.append(Did(file, "written"))

    def _delete(self, head: Head, file: str) -> None:
        if not self._is_as_seen(file):
            self.again = True
            return
        self._disk.delete(file)
        self._state.entries.pop(head.script, None)
        self.did.append(Did(file, "deleted"))

    def _is_as_seen(self, file: str) -> bool:
        """Whether nobody wrote to a file since it was looked at; what then is there stays."""
        seen = self._before.get(file, OnDisk("")).digest
        return self._disk.digest(file) == seen

    def _is_free(self, head: Head, file: str) -> bool:
        return self._disk.digest(file) in ("", head.digest)

    def _offer(self, offers: Sequence[Offer], removes: Sequence[Remove]) -> None:
        """All that Heddle is to take from the folder, in one."""
        asked = list[_Asked]()
        for offer in offers:
            with self._telling():
                asked += self._asked(offer)
        for one in removes:
            file = self._state.entries[one.head.script].file
            asked.append(_Asked(Wish(one.head.script, one.head.version, None), file, ""))
        answers = self._desk.offer([one.wish for one in asked]) if asked else []
        for ask, answer in zip(asked, answers, strict=True):
            self._answered(ask, answer)

    def _asked(self, offer: Offer) -> "list[_Asked]":
        """What is asked of Heddle; nothing if the file was written to since it was looked at."""
        head = offer.head
        script, base = (head.script, head.version) if head is not None else ("", 0)
        if head is not None and offer.moves_only:
            agreed = self._state.entries[head.script].digest
            return [_Asked(Wish(script, base, offer.placed), offer.file, agreed)]
        source = self._disk.text(offer.file)
        digest = digest_of(source)
        if digest != self._before[offer.file].digest:
            self.again = True
            return []
        return [_Asked(Wish(script, base, offer.placed, source), offer.file, digest)]

    def _answered(self, ask: "_Asked", answer: Pushed | str) -> None:
        if isinstance(answer, str):
            self.again = self.again or not answer
            self.problems += [f"{ask.file} stays out of Heddle: {answer}"] if answer else []
        elif answer.gone:
            del self._state.entries[answer.script]
            self.did.append(Did(ask.file, "removed"))
        else:
            self._state.entries[answer.script] = Entry(ask.file, answer.version, ask.digest)
            self.did.append(Did(ask.file, "taken"))


class _Asked(NamedTuple):
    """A wish, the file it is about, and the digest of what both have if it is granted."""

    wish: Wish
    file: str
    digest: str


def _too_many(plan: Plan, state: State) -> list[str]:
    """Why scripts whose files are gone stay, if that is more than a person deletes."""
    gone = sum(isinstance(one, Remove) for one in plan.steps)
    if gone < FEW or gone * 2 <= len(state.entries):
        return []
    return [
        f"{gone} of {len(state.entries)} files are gone at once: their scripts stay until that is "
        "said to be meant (--deletes), or the files are back."
    ]
