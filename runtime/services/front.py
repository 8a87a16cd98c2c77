"""The front of a port: leads each request to the service whose path it names."""

import asyncio
from collections.abc import Sequence
from importlib import import_module

from litestar import Litestar, get

from runtime.services.guard import App, Receive, Scope, Send, refuse
from runtime.services.house import Health, House, health_of, litestar_of, services
from runtime.services.idempotency import Once
from runtime.services.offered import Service, Way
from runtime.services.roles import ByRole
from runtime.wire import Refusal


class Front:
    """The services of one port. The app of each is made when somebody first comes to it."""

    def __init__(self, house: House, served: Sequence[Service]) -> None:
        self._house = house
        ways = (way for service in served for way in service.ways)
        self._ways = sorted(ways, key=lambda way: len(way.start), reverse=True)
        self._apps: dict[str, App] = {}
        self._lobby = _lobby(house, served)
        self._has_root = any(way.start == "/" for way in self._ways)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", "/"))
        if "\0" in path or b"%00" in scope.get("query_string", b""):
            await refuse(scope, send, Refusal("Malformed", 400, "No name here has a zero in it."))
            return
        app = await self._app(path)
        await app(scope, receive, send)

    async def _app(self, path: str) -> App:
        if path == "/services" or (path == "/health" and not self._has_root):
            return self._lobby
        way = next((way for way in self._ways if is_below(path, way.start)), None)
        if way is None:
            return self._lobby
        return self._apps.get(way.place) or await self._made(way)

    async def _made(self, way: Way) -> App:
        module, _, name = way.place.partition(":")
        found = await asyncio.to_thread(import_module, module)  # some are heavy
        if way.place not in self._apps:
            app: App = getattr(found, name)(self._house)
            self._apps[way.place] = Once(app, self._house.keys, way.again) if way.repeats else app
        return self._apps[way.place]


def is_below(path: str, start: str) -> bool:
    """Whether a path is, or lies below, another."""
    start = start.rstrip("/")
    return path == start or path.startswith(f"{start}/")


def _lobby(house: House, served: Sequence[Service]) -> Litestar:
    """What a port answers that belongs to none of its services."""

    @get("/health", sync_to_thread=False)
    def health() -> list[Health]:
        """How every service of this port is."""
        return [health_of(house, service.name) for service in served]

    return litestar_of(house, "Heddle", [ByRole(viewer=(services, health))], prefix="")
