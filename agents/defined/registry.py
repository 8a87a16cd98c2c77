"""Where defined agents are kept: a row for each version, never changed once it is there."""

from typing import TYPE_CHECKING, Any

import msgspec

from agents.defined.shapes import Defined, Definition
from agents.tables import ask
from graph.errors import BadInput

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

STATEMENTS = (
    "CREATE TABLE IF NOT EXISTS defined_agents (name TEXT NOT NULL, version BIGINT NOT NULL, "
    "definition TEXT NOT NULL, flow TEXT NOT NULL, takes TEXT NOT NULL, author TEXT NOT NULL, "
    "at DOUBLE PRECISION NOT NULL, gone BIGINT NOT NULL, PRIMARY KEY (name, version))",
)

_COLUMNS = "definition, version, flow, takes, author, at"
_GONE = "(SELECT COALESCE(MAX(version), 0) FROM defined_agents WHERE name = a.name AND gone = 1)"
_OF = (
    f"SELECT {_COLUMNS} FROM defined_agents a WHERE name = :name AND gone = 0 "
    f"AND version > {_GONE} ORDER BY version DESC LIMIT :most"
)
_ONE = (
    f"SELECT {_COLUMNS} FROM defined_agents WHERE name = :name AND version = :version AND gone = 0"
)
_LIST = (
    f"SELECT {_COLUMNS} FROM defined_agents a WHERE name > :after AND gone = 0 AND version = "
    "(SELECT MAX(version) FROM defined_agents WHERE name = a.name) ORDER BY name LIMIT :most"
)
_LAST = "SELECT MAX(version) FROM defined_agents WHERE name = :name"
_ADD = (
    "INSERT INTO defined_agents (name, version, definition, flow, takes, author, at, gone) "
    "VALUES (:name, :version, :definition, :flow, :takes, :author, :at, :gone)"
)


def listed(connection: "Connection", after: str, most: int) -> list[Defined]:
    """The newest version of each agent, by name."""
    return [_read(row) for row in ask(connection, _LIST, after=after, most=most)]


def versions(connection: "Connection", name: str, most: int) -> list[Defined]:
    """The versions of an agent since it was last taken away, the newest first."""
    return [_read(row) for row in ask(connection, _OF, name=name, most=most)]


def one(connection: "Connection", name: str, version: int) -> Defined:
    """A version of an agent, the newest when it is 0. Raises BadInput.

    A version that was named stays to be used when the agent is taken away.
    """
    if version:
        found = [_read(row) for row in ask(connection, _ONE, name=name, version=version)]
    else:
        found = versions(connection, name, 1)
    if not found:
        which = f"version {version} of the agent" if version else "agent"
        raise BadInput(f"There is no {which} {name!r}.", cure="The agent designer defines them.")
    return found[0]


def add(connection: "Connection", made: Defined) -> Defined:
    """Keep the next version, unless the newest says the very same."""
    before = versions(connection, made.definition.name, 1)
    if before and (before[0].definition, before[0].flow) == (made.definition, made.flow):
        return msgspec.structs.replace(before[0], known=True)
    number = _last(connection, made.definition.name) + 1
    kept = msgspec.structs.replace(made, version=number)
    _insert(connection, kept, gone=0)
    return kept


def remove(connection: "Connection", name: str, author: str, at: float) -> None:
    """Take an agent away. Raises BadInput when there is none."""
    last = one(connection, name, 0)
    gone = msgspec.structs.replace(last, version=_last(connection, name) + 1, author=author, at=at)
    _insert(connection, gone, gone=1)


def _last(connection: "Connection", name: str) -> int:
    found: Any = ask(connection, _LAST, name=name).fetchone()
    return int(found[0] or 0)


def _insert(connection: "Connection", made: Defined, *, gone: int) -> None:
    ask(
        connection, _ADD, name=made.definition.name, version=made.version,
        definition=msgspec.json.encode(made.definition).decode(), flow=made.flow,
        takes=msgspec.json.encode(made.takes).decode(), author=made.author, at=made.at, gone=gone,
    )  # fmt: skip


def _read(row: Any) -> Defined:
    definition, version, flow, takes, author, at = row
    return Defined(
        msgspec.json.decode(definition, type=Definition), version, flow,
        msgspec.json.decode(takes, type=tuple[str, ...]), author, at,
    )  # fmt: skip
