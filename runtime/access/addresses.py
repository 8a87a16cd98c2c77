"""Where people come from: what counts as one address, and where somebody came in before."""

import ipaddress
from typing import TYPE_CHECKING

from runtime.access.tables import done, row

if TYPE_CHECKING:
    import sqlalchemy as sa

MOST = 20
"""Addresses that are known of somebody; the one they used longest ago is forgotten."""
LASTS = 90 * 86_400.0
"""Seconds after which an address is forgotten that somebody came in from."""


def origin(address: str) -> str:
    """What counts as one address: of IPv6 a whole site, whose machines choose the rest freely."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{ipaddress.IPv6Address(int(parsed) >> 64 << 64)}/64"


def is_known(connection: "sa.Connection", tenant: str, name: str, address: str, now: float) -> bool:
    """Whether somebody came in from an address not too long ago."""
    found = row(
        connection,
        "SELECT last FROM heddle_addresses "
        "WHERE tenant = :tenant AND name = :name AND address = :address AND last > :then",
        tenant=tenant,
        name=name,
        address=address,
        then=now - LASTS,
    )
    return found is not None


def note(connection: "sa.Connection", tenant: str, name: str, address: str, now: float) -> None:
    """Remember that somebody came in from an address."""
    done(
        connection,
        "INSERT INTO heddle_addresses (tenant, name, address, last) "
        "VALUES (:tenant, :name, :address, :now) "
        "ON CONFLICT (tenant, name, address) DO UPDATE SET last = excluded.last",
        tenant=tenant,
        name=name,
        address=address,
        now=now,
    )
    done(
        connection,
        "DELETE FROM heddle_addresses WHERE tenant = :tenant AND name = :name AND address NOT IN "
        "(SELECT address FROM heddle_addresses WHERE tenant = :tenant AND name = :name "
        "ORDER BY last DESC LIMIT :most)",
        tenant=tenant,
        name=name,
        most=MOST,
    )
