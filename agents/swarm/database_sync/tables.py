"""A sync with what its table is like: which keys there can be, what a row's version is."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from agents.swarm.database_sync.shapes import Change, Put, Sync, Version
from agents.swarm.database_sync.values import (
    NO_KEY,
    READ,
    KeyKind,
    digest,
    key_text,
    key_values,
    no_key,
    record,
)
from graph.errors import BadInput
from graph.values import did_you_mean


class Column(msgspec.Struct, frozen=True):
    """A column as its database describes it.

    `kind` is what a key may be of, None for a column that no key can have. `required` says that
    a row can't be made without it.
    """

    name: str
    type: str
    kind: KeyKind | None = None
    required: bool = False


class Described(msgspec.Struct, frozen=True):
    """A sync with what the database at that address says of its table.

    `unique` are the sets of columns of which no two rows have the same values. `within` is what
    the flow that merges may touch as a flow named it, None where people did, to whom this home's
    own grants apply.
    """

    sync: Sync
    columns: tuple[Column, ...]
    unique: tuple[frozenset[str], ...]
    database: str
    within: Mapping[str, Any] | None = None


class Table:
    """Made from what the database says of a sync's table. Raises BadInput where they don't fit.

    `space` names what is held of it: another database, or other columns, are something else.
    """

    def __init__(self, described: Described) -> None:
        self.described = described
        self.sync = sync = described.sync
        columns = described.columns
        self.types = {column.name: column.type for column in columns}
        self._known(*sync.key, *sync.columns, *filter(None, [sync.version]))
        if frozenset(sync.key) not in described.unique:
            raise BadInput(
                f"{sync.table!r} may have several rows of one key ({', '.join(sync.key)}).",
                cure="Name its primary key, or give those columns a unique index.",
            )
        self.kinds = {column.name: column.kind for column in columns if column.name in sync.key}
        if odd := [name for name in sync.key if self.kinds[name] is None]:
            raise BadInput(
                f"The key column {odd[0]!r} is {self.types[odd[0]]}.",
                cure="A key is made of whole numbers, text, UUIDs, dates or booleans.",
            )
        wanted = [*sync.key, *sync.columns, *filter(None, [sync.version])]
        self.columns = tuple(dict.fromkeys(wanted if sync.columns else self.types))
        self.required = {column.name for column in columns if column.required}
        self._all = frozenset(self.columns)
        self._whole = self._all - {sync.version}
        self._read = tuple((name, READ[self.kinds[name] or "text"]) for name in sync.key)
        same = [described.database, sync.schema, sync.table, sync.key, self.columns, sync.version]
        self.space = f"{sync.name}:{digest({'of': same})[:12]}"

    @property
    def name(self) -> str:
        return self.sync.name

    def key(self, given: Any) -> str:
        """The text of a key: from a record with its columns, or from the value of its only one.

        Raises BadInput.
        """
        names = self.sync.key
        if isinstance(given, Mapping):
            return self.key_of(given)
        if len(names) > 1:
            raise BadInput(f"{self.name}: {given!r} is no key.", cure=self._cure())
        return self.key_of({names[0]: given})

    def _parts_of(self, given: Mapping[str, Any]) -> list[Any]:
        """The values of the key of a record, as the database writes them. Raises BadInput."""
        try:
            return [read(given[name]) for name, read in self._read]
        except (KeyError, *NO_KEY):
            raise self._no_key(given) from None

    def _no_key(self, given: Mapping[str, Any]) -> BadInput:
        for name, read in self._read:
            if (value := given.get(name)) is None:
                return BadInput(f"{self.name}: the key has no {name!r}.", cure=self._cure())
            try:
                read(value)
            except NO_KEY:
                return no_key(value, self.kinds[name] or "text", name)
        raise AssertionError("one of them can't be read")

    def key_of(self, row: Mapping[str, Any]) -> str:
        """The text of a row's key."""
        return key_text(self._parts_of(row))

    def parts(self, key: str) -> dict[str, Any]:
        """The columns of a key by name."""
        return dict(zip(self.sync.key, key_values(key), strict=True))

    def version(self, row: Mapping[str, Any] | None) -> Version:
        """The version of a row; 0 for none."""
        if row is None:
            return 0
        return int(row[self.sync.version] or 0) if self.sync.version else digest(row)

    def is_whole(self, values: Mapping[str, Any]) -> bool:
        """Whether these are all columns that a read gives, but the version's."""
        return self._whole <= values.keys()

    def change(self, put: Put) -> Change:
        """What a write comes to. Raises BadInput for columns that there aren't."""
        parts = self._parts_of(put.row)
        key = key_text(parts)
        if put.delete:
            return Change(key=key, values=None, expected=put.version, base=put.base)
        return Change(
            key=key, values=self._values(put.row, parts), expected=put.version, base=put.base
        )

    def changes(self, rows: Sequence[Mapping[str, Any]]) -> list[Change]:
        """What writes of rows come to, whichever are there. Raises BadInput, which says which."""
        made = list[Change]()
        for number, row in enumerate(rows):
            try:
                parts = self._parts_of(row)
                made.append(Change(key=key_text(parts), values=self._values(row, parts)))
            except BadInput as error:
                raise BadInput(f"Row {number}: {error.message}", cure=error.cure) from None
        return made

    def _values(self, row: Mapping[str, Any], parts: Sequence[Any]) -> dict[str, Any]:
        """The columns of a row as they are kept. Raises BadInput for those that there aren't."""
        values = record(row)
        if not values.keys() <= self._all:
            unknown = next(name for name in values if name not in self._all)
            raise BadInput(
                f"{self.name} has no column {unknown!r}.",
                cure=did_you_mean(unknown, self.columns),
            )
        values.pop(self.sync.version, None)
        values.update(zip(self.sync.key, parts, strict=True))
        return values

    def _known(self, *names: str) -> None:
        for name in names:
            if name not in self.types:
                raise BadInput(
                    f"The table {self.sync.table!r} has no column {name!r}.",
                    cure=did_you_mean(name, list(self.types)),
                )

    def _cure(self) -> str:
        return f"Give a record with {', '.join(self.sync.key)}."
