"""The houses of tenants: opened when somebody comes, closed when idle, kept apart always."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection

from graph.errors import HeddleError
from runtime.access.principal import Principal
from runtime.services.faces import open_paths
from runtime.services.guard import App, Receive, Scope, Send, refuse
from runtime.services.house import House
from runtime.services.inbox import OPEN
from runtime.services.tenant_house import PREFIX, Opens
from runtime.wire import Refusal, refusal_of

IDLE = 600.0
"""Seconds after which the house of a tenant is closed in which nothing is under way."""
LOOKING = 30.0
"""Seconds between looks for such houses."""

log = logging.getLogger("heddle.server")


class Tenancy:
    """The houses that are open. To be used as `async with`."""

    def __init__(
        self,
        opens: Opens,
        names: Callable[[], Awaitable[Collection[str]]],
        *,
        idle: float = IDLE,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`names` gives those of all tenants there are."""
        self._opens = opens
        self._names = names
        self.idle = idle
        self._now = now
        self._open: dict[str, Opened] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._looking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Tenancy":
        self._looking = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        for name in list(self._open):
            await self._close(name)

    @property
    def open(self) -> Collection[str]:
        """The tenants whose houses are open."""
        return tuple(self._open)

    async def knows(self, name: str) -> bool:
        """Whether there is such a tenant. Raises HeddleError."""
        return name in self._open or name in await self._names()

    @contextlib.asynccontextmanager
    async def entered(self, name: str) -> AsyncIterator["Opened"]:
        """The house of a tenant, which stays open meanwhile. Raises HeddleError."""
        opened = self._open.get(name) or await self._opened(name)
        opened.guests += 1
        try:
            yield opened
        finally:
            opened.guests -= 1
            opened.left = self._now()

    async def close_idle(self) -> None:
        """Close the houses in which nothing is under way, and those of tenants that are gone."""
        known = await self._names()
        for name, opened in list(self._open.items()):
            quiet = self._now() - opened.left >= self.idle and opened.is_quiet
            if not opened.guests and (quiet or name not in known):
                await self._close(name)

    async def _opened(self, name: str) -> "Opened":
        async with self._turns.setdefault(name, asyncio.Lock()):
            if name not in self._open:
                stack = contextlib.AsyncExitStack()
                house = await stack.enter_async_context(self._opens(name))
                self._open[name] = Opened(house, stack, self._now())
            return self._open[name]

    async def _close(self, name: str) -> None:
        async with self._turns.setdefault(name, asyncio.Lock()):
            if name in self._open:
                await self._open.pop(name).stack.aclose()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOKING)
            try:
                await self.close_idle()
            except HeddleError as error:  # the tables are away: look again later
                log.warning("Tenants can't be looked up now: %s", error.message)


class Opened:
    """A house that is open: who is in it, and its app for each door."""

    def __init__(self, house: House, stack: contextlib.AsyncExitStack, now: float) -> None:
        self.house = house
        self.stack = stack
        self.guests = 0
        self.left = now
        self._apps: dict[object, App] = {}

    @property
    def is_quiet(self) -> bool:
        return self.house.runtime.is_idle

    def app(self, door: object, make: Callable[[House], App]) -> App:
        """The app of a door, made the first time."""
        if door not in self._apps:
            self._apps[door] = make(self.house)
        return self._apps[door]


class ByTenant:
    """Leads each request to the house of whoever makes it, and those of the house to `app`.

    Strangers come to what a tenant leaves open (answers by link, faces of agents) by a path that
    begins with its name: `/tenants/NAME/…`. Nothing else can be reached by it.
    """

    def __init__(self, app: App, tenancy: Tenancy, make: Callable[[House], App]) -> None:
        self._app = app
        self._tenancy = tenancy
        self._make = make

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", ""))
        if path.startswith(PREFIX):
            name, _, rest = path.removeprefix(PREFIX).partition("/")
            await self._as_stranger(name, f"/{rest}", scope, receive, send)
            return
        principal = scope.get("state", {}).get("principal")
        if not isinstance(principal, Principal) or not principal.tenant:
            await self._app(scope, receive, send)
            return
        try:
            async with self._tenancy.entered(principal.tenant) as opened:
                await opened.app(self, self._make)(scope, receive, send)
        except HeddleError as error:
            await refuse(scope, send, refusal_of(error, 503))

    async def _as_stranger(
        self, name: str, path: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        scope["path"], scope["raw_path"] = path, path.encode()
        scope["root_path"] = f"{PREFIX}{name}"
        scope["state"]["principal"] = None
        try:
            if not await self._tenancy.knows(name):
                await refuse(scope, send, _NOWHERE)
                return
            async with self._tenancy.entered(name) as opened:
                if path.startswith((OPEN, *open_paths(opened.house.runtime.agents))):
                    await opened.app(self, self._make)(scope, receive, send)
                else:
                    await refuse(scope, send, _NOWHERE)
        except HeddleError as error:
            await refuse(scope, send, refusal_of(error, 503))


_NOWHERE = Refusal("NotFoundException", 404, "There is nothing here for whoever has no proof.")
