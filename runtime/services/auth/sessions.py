"""Logging in, staying in, leaving, and what somebody is told of themselves."""

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.exceptions import PermissionDeniedException
from litestar.params import JSONBody

from runtime.access.logins import Tokens
from runtime.access.principal import ROLES, Principal, Role
from runtime.services.auth.shared import Doors, by, refuse_key
from runtime.services.recording import noted_by_itself, whence
from runtime.services.roles import ByRole, principal_of

OPEN = ("/api/v1/auth/login", "/api/v1/auth/refresh")
"""The paths for which no token is needed: they lead to one."""
SMALL = 10_000
"""Bytes that a request without proof may have."""


class Login(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name and its password; `tenant` is "" for the house itself."""

    user: str
    password: str
    tenant: str = ""

    def __repr__(self) -> str:
        return "Login(•••)"


class Refresh(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A refresh token, which is good once."""

    refresh_token: str

    def __repr__(self) -> str:
        return "Refresh(•••)"


class Logout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether all sessions are ended, or this one only."""

    everywhere: bool = False


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The password as it was, and as it is to be."""

    old: str
    new: str

    def __repr__(self) -> str:
        return "NewPassword(•••)"


class Me(msgspec.Struct, frozen=True):
    """Who makes a request, and by what they are known."""

    user: str
    tenant: str
    role: Role
    proof: str


@post("/login", status_code=200, request_max_body_size=SMALL)
async def login(request: Request[Any, Any, Any], access: Doors, data: JSONBody[Login]) -> Tokens:
    """Be let in by name and password. Both tokens are secrets; the first is good for minutes."""
    noted_by_itself(request, "whatever")
    return await access.logins.login(data.tenant, data.user, data.password, whence(request))


@post("/refresh", status_code=200, request_max_body_size=SMALL)
async def refresh(
    request: Request[Any, Any, Any], access: Doors, data: JSONBody[Refresh]
) -> Tokens:
    """Take a refresh token for a fresh pair. One that comes twice ends its session."""
    noted_by_itself(request, "whatever")
    return await access.logins.refresh(data.refresh_token, whence(request))


@post("/logout", status_code=204)
async def logout(request: Request[Any, Any, Any], access: Doors, data: JSONBody[Logout]) -> None:
    """End this session, or all one has: their tokens are worth nothing from here on."""
    who = principal_of(request)
    if who.proof != "session":
        raise PermissionDeniedException("Only who logged in can log out; a key is revoked.")
    noted_by_itself(request)
    await access.logins.logout(who, whence(request), everywhere=data.everywhere)


@get("/me")
async def me(request: Request[Any, Any, Any]) -> Me:
    """Who one is here, and what one may do."""
    who = principal_of(request)
    return Me(who.user, who.tenant, _highest(who), who.proof)


@post("/me/password", status_code=204)
async def password(
    request: Request[Any, Any, Any], access: Doors, data: JSONBody[NewPassword]
) -> None:
    """Give oneself another password; one has to log in anew everywhere."""
    refuse_key(principal_of(request))
    await access.people.change_own_password(data.old, data.new, by(request))


def _highest(who: Principal) -> Role:
    return max(who.roles, key=ROLES.index)


SESSIONS = ByRole(viewer=(me, logout, password), open=(login, refresh))
