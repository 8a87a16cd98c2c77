"""Users as they stand in the tables."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from runtime.access.errors import NotThere, Taken, Unfit
from runtime.access.principal import ROLES, Role
from runtime.access.tables import done, row, rows

if TYPE_CHECKING:
    import sqlalchemy as sa

RESERVED = frozenset(("owner",))
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}", re.ASCII)


class User(msgspec.Struct, frozen=True):
    """Somebody who may come in; `made` is seconds since the epoch."""

    name: str
    role: Role
    enabled: bool
    made: float
    tenant: str = ""


def named(name: str) -> str:
    """A name as it is kept: case means nothing. Raises Unfit."""
    name = name.strip().lower()
    if not _NAME.fullmatch(name) or name in RESERVED:
        raise Unfit(
            f"{name[:100]!r} can't be the name of a user.",
            cure="It has letters, digits and any of . _ @ + -, 100 at the most.",
        )
    return name


def role_named(role: str) -> Role:
    """A role. Raises Unfit."""
    if role not in ROLES:
        raise Unfit(f"There is no role {role!r}.", cure=f"There are {', '.join(ROLES)}.")
    return role


def user(connection: "sa.Connection", tenant: str, name: str) -> User:
    """The user of that name. Raises NotThere."""
    found = row(
        connection,
        "SELECT * FROM heddle_users WHERE tenant = :tenant AND name = :name",
        tenant=tenant,
        name=name,
    )
    if found is None:
        raise NotThere(f"There is no user {name!r}.", cure="`heddle users list` lists them.")
    return _user(found)


def held(connection: "sa.Connection", tenant: str, name: str) -> User:
    """The user of that name, whom nobody changes or removes until this is done. Raises NotThere."""
    done(
        connection,
        "UPDATE heddle_users SET made = made WHERE tenant = :tenant AND name = :name",
        tenant=tenant,
        name=name,
    )
    return user(connection, tenant, name)


def users(connection: "sa.Connection", tenant: str, after: str, limit: int) -> Sequence[User]:
    """Users by their names, those after a name."""
    found = rows(
        connection,
        "SELECT * FROM heddle_users WHERE tenant = :tenant AND name > :after "
        "ORDER BY name LIMIT :limit",
        tenant=tenant,
        after=after,
        limit=limit,
    )
    return [_user(one) for one in found]


def password_of(connection: "sa.Connection", tenant: str, name: str) -> str:
    """The hash of the password of a user who may come in, "" for anybody else."""
    found = row(
        connection,
        "SELECT password FROM heddle_users WHERE tenant = :tenant AND name = :name AND enabled = 1",
        tenant=tenant,
        name=name,
    )
    return found["password"] if found else ""


def add(connection: "sa.Connection", added: User, password: str) -> None:
    """Add a user, with the hash of their password. Raises Taken."""
    fresh = done(
        connection,
        "INSERT INTO heddle_users (tenant, name, role, password, enabled, made) "
        "VALUES (:tenant, :name, :role, :password, 1, :made) ON CONFLICT DO NOTHING",
        tenant=added.tenant,
        name=added.name,
        role=added.role,
        password=password,
        made=added.made,
    )
    if not fresh:
        raise Taken(f"There is a user {added.name!r} already.", cure="Choose another name.")


def change(connection: "sa.Connection", changed: User) -> None:
    """Keep the role of a user, and whether they may come in."""
    done(
        connection,
        "UPDATE heddle_users SET role = :role, enabled = :enabled "
        "WHERE tenant = :tenant AND name = :name",
        role=changed.role,
        enabled=int(changed.enabled),
        tenant=changed.tenant,
        name=changed.name,
    )


def keep_password(connection: "sa.Connection", tenant: str, name: str, password: str) -> None:
    """Keep the hash of a user's password."""
    done(
        connection,
        "UPDATE heddle_users SET password = :password WHERE tenant = :tenant AND name = :name",
        password=password,
        tenant=tenant,
        name=name,
    )


def remove(connection: "sa.Connection", tenant: str, name: str) -> None:
    """Forget a user, and all by which they could come in."""
    for statement in (
        # First of all: it waits for whoever gives them a session or a key meanwhile.
        "DELETE FROM heddle_users WHERE tenant = :tenant AND name = :name",
        "DELETE FROM heddle_refreshes WHERE session IN "
        "(SELECT id FROM heddle_sessions WHERE tenant = :tenant AND name = :name)",
        "DELETE FROM heddle_sessions WHERE tenant = :tenant AND name = :name",
        "DELETE FROM heddle_keys WHERE tenant = :tenant AND name = :name",
        "DELETE FROM heddle_addresses WHERE tenant = :tenant AND name = :name",
    ):
        done(connection, statement, tenant=tenant, name=name)


def _user(found: object) -> User:
    return msgspec.convert(found, User, strict=False)
