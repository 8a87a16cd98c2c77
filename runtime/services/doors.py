"""The ports of a process: which services are let in where, and who may come."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from graph.errors import HeddleError
from runtime.services.auth.sessions import OPEN as AUTH_OPEN
from runtime.services.faces import Faces, open_paths, paths_for_pages
from runtime.services.front import Front
from runtime.services.guard import App
from runtime.services.house import House
from runtime.services.inbox import OPEN
from runtime.services.offered import SERVICES, WORKFLOWS, Service, named
from runtime.services.openapi_page import OPEN_PAGES
from runtime.services.recording import Recorded
from runtime.services.registry.shapes import Process
from runtime.services.server import Listening, serving
from runtime.services.steady import at_steady_port
from runtime.services.tenancy import ByTenant, Tenancy
from runtime.services.tenant_house import PREFIX


class OnePort(HeddleError):
    """Several services can't listen on one port of one's own choice."""


class Door(NamedTuple):
    """A port that is bound, and what is served there."""

    listening: Listening
    services: tuple[Service, ...]


class Wish(NamedTuple):
    """How ports are asked for: `port` None for those of the table, or that of a `home`."""

    host: str
    port: int | None
    production: bool
    names: tuple[str, ...]
    public: str
    home: Path | None = None


def doors(wanted: Sequence[str], wish: Wish) -> tuple[Door, ...]:
    """All services on one port, or each of those wanted on its own.

    Raises NoSuchName, OnePort, CannotListen.
    """
    if not wanted:
        return (_door(named(()), wish, named([WORKFLOWS])[0]),)
    services = named(wanted)
    if wish.port and len(services) > 1:
        raise OnePort(
            f"{len(services)} services can't share port {wish.port} here.",
            cure="Leave --port away for the ports of the table, or give 0 for any that are free.",
        )
    made = list[Door]()
    try:
        for service in services:
            made.append(_door((service,), wish, service))
    except BaseException:
        close(made)
        raise
    return tuple(made)


def close(made: Sequence[Door]) -> None:
    """Let go of the ports of doors that nobody was let in by."""
    for door in made:
        door.listening.socket.close()


def process_of(
    owner: str, made: Sequence[Door], public: str, *, integrates: bool = True
) -> Process:
    """What the registry is told of this process.

    Without agents that connect platforms, services that are but a way to one aren't there.
    """
    bare = {one.name for door in made for one in door.services if not (integrates or one.ways)}
    there = {name: at for name, at in addresses(made, public).items() if name not in bare}
    return Process(owner, version_here(), time.time(), there)


def main_door(made: Sequence[Door]) -> Door | None:
    """The one behind which runs are steered and questions answered, None for none."""
    return next((d for d in made if any(s.name == WORKFLOWS for s in d.services)), None)


def addresses(made: Sequence[Door], public: str = "") -> Mapping[str, str]:
    """Where each service stands; at the `public` address where all are on one port."""
    public = public if len(made) == 1 else ""
    return {
        service.name: public or door.listening.address for door in made for service in door.services
    }


def version_here() -> str:
    """The version that is installed, "" for none."""
    try:
        return version("heddle-studio")
    except PackageNotFoundError:
        return ""


@contextlib.asynccontextmanager
async def opened(
    made: Sequence[Door], house: House, token: str, tenancy: Tenancy | None = None
) -> AsyncIterator[asyncio.Event]:
    """Let requests in by all doors; gives what is set once somebody asks the process to end.

    Those of tenants are led to houses of their own, by the `tenancy`.
    """
    async with contextlib.AsyncExitStack() as stack:
        ending: asyncio.Event | None = None
        for door in made:
            ending = await stack.enter_async_context(_open(door, house, token, ending, tenancy))
        assert ending is not None, "there is a door"
        yield ending


def _door(services: tuple[Service, ...], wish: Wish, whose: Service) -> Door:
    def listening(port: int) -> Listening:
        return Listening(wish.host, port, wish.names, public=wish.public)

    if wish.home is not None:
        return Door(at_steady_port(wish.home, listening), services)
    port = whose.port_in(production=wish.production) if wish.port is None else wish.port
    return Door(listening(port), services)


def _open(
    door: Door,
    house: House,
    token: str,
    ending: asyncio.Event | None,
    tenancy: Tenancy | None,
) -> contextlib.AbstractAsyncContextManager[asyncio.Event]:
    agents = house.runtime.agents
    only = None if door.services == SERVICES else _faces(door.services)

    def app_of(one: House) -> App:
        return Faces(Front(one, door.services), one.runtime.agents, one.grants, only)

    app = app_of(house)
    free = (OPEN, *AUTH_OPEN, *OPEN_PAGES, *open_paths(agents, only))
    if tenancy is not None:
        app, free = ByTenant(app, tenancy, app_of), (*free, PREFIX)
    if house.access is not None:
        app = Recorded(app, house.access)
    return serving(
        app, door.listening, token, house.origins,
        free=free, from_anywhere=paths_for_pages(agents, only),
        verifier=house.access.proofs if house.access else None,
        ending=ending,
    )  # fmt: skip


def _faces(services: Sequence[Service]) -> frozenset[str]:
    return frozenset(face for service in services for face in service.faces)
