"""What one home holds of connections: the book, and in its keep the secrets that the book names."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from graph.connections import telling
from runtime.connections.book import Book, BookFile, Kept, Page
from runtime.connections.contents import BadConnection, Draft
from runtime.connections.keeping import Keeping
from runtime.secrets.keep import KeepError, Place


class Store:
    """Reads and writes both together; with no home there is nothing, and nothing can be kept."""

    def __init__(
        self, home: Path | None, prefer: Place | None, variables: Mapping[str, str]
    ) -> None:
        self._file = BookFile(home) if home else None
        self._keeping = Keeping(home, prefer, variables) if home else None

    def read(self) -> Book:
        """The book as it is now. Raises BookUnreadable, Exposed."""
        return self._file.read() if self._file else Book()

    def open(self) -> AbstractContextManager[Page]:
        """Have the book alone, to change it. Raises BadConnection where there is no home."""
        if self._file is None:
            raise BadConnection("This runtime keeps no connections.", cure="Give it a home.")
        return self._file.open()

    def standing(self, book: Book) -> tuple[Place, str]:
        """Where secrets are, or will be once there is one; and why not in the keyring."""
        return self._keeping.standing(book) if self._keeping else ("vault", "")

    # The secrets of a connection.

    def secrets_of(self, kept: Kept, book: Book) -> dict[str, str]:
        """The secrets of a connection by field. Raises KeepError when one is gone."""
        return {field: self._value(book, _place(kept.name, field)) for field in kept.secrets}

    def keep_secrets(self, book: Book, draft: Draft) -> Book:
        """Keep, or take away, the secrets of a draft; gives the book that says where they are."""
        if not draft.secrets:
            return book
        book = self._keep.settled(book)
        keep = self._keep.keep(book)
        for field, value in draft.secrets.items():
            if value:
                keep.put(_place(draft.name, field), value)
            else:
                keep.remove(_place(draft.name, field))
        return book

    def forget_secrets(self, kept: Kept, book: Book) -> None:
        """Remove the secrets of a connection."""
        for field in kept.secrets:
            self._keep.keep(book).remove(_place(kept.name, field))

    # Plain secrets.

    def plain(self, name: str, book: Book) -> str:
        """A plain secret that the book names. Raises KeepError when it is gone."""
        return self._value(book, _plain(name))

    def keep_plain(self, name: str, value: str, book: Book) -> Book:
        """Keep a plain secret; gives the book that says where."""
        book = self._keep.settled(book)
        self._keep.keep(book).put(_plain(name), value)
        return book

    def forget_plain(self, name: str, book: Book) -> None:
        """Remove a plain secret."""
        self._keep.keep(book).remove(_plain(name))

    # All of them.

    def move(self, to: Place) -> int:
        """Keep all secrets in another place; gives how many there were. Raises KeepError."""
        with self.open() as page:
            before, places = page.book, _places_of(page.book)
            page.book, moved = self._keep.moved(before, to, places)
        if moved and before.kept_in:
            self._keep.forget(before.kept_in, page.book, places)
        return moved

    def rotate(self) -> None:
        """Seal the vault with a fresh key. Raises KeepError."""
        self._keep.vault.rotate()

    def values(self) -> Iterator[str]:
        """Every secret that is kept, and what of it would tell it. Raises KeepError."""
        book = self.read()
        for place in _places_of(book):
            yield from telling(self._value(book, place))

    # How.

    @property
    def _keep(self) -> Keeping:
        assert self._keeping is not None, "there is a keep wherever there is a book"
        return self._keeping

    def _value(self, book: Book, place: str) -> str:
        assert self._file is not None
        value = self._keep.value(book, place, self._file.stamp())
        if value is None:
            _, name, *field = place.split(":")
            what = f"The {field[0]} of the connection" if field else "The secret"
            raise KeepError(
                f"{what} {name!r} is gone from where it was kept.", cure="Enter it anew."
            )
        return value


def _place(name: str, field: str) -> str:
    """What a secret of a connection is called in the keep."""
    return f"connection:{name}:{field}"


def _plain(name: str) -> str:
    """What a plain secret is called in the keep."""
    return f"secret:{name}"


def _places_of(book: Book) -> list[str]:
    """What all secrets of a book are called in the keep."""
    ours = [_place(kept.name, field) for kept in book.connections for field in kept.secrets]
    return [*ours, *map(_plain, book.secrets)]
