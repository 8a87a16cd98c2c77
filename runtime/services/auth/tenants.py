"""Tenants over HTTP, for admins of the house."""

from typing import Any

import msgspec
from litestar import Request, delete, get, post
from litestar.params import FromPath, JSONBody

from runtime.access.tenants import Tenant
from runtime.services.auth.shared import Doors, by, refuse_key
from runtime.services.paging import Page
from runtime.services.roles import ByRole, NotAllowed, principal_of


class NewTenant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tenant that is to be there."""

    name: str


@get("/tenants")
async def tenants(request: Request[Any, Any, Any], access: Doors) -> Page[Tenant]:
    """All tenants."""
    _refuse_tenants(request)
    return Page(await access.people.tenants())


@post("/tenants")
async def add(request: Request[Any, Any, Any], access: Doors, data: JSONBody[NewTenant]) -> Tenant:
    """Add a tenant: with flows, runs, connections and agents of its own, none yet."""
    _refuse_tenants(request)
    refuse_key(principal_of(request))
    return await access.people.add_tenant(data.name, by(request))


@delete("/tenants/{name:str}", status_code=204)
async def remove(request: Request[Any, Any, Any], access: Doors, name: FromPath[str]) -> None:
    """Forget a tenant and its users. What it has in the home is left where it is."""
    _refuse_tenants(request)
    refuse_key(principal_of(request))
    await access.people.remove_tenant(name, by(request))


def _refuse_tenants(request: Request[Any, Any, Any]) -> None:
    if principal_of(request).tenant:
        raise NotAllowed("Only the house itself sees to tenants.")


TENANTS = ByRole(admin=(tenants, add, remove))
