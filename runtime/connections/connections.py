"""The connections and secrets of one home, whoever reads and writes them at the same time."""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from graph.connections import Connection, ConnectionField, ConnectionKind
from graph.values import did_you_mean
from runtime.connections.book import Book, Kept
from runtime.connections.checking import agreeable, refuse_name, refuse_unfit
from runtime.connections.contents import (
    BadConnection,
    Draft,
    NoConnection,
    NotAgreed,
    Overview,
    Served,
    Shown,
    Tested,
)
from runtime.connections.from_environment import given_by, secret_fields
from runtime.connections.store import Store
from runtime.connections.trying import served, tried
from runtime.plugins import Connectable
from runtime.secrets.environment import NoSecret, variable_of
from runtime.secrets.environment import all_values as values_of_variables
from runtime.secrets.environment import secret as secret_of_variable
from runtime.secrets.keep import Place


class Connections:
    """Connections by name, and plain secrets; those that variables give are there unasked.

    `home` is the folder they are kept in; with None nothing can be kept. `model` is what is
    asked where none is named, "" for that of the first connection.
    """

    def __init__(
        self,
        home: Path | None,
        connectable: Iterable[Connectable] = (),
        *,
        prefer: Place | None = None,
        model: str = "",
        variables: Mapping[str, str] = os.environ,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._store = Store(home, prefer, variables)
        self._known = {one.kind.kind: one for one in connectable}
        self._model = model
        self._variables = variables
        self._now = now

    # What a run asks.

    def connection(self, name: str) -> Connection:
        """A connection with its secrets. Raises NoConnection, NotAgreed, KeepError."""
        book = self._store.read()
        kept = book.find(name)
        if kept is None:
            return self._given(name, book)
        shown = self._shown(kept, book)
        if not shown.agreed:
            raise NotAgreed(
                f"Nobody has agreed to what the connection {name!r} does.",
                cure=f"Look at it in the Connections dock, or by `heddle connections agree {name}`",
            )
        secrets = self._store.secrets_of(kept, book)
        defaults = {field.name: field.default for field in self._fields(kept.kind)}
        return Connection(name, kept.kind, {**defaults, **kept.fields, **secrets}, kept.secrets)

    def names(self, *kinds: str) -> tuple[str, ...]:
        """The names of all connections of these kinds, kept ones first as they were made."""
        book = self._store.read()
        kept = [(one.name, one.kind) for one in book.connections]
        given = [(one.name, one.kind) for one in self._of_variables() if not book.find(one.name)]
        return tuple(name for name, kind in (*kept, *given) if not kinds or kind in kinds)

    def secret(self, name: str) -> str:
        """A plain secret, from its variable or from the keep. Raises NoSecret, KeepError."""
        try:
            return secret_of_variable(name, self._variables)
        except NoSecret:
            book = self._store.read()
            if name not in book.secrets:
                raise
            return self._store.plain(name, book)

    # What a person asks.

    def overview(self) -> Overview:
        """Everything but the secrets. Raises BookUnreadable."""
        book = self._store.read()
        shown = [self._shown(kept, book) for kept in book.connections]
        shown += [self._shown_given(one) for one in self._of_variables() if not book.find(one.name)]
        where, why = self._store.standing(book)
        return Overview(
            connections=tuple(shown),
            kinds=tuple(one.kind for one in self._known.values()),
            testable=tuple(kind for kind, one in self._known.items() if one.try_out),
            secrets=book.secrets,
            kept_in=where,
            why=why,
            model=self._model,
        )

    def show(self, name: str) -> Shown:
        """One connection without its secrets. Raises NoConnection."""
        shown = {one.name: one for one in self.overview().connections}
        if name not in shown:
            raise self._missing(name, tuple(shown))
        return shown[name]

    def put(self, draft: Draft) -> Shown:
        """Keep a connection, new or in the place of its former self. Raises BadConnection."""
        refuse_name(draft.name)
        kind = self._kind(draft.kind)
        fields = {name: value.strip() for name, value in draft.fields.items() if value.strip()}
        with self._store.open() as page:
            before = page.book.find(draft.name)
            if before and before.kind != draft.kind:
                raise BadConnection(
                    f"{draft.name!r} is a connection already, of the kind {before.kind!r}.",
                    cure="Choose another name, or remove that one first.",
                )
            had = before.secrets if before else ()
            draft = msgspec.structs.replace(draft, fields=fields)
            refuse_unfit(draft, kind, had)
            book = self._store.keep_secrets(page.book, draft)
            names = {*had, *draft.secrets} - {n for n, v in draft.secrets.items() if not v}
            kept = Kept(
                name=draft.name,
                kind=draft.kind,
                fields=fields,
                secrets=tuple(name for name in secret_fields(kind) if name in names),
                agreed=before.agreed if before else None,
                made=before.made if before else self._now(),
            )
            page.book = book.with_connection(kept)
            shown = self._shown(kept, page.book)
        if before and agreeable(kind, before.fields) != shown.agrees_to:
            self._forget(before)  # it leads elsewhere, or less is agreed to of what it offers
        return shown

    def agree(self, name: str, to: Mapping[str, str]) -> Shown:
        """Note that a person agreed to what the connection does, which is exactly this.

        Raises BadConnection when it does something else by now.
        """
        with self._store.open() as page:
            kept = self._kept(page.book, name)
            if agreeable(self._kind(kept.kind), kept.fields) != dict(to):
                raise BadConnection(
                    f"{name!r} has been changed meanwhile.", cure="Look at it once more."
                )
            kept = msgspec.structs.replace(kept, agreed=dict(to))
            page.book = page.book.with_connection(kept)
            return self._shown(kept, page.book)

    def remove(self, name: str) -> None:
        """Forget a connection and its secrets. Raises NoConnection."""
        with self._store.open() as page:
            kept = self._kept(page.book, name)
            self._store.forget_secrets(kept, page.book)
            page.book = page.book.without(name)
        self._forget(kept)

    async def test(self, name: str) -> Tested:
        """Try a connection out; what came of it is kept with it. Raises NoConnection, KeepError."""
        connection = self.connection(name)
        known = self._known.get(connection.kind)
        tested = await tried(connection, known.try_out if known else None, self._now)
        if self._store.read().find(name) is not None:
            with self._store.open() as page:
                kept = page.book.find(name)
                if kept is not None:
                    kept = msgspec.structs.replace(kept, tested=tested)
                    page.book = page.book.with_connection(kept)
        return tested

    async def models(self, name: str) -> Served:
        """The models that a connection serves. Raises NoConnection, NotAgreed, KeepError."""
        connection = self.connection(name)
        known = self._known.get(connection.kind)
        return await served(connection, known.models_of if known else None)

    # Plain secrets.

    def put_secret(self, name: str, value: str) -> None:
        """Keep a plain secret. Raises BadConnection, KeepError."""
        refuse_name(name)
        if not value:
            raise BadConnection(f"The secret {name!r} is empty.", cure="Remove it instead.")
        with self._store.open() as page:
            page.book = self._store.keep_plain(name, value, page.book)
            names = tuple(dict.fromkeys((*page.book.secrets, name)))
            page.book = msgspec.structs.replace(page.book, secrets=names)

    def remove_secret(self, name: str) -> None:
        """Forget a plain secret. Raises NoSecret."""
        with self._store.open() as page:
            if name not in page.book.secrets:
                cure = did_you_mean(name, page.book.secrets)
                if self._variables.get(variable_of(name)):
                    cure = f"It comes from the variable {variable_of(name)}."
                raise NoSecret(f"No secret {name!r} is kept.", cure=cure)
            self._store.forget_plain(name, page.book)
            left = tuple(one for one in page.book.secrets if one != name)
            page.book = msgspec.structs.replace(page.book, secrets=left)

    # All of them.

    def move(self, to: Place) -> int:
        """Keep all secrets in another place; gives how many there were. Raises KeepError."""
        return self._store.move(to)

    def rotate(self) -> None:
        """Seal the vault with a fresh key. Raises KeepError."""
        self._store.rotate()

    def all_values(self) -> list[str]:
        """Every secret there is, to be kept out of what leaves this machine. Raises KeepError."""
        given = [value for one in self._of_variables() for value in one.secrets]
        return [*values_of_variables(self._variables), *given, *self._store.values()]

    # How.

    def _of_variables(self) -> list[Connection]:
        return list(given_by(self._variables, (one.kind for one in self._known.values())))

    def _given(self, name: str, book: Book) -> Connection:
        given = {one.name: one for one in self._of_variables()}
        if name not in given:
            raise self._missing(name, (*(kept.name for kept in book.connections), *given))
        return given[name]

    def _kept(self, book: Book, name: str) -> Kept:
        kept = book.find(name)
        if kept is not None:
            return kept
        if name in {one.name for one in self._of_variables()}:
            raise BadConnection(f"{name!r} comes from variables, which only you can change.")
        raise self._missing(name, tuple(kept.name for kept in book.connections))

    def _forget(self, kept: Kept) -> None:
        """Have what was found through a connection forgotten."""
        known = self._known.get(kept.kind)
        if known is not None and known.forget is not None:
            known.forget(kept.name)

    def _missing(self, name: str, known: tuple[str, ...]) -> NoConnection:
        cure = did_you_mean(name, known) or (
            f"Make it in the Connections dock, or by `heddle connections set {name}`."
        )
        return NoConnection(f"There is no connection {name!r}.", cure=cure)

    def _kind(self, kind: str) -> ConnectionKind:
        if kind not in self._known:
            raise BadConnection(
                f"There is no kind of connection {kind!r}.", cure=did_you_mean(kind, self._known)
            )
        return self._known[kind].kind

    def _fields(self, kind: str) -> tuple[ConnectionField, ...]:
        return self._known[kind].kind.fields if kind in self._known else ()

    def _shown(self, kept: Kept, book: Book) -> Shown:
        known = self._known.get(kept.kind)
        to = agreeable(known.kind, kept.fields) if known else {}
        return Shown(
            name=kept.name,
            kind=kept.kind,
            fields=kept.fields,
            secrets=kept.secrets,
            where=(book.kept_in or "") if kept.secrets else "",
            agrees_to=to,
            agreed=not (known and known.kind.asks_first) or kept.agreed == to,
            tested=kept.tested,
            made=kept.made,
        )

    def _shown_given(self, one: Connection) -> Shown:
        plain = {n: v for n, v in one.fields.items() if v and n not in one.secret}
        held = tuple(name for name in one.secret if one.get(name))
        return Shown(name=one.name, kind=one.kind, fields=plain, secrets=held, where="environment")
