"""Connections to databases, and the address that one stands for."""

import os
from urllib.parse import quote

from agents.contract import Grants
from agents.errors import Rejected
from agents.manager.alone import alone
from graph.connections import Connection, ConnectionField, ConnectionKind
from graph.errors import BadInput

DATABASE = "database"

CONNECTIONS = (
    ConnectionKind(
        DATABASE,
        "Database",
        "mdi6.database-outline",
        (
            ConnectionField(
                "address",
                "Address",
                "postgresql://host/database, or the path of a SQLite file.",
                required=True,
                editor="url",
            ),
            ConnectionField("user", "User", "Who asks; nobody for a file."),
            ConnectionField("password", "Password", "Kept apart from the address.", secret=True),
        ),
        help="Whoever looks after the server gives you its address, a user and a password.",
    ),
)


def address_of(connection: Connection) -> str:
    """The address with who asks in it, as the database agent takes it."""
    address, user = connection.get("address"), connection.get("user")
    scheme, there, rest = address.partition("://")
    if not there or not user or scheme.lower().startswith("sqlite"):
        return address
    password = connection.get("password")
    who = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    return f"{scheme}://{who}@{rest.rpartition('@')[2]}"


def _anywhere() -> Grants:
    """Whoever tries a connection out is a person, who may read their own files."""
    return Grants(folder=os.getcwd(), reads=(os.path.abspath(os.sep),))


async def try_out(connection: Connection) -> str:
    """Which database answers at the address. Raises AgentError."""
    # 0.8 s of drivers that only whoever tries a database need spend.
    from agents.database.agent import DatabaseAgent  # noqa: PLC0415 - see above

    address = address_of(connection)
    server = address.lower().startswith("postgres")
    asked = "version()" if server else "'SQLite ' || sqlite_version()"
    agent = DatabaseAgent(_anywhere(), alone())
    await agent.connect()
    try:
        rows = await agent.query(
            address, f"SELECT {asked} AS found", {}, row_limit=1, time_limit=15.0
        )
    except BadInput as error:
        raise Rejected(error.message, cure=error.cure) from error
    finally:
        await agent.close()
    return str(rows[0]["found"]).partition(" on ")[0]
