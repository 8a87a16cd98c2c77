"""Which servers of databases a flow may use: granted by host, by port, or by address."""

from typing import TYPE_CHECKING

from agents.contract import Grants
from agents.errors import NotGranted

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

PORT = 5432


def allow(grants: Grants, url: "URL") -> None:
    """Let a granted database pass. Raises NotGranted for any other."""
    if not any(_matches(entry, url) for entry in grants.databases):
        raise NotGranted(
            f"The flow may not use the database {shown(url)}.",
            cure=f"If it should, run it with --allow-database {shown(url)}",
        )


def parsed(address: str) -> "URL":
    """The address taken apart. Raises ValueError."""
    # 0.4 s that a flow without PostgreSQL need not spend.
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - see above
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415 - see above

    try:
        return make_url(address)
    except ArgumentError as error:
        raise ValueError(str(error)) from error


def shown(url: "URL") -> str:
    """An address without user and password."""
    host = f"[{url.host}]" if url.host and ":" in url.host else url.host
    port = f":{url.port}" if url.port not in (None, PORT) else ""
    return f"postgresql://{host}{port}/{url.database}"


def _matches(entry: str, url: "URL") -> bool:
    """`*`, `host`, `host:port`, or an address; what an entry leaves out may be anything."""
    if entry == "*":
        return True
    rest = entry.partition("://")[2] or entry
    port = url.port or PORT
    try:
        granted = parsed(f"postgresql://{rest}")
    except ValueError:
        return False
    return (
        (granted.host or "").lower() == (url.host or "").lower()
        and (granted.port or port) == port
        and (granted.database or url.database) == url.database
        and (granted.username or url.username) == url.username
    )
