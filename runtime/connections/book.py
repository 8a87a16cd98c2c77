"""The file of connections: everything about them but their secrets."""

import contextlib
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from runtime.connections.contents import BookUnreadable, Tested
from runtime.secrets.keep import Place
from runtime.secrets.private import locked, read_private, write_private

VERSION = 1
"""Goes up when an older Heddle would lose something by writing the file anew."""


class Kept(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A connection as it is written down; `secrets` names the fields that are kept elsewhere.

    `agreed` is what somebody agreed to, field by field, None when nobody did.
    """

    name: str
    kind: str
    fields: Mapping[str, str] = {}
    secrets: tuple[str, ...] = ()
    agreed: Mapping[str, str] | None = None
    tested: Tested | None = None
    made: float = 0.0


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the file. `id` tells this home from others in the keyring of the system."""

    version: int = VERSION
    id: str = ""
    kept_in: Place | None = None
    connections: tuple[Kept, ...] = ()
    secrets: tuple[str, ...] = ()

    def find(self, name: str) -> Kept | None:
        """The connection of that name, None when there is none."""
        return next((kept for kept in self.connections if kept.name == name), None)

    def with_connection(self, new: Kept) -> "Book":
        """The book with a connection in the place of the one of that name, or at the end."""
        if self.find(new.name) is None:
            return msgspec.structs.replace(self, connections=(*self.connections, new))
        changed = tuple(new if kept.name == new.name else kept for kept in self.connections)
        return msgspec.structs.replace(self, connections=changed)

    def without(self, name: str) -> "Book":
        """The book without the connection of that name."""
        left = tuple(kept for kept in self.connections if kept.name != name)
        return msgspec.structs.replace(self, connections=left)


class BookFile:
    """HOME/connections.json, read anew each time: other processes write it, too."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "connections.json"
        self._lock = folder / "connections.lock"

    def read(self) -> Book:
        """What is in it now. Raises BookUnreadable, Exposed."""
        content = read_private(self.file, may_be_read=True)
        if content is None:
            return Book()
        try:
            version = msgspec.json.decode(content, type=_Versioned).version
            if version > VERSION:
                raise BookUnreadable(
                    f"{self.file} is a newer Heddle's (version {version}).",
                    cure="Use that one, or set HEDDLE_HOME to another folder.",
                )
            return msgspec.json.decode(content, type=Book)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BookUnreadable(
                f"{self.file} can't be read: {error}.",
                cure="Mend it or move it away; secrets are kept elsewhere and stay.",
            ) from error

    @contextlib.contextmanager
    def open(self) -> Iterator["Page"]:
        """Have the book alone, to change it: what is put in `book` is written at the end."""
        with locked(self._lock):
            page = Page(self.read())
            yield page
            if page.book is not page.before:
                book = page.book
                if not book.id:
                    book = msgspec.structs.replace(book, id=secrets.token_hex(8))
                write_private(self.file, msgspec.json.format(msgspec.json.encode(book)) + b"\n")

    def stamp(self) -> tuple[int, int]:
        """Differs from the one before as soon as somebody has written."""
        try:
            state = self.file.stat()
        except OSError:
            return (0, 0)
        return (state.st_mtime_ns, state.st_ino)


class Page:
    """The book while it is changed."""

    def __init__(self, book: Book) -> None:
        self.before = book
        self.book = book


class _Versioned(msgspec.Struct):
    version: int
