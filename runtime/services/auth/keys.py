"""API keys over HTTP: everybody has their own; admins see to those of others, too."""

from typing import Any

import msgspec
from litestar import Request, delete, get, patch, post
from litestar.params import FromPath, JSONBody

from runtime.access.access import Access
from runtime.access.errors import NotThere
from runtime.access.keys import ApiKey
from runtime.access.principal import Principal, Role
from runtime.services.auth.shared import Doors, Whose, by, refuse_key, tenant_of
from runtime.services.paging import Cursor, Limit, Page, cursor_of, text_after
from runtime.services.roles import ByRole, NotAllowed, principal_of

LONGEST_TITLE = 200
"""Characters that are kept of a title."""


class NewKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key for oneself, or as an admin for another `user`.

    `role` is the most it may do, that of its user when it isn't said; `until` is when it ends, in
    seconds since the epoch.
    """

    title: str = ""
    role: Role | None = None
    until: float | None = None
    user: str = ""


class KeyChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be different; what isn't said stays as it is."""

    title: str | msgspec.UnsetType = msgspec.UNSET
    role: Role | msgspec.UnsetType = msgspec.UNSET
    until: float | msgspec.UnsetType | None = msgspec.UNSET


class TheKey(msgspec.Struct, frozen=True):
    """A key that was just made. `key` is all of it: nobody can be told again."""

    key: str
    about: ApiKey

    def __repr__(self) -> str:
        return f"TheKey({self.about.id}, •••)"


@get("/keys")
async def keys(
    request: Request[Any, Any, Any],
    access: Doors,
    whose: Whose = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[ApiKey]:
    """One's own keys; for admins those of all users. Of each only how it begins."""
    who = principal_of(request)
    name = "" if who.may("admin") else who.user
    found = await access.people.keys(tenant_of(who, whose), name, text_after(cursor), limit)
    return Page(found, cursor_of(found[-1].id) if len(found) == limit else "")


@post("/keys")
async def add(
    request: Request[Any, Any, Any], access: Doors, data: JSONBody[NewKey], whose: Whose = ""
) -> TheKey:
    """Make a key by which a program comes in."""
    who = principal_of(request)
    refuse_key(who)
    user = data.user or who.user
    if user != who.user and not who.may("admin"):
        raise NotAllowed("Only an admin makes keys for others.")
    if data.role and not who.may(data.role):
        raise NotAllowed(f"Who hasn't the role {data.role} can't give it to a key.")
    key, word = await access.people.add_key(
        tenant_of(who, whose), user, data.title[:LONGEST_TITLE], data.role, data.until, by(request)
    )
    return TheKey(word, key)


@get("/keys/{id:str}")
async def key(
    request: Request[Any, Any, Any], access: Doors, id: FromPath[str], whose: Whose = ""
) -> ApiKey:
    """One key, by how it begins."""
    return await _own(access, principal_of(request), whose, id)


@patch("/keys/{id:str}")
async def change(
    request: Request[Any, Any, Any],
    access: Doors,
    id: FromPath[str],
    data: JSONBody[KeyChange],
    whose: Whose = "",
) -> ApiKey:
    """Change the title, the role or the end of a key."""
    who = principal_of(request)
    refuse_key(who)
    there = await _own(access, who, whose, id)
    said = {name: getattr(data, name) for name in KeyChange.__struct_fields__}
    changes = {name: value for name, value in said.items() if value is not msgspec.UNSET}
    if "title" in changes:
        changes["title"] = changes["title"][:LONGEST_TITLE]
    if "role" in changes and not who.may(changes["role"]):
        raise NotAllowed(f"Who hasn't the role {changes['role']} can't give it to a key.")
    return await access.people.change_key(there.tenant, id, by(request), **changes)


@delete("/keys/{id:str}", status_code=204)
async def revoke(
    request: Request[Any, Any, Any], access: Doors, id: FromPath[str], whose: Whose = ""
) -> None:
    """Let a key be good no more. By itself a key revokes itself only."""
    who = principal_of(request)
    if who.session != id:
        refuse_key(who)
    there = await _own(access, who, whose, id)
    await access.people.revoke_key(there.tenant, id, by(request))


async def _own(access: Access, who: Principal, whose: str, id: str) -> ApiKey:
    """A key that somebody may see to. Raises NotThere, also for one that is another's."""
    found = await access.people.key(tenant_of(who, whose), id)
    if found.name != who.user and not who.may("admin"):
        raise NotThere(f"There is no key {id!r}.")
    return found


KEYS = ByRole(viewer=(keys, add, key, change, revoke))
