"""The scripts of all projects: pushed, looked up, rolled back, and conflicts settled."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from agents.swarm.studio_bridge.book import Book
from agents.swarm.studio_bridge.intake import taken_in
from agents.swarm.studio_bridge.merging import moved
from agents.swarm.studio_bridge.paths import fitting, names_of, placed_by
from agents.swarm.studio_bridge.pushing import begun, kept, removed
from agents.swarm.studio_bridge.shapes import (
    Change,
    Conflict,
    Edit,
    Placed,
    Pushed,
    ScriptInfo,
    Standing,
    Taken,
    Version,
    VersionInfo,
)
from agents.swarm.studio_bridge.store import Store
from agents.swarm.studio_bridge.texts import marked
from graph.errors import BadInput
from graph.values import did_you_mean

T = TypeVar("T")

AT_ONCE = 50
"""Scripts that Studio is given at a time."""
CHARACTERS_AT_ONCE = 2_000_000


class Scripts:
    """Every method but `take_in` is for Heddle's side. Calls block; all raise AgentError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # What Heddle wants.

    def push(
        self, project: str, scripts: Mapping[str, str], remove: Collection[str], note: str
    ) -> list[Pushed]:
        """Make these the newest versions, all or none; what is the same already stays."""
        wanted = [(placed_by(name), fitting(name, source)) for name, source in scripts.items()]
        _alone(wanted)

        def work(book: Book) -> list[Pushed]:
            made = [_pushed(book, placed, source, note) for placed, source in wanted]
            return made + [removed(book, _one(book, name), note) for name in remove]

        return self._write(project, work)

    def roll_back(self, project: str, name: str, version: int) -> Pushed:
        """Make an old version the newest: as a version more, so that nothing is forgotten."""

        def work(book: Book) -> Pushed:
            standing = _one(book, name, or_gone=True)
            old, note = _version(book, standing, version), f"back to version {version}"
            return kept(book, standing, old.placed, old.source, note, settles=False)

        return self._write(project, work)

    def resolve(self, project: str, name: str, source: Callable[[Conflict], str]) -> Pushed:
        """Settle a conflict by a text made of its sides. Raises BadInput where there is none."""

        def work(book: Book) -> Pushed:
            standing = _one(book, name)
            if not standing.in_conflict:
                raise BadInput(
                    f"{standing.head.path} is in no conflict.",
                    cure="roblox.conflicts lists those there are.",
                )
            base = book.version(standing.script, standing.base)
            theirs = _version(book, standing, standing.theirs)
            before = (base or standing.head).placed
            return kept(
                book,
                standing,
                moved(before, standing.head.placed, theirs.placed),
                fitting(name, source(_conflict(book, standing))),
                "conflict settled",
            )

        return self._write(project, work)

    # What there is.

    def infos(self, project: str) -> list[ScriptInfo]:
        """All scripts there are, by path."""
        return self._read(project, Book.infos)

    def script(self, project: str, name: str, version: int = 0) -> Version:
        """A version of a script by path or id, the newest for 0. Raises BadInput."""

        def work(book: Book) -> Version:
            standing = _one(book, name, or_gone=bool(version))
            return _version(book, standing, version) if version else standing.head

        return self._read(project, work)

    def history(self, project: str, name: str, most: int) -> list[VersionInfo]:
        """The versions of a script, the newest first. Raises BadInput."""

        def work(book: Book) -> list[VersionInfo]:
            standing = _one(book, name, or_gone=True)
            found = book.history(standing.script, most)
            return [_info(one, standing.head.version) for one in found]

        return self._read(project, work)

    def conflicts(self, project: str) -> list[Conflict]:
        """What both sides changed."""
        return self._read(project, lambda b: [_conflict(b, one) for one in b.conflicts()])

    # What Studio has, and what it lacks.

    def take_in(self, project: str, edits: Sequence[Edit]) -> list[Taken]:
        """What came of what Studio has. It is on the disk when this returns."""
        return self._write(project, lambda book: taken_in(book, edits))

    def forget_studio(self, project: str) -> None:
        """Nobody knows any longer what Studio has: it will say."""
        self._write(project, Book.forget_studio)

    def lacking(self, project: str, leave: Collection[tuple[str, int]]) -> list[Change]:
        """What Studio has to take next, but for versions of scripts that it refused."""
        found = self._read(project, lambda book: book.pending(leave, AT_ONCE))
        changes, characters = list[Change](), 0
        for one in found:
            characters += len(one.head.source)
            if changes and characters > CHARACTERS_AT_ONCE:
                break
            changes.append(_change(one))
        return changes

    def confirm(self, project: str, has: Mapping[str, int]) -> None:
        """Studio says which versions it has now."""

        def work(book: Book) -> None:
            for script, version in has.items():
                standing = book.standing(script)
                if standing is not None and book.version(script, version) is not None:
                    book.stand(
                        Standing(
                            script=script,
                            head=standing.head,
                            studio=version,
                            base=standing.base,
                            theirs=standing.theirs,
                        )
                    )

        self._write(project, work)

    def _read(self, project: str, work: Callable[[Book], T]) -> T:
        return self._store.do(lambda connection: work(Book(connection, project)))

    def _write(self, project: str, work: Callable[[Book], T]) -> T:
        return self._store.do(lambda connection: work(Book(connection, project)), writes=True)


