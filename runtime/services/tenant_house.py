"""The house of one tenant: a runtime, connections, agents and a folder that are nobody else's."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import msgspec

from agents.contract import Grants
from agents.tables import is_postgres
from graph.connections import ConnectionKind
from runtime.access.tenants import folder_of, schema_of
from runtime.compose import compose, granted
from runtime.connections.connections import Connections
from runtime.links import Links, key_in
from runtime.plugins import Installed, installed
from runtime.secrets import vault_key
from runtime.services.house import House
from runtime.settings import Settings

Opens = Callable[[str], AbstractAsyncContextManager[House]]

PREFIX = "/tenants/"
"""What the paths begin with by which strangers come to what a tenant leaves open."""


@contextlib.asynccontextmanager
async def tenant_house(
    house: House, name: str, *, address: str = "", memory: bool = False
) -> AsyncIterator[House]:
    """Open the house of a tenant within that of others. Raises HeddleError.

    It is made from nothing that the house has: its home is a folder of its own, its runs are in a
    file there or in a schema of its own, and it knows no variable, connection or server of the
    house. `address` is where people reach the house; which machine or process serves it isn't told.
    """
    settings = settings_of(house.settings, name)
    blocks = await asyncio.to_thread(installed, settings.packs_folder, settings.agents_folder)
    place = await asyncio.to_thread(_place, house.settings, name, memory=memory)
    grants = _granted(house.grants, settings.folder)
    links = Links(key_in(settings.folder), f"{address}{PREFIX}{name}")
    connections = _connections(settings, blocks)
    async with compose(
        settings, grants, blocks=blocks, place=place, connections=connections, is_discreet=True
    ) as runtime:
        runtime.served_at(f"{address}{PREFIX}{name}")
        with contextlib.ExitStack() as at_end:
            yield House(
                runtime, grants, settings, house.registry, house.keys, at_end,
                house.origins, links, house.access, address,
            )  # fmt: skip


def settings_of(settings: Settings, name: str) -> Settings:
    """The settings of a tenant: what bounds work is as in the house, and nothing leads to it."""
    return msgspec.structs.replace(
        settings,
        home=str(folder_of(settings.folder, name)),
        packs=str(settings.packs_folder),
        database_url="",
        redis_url="",
        pusher_app_id="",
        pusher_key="",
        pusher_secret="",
        pusher_cluster="",
        pusher_encryption_master_key_base64="",
        secrets_in="vault",
        model="",
    )


def in_schema(url: str, schema: str) -> str:
    """The address of a database whose tables are looked for in one schema and nowhere else."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    query["options"] = f"{query.get('options', '')} -csearch_path={schema}".strip()
    return urlunsplit(parts._replace(query=urlencode(query, quote_via=quote)))


def starts_commands(kind: ConnectionKind) -> bool:
    """Whether a connection of that kind may start a program on this machine."""
    return any(field.editor == "command" for field in kind.fields)


def _place(settings: Settings, name: str, *, memory: bool) -> str:
    """Where a tenant's runs are kept, made if need be. "": in a file of its home."""
    folder_of(settings.folder, name).mkdir(parents=True, exist_ok=True, mode=0o700)
    if memory:
        return "memory:"
    if not is_postgres(settings.database_url):
        return ""
    return in_schema(settings.database_url, _schema(settings.database_url, name))


def _schema(url: str, name: str) -> str:
    """The schema of a tenant, made if need be, beside that of the house."""
    # Whoever keeps runs in files needs no driver.
    import psycopg  # noqa: PLC0415 - see above
    from psycopg.sql import SQL, Identifier  # noqa: PLC0415 - see above

    from runtime.journal.postgres import OPTIONS, address_of, trouble_of  # noqa: PLC0415 - see above

    try:
        with psycopg.connect(address_of(url), autocommit=True, **OPTIONS) as connection:
            (house,) = connection.execute("SELECT current_schema()").fetchone() or ("public",)
            schema = schema_of(house, name)
            connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(schema)))
    except psycopg.Error as error:
        raise trouble_of(error, url) from error
    return schema


def _granted(most: Grants, home: Path) -> Grants:
    """What a tenant's flows may touch: a folder of their own, and the hosts that the house may."""
    folder = home / "files"
    folder.mkdir(parents=True, exist_ok=True)
    return msgspec.structs.replace(
        granted(folder, hosts=most.hosts, databases=most.databases),
        confines_connections=most.confines_connections,
    )


def _connections(settings: Settings, blocks: Installed) -> Connections:
    """Connections and secrets of a tenant's own: none that variables give, none that starts a
    program on this machine."""
    kept = {name: os.environ[name] for name in (vault_key.VARIABLE,) if name in os.environ}
    connectable = [one for one in blocks.connectable if not starts_commands(one.kind)]
    return Connections(settings.folder, connectable, prefer="vault", variables=kept)
