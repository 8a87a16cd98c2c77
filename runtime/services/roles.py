"""Which role a route takes: said in tables by role, and looked at before its handler is called."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from runtime.access.principal import Principal, Role

READING = {"GET", "HEAD", "OPTIONS"}
"""The methods that change nothing."""

Connection = ASGIConnection[Any, Any, Any, Any]


class Unknown(NotAuthorizedException):
    """Nobody has proved who makes the request."""


class NotAllowed(PermissionDeniedException):
    """Whoever makes the request hasn't the role it takes."""


class Requires:
    """Lets a request to its handler only when whoever makes it has the role."""

    def __init__(self, role: Role) -> None:
        self.role = role

    async def __call__(self, connection: Connection, _: BaseRouteHandler) -> None:
        needs(connection, self.role)


def requires(role: Role) -> Requires:
    """A guard for handlers, routers and apps: `@post("/cleanup", guards=[requires("admin")])`."""
    return Requires(role)


def needs(connection: Connection, role: Role) -> Principal:
    """Whoever makes the request. Raises Unknown, and NotAllowed when they haven't the role."""
    principal = principal_of(connection)
    if not principal.may(role):
        raise NotAllowed(f"This takes the role {role}, which {principal.user} hasn't.")
    return principal


def principal_of(connection: Connection) -> Principal:
    """Whoever makes the request, as the guard of the server found. Raises Unknown."""
    found = connection.scope.get("state", {}).get("principal")
    if not isinstance(found, Principal):
        raise Unknown("Nobody has proved who makes the request.")
    return found


class ByRole(NamedTuple):
    """The handlers of a service, by the least role they take.

    Those that are `open` look at proof of their own, such as the signature of a link.
    """

    viewer: tuple[BaseRouteHandler, ...] = ()
    runner: tuple[BaseRouteHandler, ...] = ()
    admin: tuple[BaseRouteHandler, ...] = ()
    open: tuple[BaseRouteHandler, ...] = ()


class Roles:
    """The guard of an app whose handlers stand in tables.

    What stands in none, as what the framework adds, takes a viewer to be read, and is closed to
    all but admins otherwise. The role stands in `scope["state"]["role"]` from here on.
    """

    def __init__(self, tables: Iterable[ByRole]) -> None:
        self._roles: dict[Any, Role | None] = {}
        self.handlers: list[BaseRouteHandler] = []
        for table in tables:
            self._enter(table.viewer, "viewer")
            self._enter(table.runner, "runner")
            self._enter(table.admin, "admin")
            self._enter(table.open, None)

    def _enter(self, handlers: tuple[BaseRouteHandler, ...], role: Role | None) -> None:
        self.handlers.extend(handlers)
        self._roles.update({handler.fn: role for handler in handlers})

    def of(self, handler: BaseRouteHandler) -> Role | None:
        """The least role that a handler takes, None for one that is open."""
        reads = getattr(handler, "http_methods", READING) <= READING
        return self._roles.get(handler.fn, "viewer" if reads else "admin")

    async def __call__(self, connection: Connection, handler: BaseRouteHandler) -> None:
        role = self.of(handler)
        connection.scope.setdefault("state", {})["role"] = role
        if role:
            needs(connection, role)
