"""API keys as they stand in the tables: of each only a digest, and how it begins."""

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from runtime.access.errors import NotThere
from runtime.access.principal import Role
from runtime.access.sessions import hashed
from runtime.access.tables import done, row, rows

if TYPE_CHECKING:
    import sqlalchemy as sa

BEGIN = "hk_"
"""How API keys begin, so that a scanner of secrets finds those that got lost."""


class ApiKey(msgspec.Struct, frozen=True):
    """A key by which a program comes in as a user, with the role of the key at the most.

    `id` is how the key begins; `until` is when it ends, `used` about when it was last used, in
    seconds since the epoch.
    """

    id: str
    name: str
    title: str
    role: Role
    made: float
    until: float | None = None
    used: float | None = None
    revoked: float | None = None
    tenant: str = ""

    def is_good(self, now: float) -> bool:
        return self.revoked is None and (self.until is None or now < self.until)


def new_id() -> str:
    """How a new key is to begin."""
    return BEGIN + secrets.token_hex(6)


def id_of(word: str) -> str:
    """The id of the key that a word would be, "" when it can be none."""
    id, _, rest = word.rpartition(".")
    return id if rest and id.startswith(BEGIN) else ""


def add(connection: "sa.Connection", key: ApiKey) -> str:
    """Keep a key; gives the whole of it, which nobody can be told again."""
    word = f"{key.id}.{secrets.token_urlsafe(32)}"
    done(
        connection,
        "INSERT INTO heddle_keys (id, tenant, name, title, role, hash, made, until) "
        "VALUES (:id, :tenant, :name, :title, :role, :hash, :made, :until)",
        hash=hashed(word),
        **{field: getattr(key, field) for field in _KEPT},
    )
    return word


_KEPT = ("id", "tenant", "name", "title", "role", "made", "until")


def of_word(connection: "sa.Connection", word: str) -> ApiKey | None:
    """The key that a word is, None when it is none."""
    found = row(connection, "SELECT * FROM heddle_keys WHERE id = :id", id=id_of(word))
    if found is None or not secrets.compare_digest(found["hash"], hashed(word)):
        return None
    return _key(found)


def key(connection: "sa.Connection", tenant: str, id: str) -> ApiKey:
    """The key of that id. Raises NotThere."""
    found = row(
        connection,
        "SELECT * FROM heddle_keys WHERE tenant = :tenant AND id = :id",
        tenant=tenant,
        id=id,
    )
    if found is None:
        raise NotThere(f"There is no key {id!r}.", cure="`heddle keys list` lists them.")
    return _key(found)


def keys(
    connection: "sa.Connection", tenant: str, name: str, after: str, limit: int
) -> Sequence[ApiKey]:
    """Keys by their ids, those after an id; of one user when there is a name."""
    found = rows(
        connection,
        "SELECT * FROM heddle_keys WHERE tenant = :tenant AND id > :after "
        "AND (:name = '' OR name = :name) ORDER BY id LIMIT :limit",
        tenant=tenant,
        name=name,
        after=after,
        limit=limit,
    )
    return [_key(one) for one in found]


def change(connection: "sa.Connection", key: ApiKey) -> None:
    """Keep the title, the role and the end of a key."""
    done(
        connection,
        "UPDATE heddle_keys SET title = :title, role = :role, until = :until, revoked = :revoked "
        "WHERE id = :id",
        title=key.title,
        role=key.role,
        until=key.until,
        revoked=key.revoked,
        id=key.id,
    )


def note_use(connection: "sa.Connection", id: str, now: float) -> None:
    """Note that a key was used."""
    done(connection, "UPDATE heddle_keys SET used = :now WHERE id = :id", now=now, id=id)


def _key(found: object) -> ApiKey:
    return msgspec.convert(found, ApiKey, strict=False)