def _alone(wanted: Sequence[tuple[Placed, str]]) -> None:
    """Two files may not mean one script."""
    seen = set[str]()
    for placed, _ in wanted:
        if placed.path in seen:
            raise BadInput(f"{placed.path} is there twice.", cure="Leave one of them out.")
        seen.add(placed.path)


def _pushed(book: Book, placed: Placed, source: str, note: str) -> Pushed:
    found = book.at(placed.path)
    if len(found) > 1:
        raise BadInput(
            f"Studio has {len(found)} scripts at {placed.path}.",
            cure="Rename all but one there: nobody can tell which is meant.",
        )
    if found:
        return kept(book, found[0], placed, source, note, settles=False)
    return begun(book, placed, source, note)


def _one(book: Book, name: str, *, or_gone: bool = False) -> Standing:
    """The script of that id or path. Raises BadInput."""
    known = book.standing(name)
    if known is not None and (or_gone or not known.head.gone):
        return known
    path = placed_by(name).path if "/" in name else name
    found = book.at(path) or (book.gone_from(path) if or_gone else [])
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(one.script for one in found)
        raise BadInput(f"There are {len(found)} scripts at {path}.", cure=f"Name one by id: {ids}.")
    raise BadInput(
        f"There is no script {name!r}.",
        cure=did_you_mean(path, [one.path for one in book.infos()])
        or "roblox.scripts lists those there are.",
    )


def _version(book: Book, standing: Standing, version: int) -> Version:
    if (found := book.version(standing.script, version)) is not None:
        return found
    last = next(book.history(standing.script, 1)).version
    raise BadInput(
        f"{standing.head.path} has no version {version}.", cure=f"There are 1 to {last}."
    )


def _info(version: Version, newest: int) -> VersionInfo:
    return VersionInfo(
        version=version.version,
        path=version.path,
        kind=version.kind,
        by=version.by,
        at=version.at,
        size=len(version.source.encode()),
        base=version.base,
        gone=version.gone,
        note=version.note,
        newest=version.version == newest,
    )


def _conflict(book: Book, standing: Standing) -> Conflict:
    head, theirs = standing.head, _version(book, standing, standing.theirs)
    base = book.version(standing.script, standing.base)
    before = None if base is None else base.source
    both = marked(before, head.source, theirs.source)
    return Conflict(
        script=standing.script,
        path=head.path,
        kind=head.kind,
        heddle=head.source,
        studio=theirs.source,
        base=before,
        marked=both.text,
        clean=both.clean,
        heddle_version=head.version,
        studio_version=theirs.version,
        base_version=standing.base,
    )


def _change(standing: Standing) -> Change:
    head = standing.head
    return Change(
        script=standing.script,
        version=head.version,
        path=names_of(head.path),
        kind=head.kind,
        source=head.source,
        gone=head.gone,
    )
