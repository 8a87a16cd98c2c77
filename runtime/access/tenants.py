"""Tenants as they stand in the tables, and what is theirs alone."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from runtime.access.errors import NotThere, Taken, Unfit
from runtime.access.tables import done, row, rows

if TYPE_CHECKING:
    import sqlalchemy as sa

_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}", re.ASCII)


class Tenant(msgspec.Struct, frozen=True):
    """Somebody whose flows, runs, connections and agents are nobody else's."""

    name: str
    made: float


def named(name: str) -> str:
    """The name of a tenant, which a folder and a schema can have, too. Raises Unfit."""
    if not _NAME.fullmatch(name):
        raise Unfit(
            f"{name[:100]!r} can't be the name of a tenant.",
            cure="It begins with a letter; letters, digits and _ follow, small and 31 at the most.",
        )
    return name


def folder_of(home: Path, tenant: str) -> Path:
    """Where all is that a tenant has in the home."""
    return home / "tenants" / named(tenant)


def schema_of(house: str, tenant: str) -> str:
    """The schema of a tenant in PostgreSQL, where the tables of the house are in another."""
    return f"tenant_{named(tenant)}" if house == "public" else f"{house}_tenant_{named(tenant)}"


def refuse_left(connection: "sa.Connection", home: Path, name: str) -> None:
    """Raises Taken when there is still something of a tenant of that name that was removed.

    Whoever is called the same later must not find it.
    """
    if folder_of(home, name).exists():
        raise Taken(
            f"There is still a folder of an earlier tenant {name!r}.",
            cure=f"Move {folder_of(home, name)} away, or delete it.",
        )
    if connection.dialect.name != "postgresql":
        return
    house = row(connection, "SELECT current_schema() AS name")
    schema = schema_of(str(house and house["name"]), name)
    if row(connection, "SELECT 1 FROM pg_namespace WHERE nspname = :schema", schema=schema):
        raise Taken(
            f"There is still a schema of an earlier tenant {name!r}.",
            cure=f"Rename {schema} in the database, or drop it.",
        )


def tenants(connection: "sa.Connection") -> Sequence[Tenant]:
    """All tenants by their names."""
    return [Tenant(**one) for one in rows(connection, "SELECT * FROM heddle_tenants ORDER BY name")]


def known(connection: "sa.Connection", name: str) -> str:
    """The name if there is such a tenant, or "" for the house itself. Raises NotThere."""
    if name:
        found = row(connection, "SELECT name FROM heddle_tenants WHERE name = :name", name=name)
        if found is None:
            raise NotThere(
                f"There is no tenant {name!r}.", cure="`heddle tenants list` lists them."
            )
    return name


def held(connection: "sa.Connection", name: str) -> str:
    """As `known`; nobody removes the tenant until this is done."""
    done(connection, "UPDATE heddle_tenants SET made = made WHERE name = :name", name=name)
    return known(connection, name)


def add(connection: "sa.Connection", tenant: Tenant) -> None:
    """Add a tenant. Raises Taken."""
    fresh = done(
        connection,
        "INSERT INTO heddle_tenants (name, made) VALUES (:name, :made) ON CONFLICT DO NOTHING",
        name=tenant.name,
        made=tenant.made,
    )
    if not fresh:
        raise Taken(f"There is a tenant {tenant.name!r} already.", cure="Choose another name.")


def remove(connection: "sa.Connection", name: str) -> None:
    """Forget a tenant and its users. What it has in the home is left where it is."""
    known(connection, name)
    for statement in (
        # First of all: they wait for whoever is added, or given a session or a key meanwhile.
        "DELETE FROM heddle_tenants WHERE name = :name",
        "DELETE FROM heddle_users WHERE tenant = :name",
        "DELETE FROM heddle_refreshes WHERE session IN "
        "(SELECT id FROM heddle_sessions WHERE tenant = :name)",
        "DELETE FROM heddle_sessions WHERE tenant = :name",
        "DELETE FROM heddle_keys WHERE tenant = :name",
        "DELETE FROM heddle_guesses WHERE tenant = :name",
        "DELETE FROM heddle_addresses WHERE tenant = :name",
    ):
        done(connection, statement, name=name)
