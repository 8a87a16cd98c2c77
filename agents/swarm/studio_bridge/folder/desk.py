"""Heddle's side of a folder: the newest versions, and what the folder makes newer."""

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

import msgspec

from agents.swarm.studio_bridge.book import Book
from agents.swarm.studio_bridge.folder.disk import digest_of
from agents.swarm.studio_bridge.folder.shapes import Head
from agents.swarm.studio_bridge.paths import fitting
from agents.swarm.studio_bridge.pushing import begun, kept, removed
from agents.swarm.studio_bridge.shapes import Placed, Pushed
from agents.swarm.studio_bridge.store import Store

T = TypeVar("T")

NOTE = "from the folder"
REMEMBERED = 50_000
"""Digests."""


class Wish(msgspec.Struct, frozen=True):
    """What a script is to be: as it is without a `source`, gone without a place.

    `script` is "" for a new one; `base` is the version that has to be the newest still.
    """

    script: str
    base: int
    placed: Placed | None
    source: str | None = None


class Desk:
    """The scripts of a project. Calls block, and raise AgentError."""

    def __init__(self, store: Store, project: str) -> None:
        self._store = store
        self._project = project
        self._digests = dict[tuple[str, int], str]()

    def recorded(self) -> int:
        """Another number whenever something of the project was recorded."""
        return self._read(Book.recorded)

    def heads(self, known: Collection[str]) -> dict[str, Head]:
        """The scripts there are, and of those that are `known` also what is gone."""

        def work(book: Book) -> dict[str, Head]:
            there = {
                one.script: self._head(book, one.script, one.version, Placed(one.path, one.kind))
                for one in book.infos()
            }
            for script in known:
                if script not in there and (standing := book.standing(script)) is not None:
                    head = standing.head
                    found = self._head(book, script, head.version, head.placed)
                    there[script] = msgspec.structs.replace(found, gone=head.gone)
            return there

        return self._read(work)

    def text(self, script: str, version: int) -> str:
        """The text of a version; "" where there is none."""
        found = self._read(lambda book: book.version(script, version))
        return "" if found is None else found.source

    def offer(self, wishes: Sequence[Wish]) -> list[Pushed | str]:
        """What became of each: the script, or why not; "" where another version is the newest."""
        return self._store.do(
            lambda c: [_granted(Book(c, self._project), one) for one in wishes], writes=True
        )

    def _head(self, book: Book, script: str, version: int, placed: Placed) -> Head:
        key = script, version
        if key not in self._digests:
            if len(self._digests) >= REMEMBERED:
                self._digests.clear()
            found = book.version(script, version)
            self._digests[key] = digest_of("" if found is None else found.source)
        return Head(script, version, placed, self._digests[key])

    def _read(self, work: Callable[[Book], T]) -> T:
        return self._store.do(lambda connection: work(Book(connection, self._project)))


def _granted(book: Book, wish: Wish) -> Pushed | str:
    standing = book.standing(wish.script) if wish.script else None
    if wish.script and (standing is None or standing.head.version != wish.base):
        return ""
    if wish.placed is None:
        return removed(book, standing, NOTE) if standing is not None else ""
    others = [one for one in book.at(wish.placed.path) if one.script != wish.script]
    if others:
        return f"There is another script at {wish.placed.path}." if wish.script else ""
    if standing is None:
        return begun(book, wish.placed, wish.source or "", NOTE)
    source = standing.head.source if wish.source is None else wish.source
    fitting(wish.placed.path, source)
    return kept(book, standing, wish.placed, source, NOTE, settles=False)
