"""Users over HTTP, for admins: of one's own tenant, or from the house of any."""

from typing import Any

import msgspec
from litestar import Request, delete, get, patch, post
from litestar.params import FromPath, JSONBody

from runtime.access.principal import Role
from runtime.access.users import User
from runtime.services.auth.shared import Doors, Whose, by, refuse_key, tenant_of
from runtime.services.paging import Cursor, Limit, Page, cursor_of, text_after
from runtime.services.roles import ByRole, principal_of


class NewUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who is to be let in."""

    name: str
    role: Role
    password: str

    def __repr__(self) -> str:
        return f"NewUser({self.name!r}, •••)"


class UserChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be different; what isn't said stays as it is."""

    role: Role | None = None
    enabled: bool | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return "UserChange(•••)"


@get("/users")
async def users(
    request: Request[Any, Any, Any],
    access: Doors,
    whose: Whose = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[User]:
    """Users by their names."""
    tenant = tenant_of(principal_of(request), whose)
    found = await access.people.users(tenant, text_after(cursor), limit)
    return Page(found, cursor_of(found[-1].name) if len(found) == limit else "")


@post("/users")
async def add(
    request: Request[Any, Any, Any], access: Doors, data: JSONBody[NewUser], whose: Whose = ""
) -> User:
    """Let somebody come in."""
    who = principal_of(request)
    refuse_key(who)
    tenant = tenant_of(who, whose)
    return await access.people.add(tenant, data.name, data.role, data.password, by(request))


@get("/users/{name:str}")
async def user(
    request: Request[Any, Any, Any], access: Doors, name: FromPath[str], whose: Whose = ""
) -> User:
    """One user."""
    return await access.people.user(tenant_of(principal_of(request), whose), name)


@patch("/users/{name:str}")
async def change(
    request: Request[Any, Any, Any],
    access: Doors,
    name: FromPath[str],
    data: JSONBody[UserChange],
    whose: Whose = "",
) -> User:
    """Give a user another role or password, shut them out, or let them in again."""
    refuse_key(principal_of(request))
    tenant, who = tenant_of(principal_of(request), whose), by(request)
    if data.password is not None:
        await access.people.set_password(tenant, name, data.password, who)
    if data.role is None and data.enabled is None:
        return await access.people.user(tenant, name)
    return await access.people.change(tenant, name, who, role=data.role or "", enabled=data.enabled)


@delete("/users/{name:str}", status_code=204)
async def remove(
    request: Request[Any, Any, Any], access: Doors, name: FromPath[str], whose: Whose = ""
) -> None:
    """Forget a user, and all by which they could come in."""
    who = principal_of(request)
    refuse_key(who)
    await access.people.remove(tenant_of(who, whose), name, by(request))


USERS = ByRole(admin=(users, add, user, change, remove))
