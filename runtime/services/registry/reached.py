"""Running services as tenants are told of them."""

from collections.abc import Iterable
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from runtime.services.registry.shapes import Entry
from runtime.services.server import is_loopback


class Reached(msgspec.Struct, frozen=True):
    """A running service, as those are told who have no business with the machines of the house."""

    service: str
    address: str
    health: Literal["ok", "degraded", "late"]


def reached(entries: Iterable[Entry], came_by: str) -> list[Reached]:
    """Services, each at the address where it is reached by those who came by that one."""
    return [Reached(one.service, _from(came_by, one.address), one.health) for one in entries]


def _from(came_by: str, address: str) -> str:
    """An address for those who came by another: what is this machine to it may not be to them."""
    here, there = urlsplit(came_by), urlsplit(address)
    if there.port is None or not is_loopback(there.hostname or ""):
        return address
    name = here.netloc.removesuffix(f":{here.port}")
    return there._replace(netloc=f"{name}:{there.port}").geturl()
