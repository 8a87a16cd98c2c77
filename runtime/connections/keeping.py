"""Which keep holds the secrets of a home, and how they get from one to the other."""

import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from runtime.connections.book import Book
from runtime.secrets.keep import Keep, KeepError, KeyringFailed, Place
from runtime.secrets.system_keyring import SystemKeyring, unusable
from runtime.secrets.vault import Vault

Stamp = tuple[int, int]


class Keeping:
    """The keeps of one home. One of them holds everything: the book says which."""

    def __init__(self, home: Path, prefer: Place | None, variables: Mapping[str, str]) -> None:
        self.vault = Vault(home, variables)
        self._prefer = prefer
        self._values: dict[str, str | None] = {}
        self._stamp: Stamp = (0, 0)

    def standing(self, book: Book) -> tuple[Place, str]:
        """Where secrets are, or will be once there is one; and why not in the keyring."""
        if book.kept_in:
            return book.kept_in, ""
        if self._prefer:
            return self._prefer, ""
        why = unusable()
        return ("vault" if why else "keyring"), why

    def settled(self, book: Book) -> Book:
        """The book with a place for secrets. Raises KeyringFailed for one that isn't there."""
        if book.kept_in and book.id:
            return book
        place, _ = self.standing(book)
        if place == "keyring" and (why := unusable()):
            raise KeyringFailed(
                f"Secrets can't be kept in the keyring: {why}.",
                cure="Set HEDDLE_SECRETS_IN to vault.",
            )
        return msgspec.structs.replace(book, kept_in=place, id=book.id or secrets.token_hex(8))

    def keep(self, book: Book) -> Keep:
        """The keep that holds the secrets of a settled book."""
        return self._at(book.kept_in or "vault", book.id)

    def value(self, book: Book, name: str, stamp: Stamp) -> str | None:
        """A secret, None when it is gone. What a keyring said stands until the book changes.

        A keyring takes milliseconds, and is asked by runs that others wait for.
        """
        if book.kept_in != "keyring":
            return self.keep(book).get(name)
        if stamp != self._stamp:
            self._values.clear()
            self._stamp = stamp
        if name not in self._values:
            self._values[name] = self.keep(book).get(name)
        return self._values[name]

    def moved(self, book: Book, to: Place, names: Iterable[str]) -> tuple[Book, int]:
        """The book with everything in another keep, and how many secrets that were.

        They are in both until all of them have arrived.
        """
        book = msgspec.structs.replace(book, id=book.id or secrets.token_hex(8))
        if book.kept_in == to:
            return book, 0
        if to == "keyring" and (why := unusable()):
            raise KeyringFailed(f"Secrets can't be kept in the keyring: {why}.")
        source, target = self.keep(book), self._at(to, book.id)
        held = {name: source.get(name) for name in names}
        if gone := [name for name, value in held.items() if value is None]:
            raise KeepError(f"{gone[0]!r} is gone from where it was kept.", cure="Enter it anew.")
        for name, value in held.items():
            target.put(name, value or "")
        return msgspec.structs.replace(book, kept_in=to), len(held)

    def forget(self, place: Place, book: Book, names: Iterable[str]) -> None:
        """Remove secrets from a keep that holds them no more."""
        keep = self._at(place, book.id)
        for name in names:
            keep.remove(name)

    def _at(self, place: Place, id: str) -> Keep:
        return self.vault if place == "vault" else SystemKeyring(f"Heddle {id}")
